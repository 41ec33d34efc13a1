//! Which connections are opened, kept, shared and closed.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use futures_util::future::join_all;
use http::Response;
use r2_transport::{Body, ErrorKind, HttpClient, ServeOptions, Transport, serve};
use tokio::join;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{advance, sleep};

use crate::script::{Line, OK, Stage, build, client, get, put, service, text};

/// Answers every request on one connection with `OK` until the client closes it.
async fn answer_all(mut line: Line) -> usize {
    let mut count = 0;
    while line.has_more().await {
        line.read_head().await;
        line.write(OK).await;
        count += 1;
    }
    count
}

#[tokio::test]
async fn the_cap_is_never_exceeded_and_everybody_gets_a_turn() {
    let stage = Stage::new().await;
    let url = stage.url("/");
    let (stop, stopped) = oneshot::channel::<()>();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let busy = service(move |_| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(1)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Response::new(Body::from("x".repeat(1000))))
        }
    });
    let server = serve(stage.into_listener(), busy, ServeOptions::new(), async {
        stopped.await.ok();
    });
    let client = build(HttpClient::builder().max_connections(5));
    let requests = async {
        let all = (0..100).map(async |_| {
            let response = client.send(get(&url)).await.expect("an answer");
            let stats = client.stats();
            assert!(stats.open <= 5 && stats.idle <= stats.open, "{stats:?}");
            assert_eq!(text(response).await.len(), 1000);
        });
        join_all(all).await;
        let stats = client.stats();
        assert_eq!((stats.created + stats.reused, stats.waiting), (100, 0), "{stats:?}");
        assert!(stats.created <= 5 && stats.open == stats.idle, "{stats:?}");
        drop(stop);
    };
    let (served, ()) = join!(server, requests);
    served.expect("a good listener");
    let peak = peak.load(Ordering::SeqCst);
    assert!((2..=5).contains(&peak), "{peak} at a time");
}

#[tokio::test]
async fn those_who_wait_are_served_in_order() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().max_connections(1));
    let order = std::sync::Mutex::new(Vec::new());
    let all = join_all((0..10).map(|number| {
        let (client, order) = (&client, &order);
        let request = get(stage.url(&format!("/{number}")));
        async move {
            text(client.send(request).await.expect("an answer")).await;
            order.lock().expect("one thread").push(number);
        }
    }));
    let server = async { answer_all(stage.accept().await).await };
    let (_, served) = join!(
        async {
            all.await;
            client.close_idle();
        },
        server
    );
    assert_eq!(served, 10);
    assert_eq!(*order.lock().expect("one thread"), (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn clones_share_the_pool_and_the_newest_connection_is_taken_first() {
    let stage = Stage::new().await;
    let client = client();
    let talk = async {
        let (one, two) = (client.clone(), client.clone());
        let (a, b) = join!(one.send(get(stage.url("/"))), two.send(get(stage.url("/"))));
        a.and(b).expect("answers");
        assert_eq!((client.stats().open, client.stats().idle), (2, 2));
        for _ in 0..5 {
            client.send(get(stage.url("/"))).await.expect("an answer");
        }
        assert_eq!((client.stats().created, client.stats().reused), (2, 5));
        client.close_idle();
        assert_eq!((client.stats().open, client.stats().idle), (0, 0));
    };
    let server = async {
        let (a, b) = (stage.accept().await, stage.accept().await);
        let (a, b) = join!(answer_all(a), answer_all(b));
        assert_eq!((a.min(b), a.max(b)), (1, 6));
    };
    join!(talk, server);
}

#[tokio::test(start_paused = true)]
async fn idle_and_old_connections_are_replaced() {
    let minute = Duration::from_secs(60);
    // Idle for two minutes at most, alive for five.
    for (pauses, created) in [(vec![1, 1, 1], 1), (vec![1, 3, 1], 2), (vec![1, 1, 1, 1, 1, 1], 2)] {
        let stage = Stage::new().await;
        let builder = HttpClient::builder().idle_timeout(2 * minute).max_connection_age(5 * minute);
        let client = build(builder);
        let talk = async {
            for pause in &pauses {
                client.send(get(stage.url("/"))).await.expect("an answer");
                sleep(*pause * minute).await;
            }
            client.send(get(stage.url("/"))).await.expect("an answer");
            assert_eq!(client.stats().created, created, "{pauses:?}");
            assert_eq!(client.stats().open, 1, "{pauses:?}");
        };
        let server = async {
            let lines =
                join_all((0..created).map(async |_| answer_all(stage.accept().await).await));
            assert_eq!(lines.await.iter().sum::<usize>(), pauses.len() + 1);
        };
        join!(
            async {
                talk.await;
                client.close_idle();
            },
            server
        );
    }
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_without_notice() {
    for reset in [false, true] {
        let stage = Stage::new().await;
        let client = client();
        let (closed, may_go_on) = oneshot::channel();
        let talk = async {
            client.send(get(stage.url("/"))).await.expect("an answer");
            may_go_on.await.expect("closed");
            let once = Body::one_shot(
                futures_util::stream::iter([Ok::<_, std::io::Error>("x".into())]),
                None,
            );
            let response = client.send(put(stage.url("/"), once)).await.expect("an answer");
            assert_eq!(text(response).await, "ok");
        };
        let server = async {
            let mut line = stage.accept().await;
            line.read_head().await;
            line.write(OK).await;
            if reset {
                line.reset();
            } else {
                drop(line);
            }
            // Time for the client's end to hear of it.
            sleep(Duration::from_millis(20)).await;
            closed.send(()).expect("client is there");
            let mut line = stage.accept().await;
            line.read_until("0\r\n\r\n").await;
            line.write(OK).await;
            line
        };
        let ((), _line) = join!(talk, server);
        let stats = client.stats();
        assert_eq!((stats.created, stats.reused, stats.open), (2, 0, 1));
    }
}

#[tokio::test]
async fn stray_bytes_on_an_idle_connection_discredit_it() {
    let stage = Stage::new().await;
    let client = client();
    let (spoken, may_go_on) = oneshot::channel();
    let talk = async {
        client.send(get(stage.url("/"))).await.expect("an answer");
        may_go_on.await.expect("spoken");
        let response = client.send(get(stage.url("/"))).await.expect("an answer");
        assert_eq!(text(response).await, "ok", "not the answer to a question nobody asked");
    };
    let server = async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write(OK).await;
        sleep(Duration::from_millis(20)).await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nevil!").await;
        sleep(Duration::from_millis(20)).await;
        spoken.send(()).expect("client is there");
        line.closed().await;
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write(OK).await;
    };
    join!(talk, server);
}

#[tokio::test]
async fn a_reused_connection_that_dies_during_the_exchange_is_not_tried_again() {
    let stage = Stage::new().await;
    let client = client();
    let talk = async {
        client.send(get(stage.url("/"))).await.expect("an answer");
        let error = client.send(put(stage.url("/"), "x")).await.expect_err("cut");
        assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Reset, true));
        assert_eq!(client.stats().created, 1);
    };
    join!(talk, async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write(OK).await;
        line.read_until("x").await;
    });
}

#[tokio::test]
async fn what_ends_the_reuse_of_a_connection() {
    let cases = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", false),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: Foo, Close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nmore than that", false),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true),
        ("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", false),
    ];
    for (said, reusable) in cases {
        let stage = Stage::new().await;
        let client = client();
        let (response, mut line) = join!(client.send(get(stage.url("/"))), async {
            let mut line = stage.accept().await;
            line.read_head().await;
            line.write(said).await;
            line
        });
        text(response.expect(said)).await;
        let stats = client.stats();
        assert_eq!((stats.open, stats.idle), if reusable { (1, 1) } else { (0, 0) }, "{said:?}");
        if !reusable {
            assert!(!line.has_more().await, "{said:?}");
        }
    }
}

#[tokio::test]
async fn a_body_dropped_early_closes_its_connection_unless_little_is_left() {
    // (bytes announced, bytes sent, connections left)
    for (announced, sent, left) in
        [(10, 10, 1), (30_000, 30_000, 1), (30_000, 29_999, 0), (3_000_000, 40_000, 0)]
    {
        let stage = Stage::new().await;
        let client = client();
        let ((), mut line) = join!(
            async {
                let response = client.send(get(stage.url("/"))).await.expect("a head");
                sleep(Duration::from_millis(20)).await;
                drop(response);
            },
            async {
                let mut line = stage.accept().await;
                line.read_head().await;
                line.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {announced}\r\n\r\n")).await;
                line.write("x".repeat(sent)).await;
                line
            }
        );
        assert_eq!(client.stats().open, left, "{sent} of {announced}");
        if left == 0 {
            assert!(!line.has_more().await);
        }
    }
}

/// Polls a request exactly `polls` times with a busy server, then drops it. Wherever it was, its
/// socket closes and its place in the pool is free.
#[tokio::test]
async fn a_request_can_be_dropped_anywhere() {
    let mut all_the_way = false;
    for polls in 0..12 {
        let stage = Stage::new().await;
        let client = build(HttpClient::builder().max_connections(1));
        let mut request = Box::pin(async {
            let response = client.send(put(stage.url("/"), vec![1; 300_000])).await?;
            response.into_body().collect(1 << 20).await.map_err(Into::into)
        });
        let mut finished = false;
        let mut server = Box::pin(async {
            let mut line = stage.accept().await;
            line.read_head().await;
            line.read_exactly(300_000).await;
            line.write("HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n").await;
            line.try_write(vec![2; 300_000]).await;
            line
        });
        let mut line = None;
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            let poll: std::task::Poll<Result<_, r2_transport::TransportError>> =
                if finished { break } else { request.as_mut().poll(&mut context) };
            finished = poll.is_ready();
            sleep(Duration::from_millis(1)).await;
            if line.is_none()
                && let std::task::Poll::Ready(done) = server.as_mut().poll(&mut context)
            {
                line = Some(done);
            }
            sleep(Duration::from_millis(1)).await;
        }
        drop(request);
        let stats = client.stats();
        assert_eq!(stats.open, stats.idle, "after {polls} polls: {stats:?}");
        assert!(stats.open == 1 || !finished, "a finished exchange leaves a good connection");
        all_the_way |= finished;
        drop(server);
        client.close_idle();
        if let Some(mut line) = line {
            assert!(!line.has_more().await, "after {polls} polls the socket is closed");
        }
        let (next, _line) = join!(client.send(get(stage.url("/"))), async {
            let mut line = stage.accept_request().await;
            line.write(OK).await;
            line
        });
        assert_eq!(next.expect("the place is free").status(), 200, "after {polls} polls");
    }
    assert!(all_the_way, "more polls, please: the last ones must reach the end");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_waiter_leaves_the_line() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().max_connections(1));
    let talk = async {
        let holder = client.send(get(stage.url("/"))).await.expect("a head");
        {
            let mut impatient = pin!(client.send(get(stage.url("/"))));
            let mut context = Context::from_waker(Waker::noop());
            assert!(impatient.as_mut().poll(&mut context).is_pending());
            assert_eq!(client.stats().waiting, 1);
        }
        assert_eq!(client.stats().waiting, 0);
        drop(holder);
        client.send(get(stage.url("/"))).await.expect("not the impatient one's turn");
    };
    join!(talk, async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\nsome").await;
        line.closed().await;
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write(OK).await;
    });
}

#[tokio::test]
async fn origins_share_the_cap_but_not_their_connections() {
    let (one, two) = (Stage::new().await, Stage::new().await);
    let client = build(HttpClient::builder().max_connections(2));
    let serve_all = async |stage: &Stage, connections: usize| {
        join_all((0..connections).map(async |_| answer_all(stage.accept().await).await)).await
    };
    let talk = async {
        let (a, b) = join!(client.send(get(one.url("/"))), client.send(get(one.url("/"))));
        a.and(b).expect("answers");
        assert_eq!(client.stats().idle, 2);
        client.send(get(two.url("/"))).await.expect("room is made for another origin");
        let stats = client.stats();
        assert_eq!((stats.open, stats.idle, stats.created), (2, 2, 3));
        client.send(get(one.url("/"))).await.expect("one is left");
        assert_eq!(client.stats().created, 3);
        client.close_idle();
    };
    join!(talk, serve_all(&one, 2), serve_all(&two, 1));
}

#[tokio::test(start_paused = true)]
async fn a_closed_client_takes_nothing_more() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().max_connections(1));
    let talk = async {
        let response = client.send(get(stage.url("/"))).await.expect("a head");
        let waiting = async {
            let error = client.send(get(stage.url("/"))).await.expect_err("closed");
            assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Shutdown, false));
        };
        join!(waiting, async {
            yield_now().await;
            client.clone().close();
        });
        assert_eq!(text(response).await.len(), 30_000, "what was under way goes on");
        assert_eq!(client.stats().open, 0);
    };
    join!(talk, async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 30000\r\n\r\n").await;
        advance(Duration::from_secs(1)).await;
        line.write("x".repeat(30_000)).await;
        line.closed().await;
    });
}

/// Many tasks on several threads, and some of them give up in the middle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_share_a_pool() {
    let stage = Stage::new().await;
    let url = stage.url("/");
    let (stop, stopped) = oneshot::channel::<()>();
    let echo = service(async |request| {
        let body = request.into_body().collect(1 << 22).await?;
        Ok(Response::new(Body::from(body)))
    });
    let mut tasks = tokio::task::JoinSet::new();
    let server = serve(stage.into_listener(), echo, ServeOptions::new(), async {
        stopped.await.ok();
    });
    let client = build(HttpClient::builder().max_connections(7));
    for number in 0..200_usize {
        let (client, url) = (client.clone(), url.clone());
        tasks.spawn(async move {
            let data = vec![7; number * 997];
            let exchange = async {
                let response = client.send(put(&url, data.clone())).await.expect("an answer");
                // Another task, and so another waker, may read what this one asked for.
                let reader =
                    tokio::task::JoinSet::from_iter([response.into_body().collect(1 << 22)]);
                let whole = reader.join_all().await.remove(0).expect("whole");
                assert!(whole == data);
            };
            if number % 3 == 0 {
                let moment = Duration::from_micros(number as u64 * 20);
                tokio::time::timeout(moment, exchange).await.ok();
            } else {
                exchange.await;
            }
        });
    }
    let (served, ()) = join!(server, async {
        while let Some(done) = tasks.join_next().await {
            done.expect("no panic");
        }
        drop(stop);
    });
    served.expect("a good listener");
    let stats = client.stats();
    assert!(stats.open == stats.idle && stats.open <= 7 && stats.waiting == 0, "{stats:?}");
}
