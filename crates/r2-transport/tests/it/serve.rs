//! The server, against clients by hand, curl, and our own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, Method, Response, StatusCode};
use r2_transport::{
    Body, BodyError, ErrorKind, Peer, ServeOptions, Transport, TransportError, serve,
};
use tokio::join;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep};

use crate::script::{Line, Stage, client, get, put, service, text};

/// Runs `talk` against a server, then stops the server and waits for its end.
async fn with_server<T>(
    service: Arc<dyn Transport>,
    options: ServeOptions,
    talk: impl AsyncFnOnce(&str, std::net::SocketAddr) -> T,
) -> T {
    let stage = Stage::new().await;
    let (url, address) = (stage.url(""), stage.address());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(stage.into_listener(), service, options, async {
        stopped.await.ok();
    });
    let (served, said) = join!(server, async {
        let said = talk(&url, address).await;
        drop(stop);
        said
    });
    served.expect("a good listener");
    said
}

fn echo() -> Arc<dyn Transport> {
    service(async |request| {
        let body = request.into_body().collect(1 << 26).await?;
        Ok(Response::new(Body::from(body)))
    })
}

#[tokio::test]
async fn requests_arrive_as_they_were_sent() {
    let check = service(async |request| {
        assert_eq!(request.uri().to_string(), "/b//k%2f+%20~/%c3%a4?prefix=a%2Bb&x&y=");
        let twice: Vec<_> = request.headers().get_all("x-amz-meta-a").iter().collect();
        assert_eq!(twice, ["one", "two  words"]);
        assert_eq!(request.headers()["host"], "bucket.example:99");
        assert!(request.extensions().get::<Peer>().expect("a peer").address().ip().is_loopback());
        assert!(!request.body().can_restart());
        assert_eq!(request.body().length(), Some(3));
        assert_eq!(request.into_body().collect(3).await?, "abc");
        Ok(Response::new(Body::empty()))
    });
    with_server(check, ServeOptions::new(), async |_, address| {
        let mut line = Line::connect(address).await;
        line.write("PUT /b//k%2f+%20~/%c3%a4?prefix=a%2Bb&x&y= HTTP/1.1\r\n").await;
        line.write(
            "Host: bucket.example:99\r\nX-AMZ-Meta-A: one\r\nx-amz-meta-a:  two  words \r\n",
        )
        .await;
        line.write("Content-Length: 3\r\n\r\nabc").await;
        let head = line.read_head().await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains("content-length: 0\r\n") && head.contains("date: "), "{head}");
    })
    .await;
}

#[tokio::test]
async fn head_keeps_the_length_of_what_it_does_not_send() {
    let heads = service(async |request| {
        assert_eq!(request.method(), Method::HEAD);
        let mut response = Response::new(Body::empty());
        response.headers_mut().insert("content-length", HeaderValue::from_static("123456"));
        Ok(response)
    });
    with_server(heads, ServeOptions::new(), async |url, _| {
        let client = client();
        for _ in 0..2 {
            let mut request = get(url);
            *request.method_mut() = Method::HEAD;
            let response = client.send(request).await.expect("a head");
            assert_eq!(response.headers()["content-length"], "123456");
        }
        assert_eq!(client.stats().reused, 1);
    })
    .await;
}

#[tokio::test]
async fn continue_is_said_when_the_body_is_wanted() {
    let choosy = service(async |request| {
        if request.uri().path() == "/no" {
            let mut response = Response::new(Body::from("no"));
            *response.status_mut() = StatusCode::FORBIDDEN;
            return Ok(response);
        }
        let body = request.into_body().collect(10).await?;
        Ok(Response::new(Body::from(body)))
    });
    with_server(choosy, ServeOptions::new(), async |_, address| {
        let ask = "HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
        let mut line = Line::connect(address).await;
        line.write(format!("PUT /yes {ask}")).await;
        assert_eq!(line.read_head().await, "HTTP/1.1 100 Continue\r\n\r\n");
        line.write("body").await;
        assert!(line.read_head().await.starts_with("HTTP/1.1 200"));
        line.read_until("body").await;

        let mut line = Line::connect(address).await;
        line.write(format!("PUT /no {ask}")).await;
        assert!(line.read_head().await.starts_with("HTTP/1.1 403"), "and no invitation before");
        line.read_until("no").await;
    })
    .await;
}

#[tokio::test]
async fn curl_uploads_and_downloads() {
    let version = tokio::process::Command::new("curl").arg("--version").output().await;
    if !version.is_ok_and(|output| output.status.success()) {
        println!("no curl here, nothing tested");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let data: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 249) as u8).collect();
    let (sent, got) = (folder.path().join("sent"), folder.path().join("got"));
    std::fs::write(&sent, &data).expect("written");
    with_server(echo(), ServeOptions::new(), async |url, _| {
        let output = tokio::process::Command::new("curl")
            .args(["-sS", "-v", "--fail", "-H", "Expect: 100-continue", "-T"])
            .arg(&sent)
            .arg("-o")
            .arg(&got)
            .arg(format!("{url}/key"))
            .output()
            .await
            .expect("curl runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("100 Continue"), "{said}");
    })
    .await;
    assert!(std::fs::read(&got).expect("downloaded") == data);
}

#[tokio::test]
async fn an_early_refusal_is_heard() {
    let refusing = service(async |_| {
        let mut response = Response::new(Body::from("wrong signature"));
        *response.status_mut() = StatusCode::FORBIDDEN;
        Ok(response)
    });
    with_server(refusing, ServeOptions::new(), async |url, address| {
        for _ in 0..5 {
            let response = client().send(put(url, vec![7; 8 << 20])).await;
            let response = response.expect("the refusal, not a reset");
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
            assert_eq!(text(response).await, "wrong signature");
        }
        // A client that does not look before it has sent everything hears it as well.
        let mut line = Line::connect(address).await;
        line.write("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n").await;
        for _ in 0..80 {
            line.write(vec![7; 100_000]).await;
        }
        line.read_until("wrong signature").await;
    })
    .await;
}

#[tokio::test]
async fn failures_of_the_service() {
    let failing = service(async |request| match request.uri().path() {
        "/dns" => Err(TransportError::from_kind(ErrorKind::Dns).at("upstream.example")),
        "/other" => Err(TransportError::new(ErrorKind::Other, "secret detail")),
        "/panic" => panic!("as asked"),
        "/short" => {
            let short = stream::iter([Ok::<_, BodyError>(Bytes::from("ab"))]);
            let short = short.chain(stream::once(async {
                sleep(Duration::from_millis(20)).await;
                Ok(Bytes::new())
            }));
            Ok(Response::new(Body::one_shot(short, Some(5))))
        }
        _ => Ok(Response::new(Body::from("fine"))),
    });
    with_server(failing, ServeOptions::new(), async |url, _| {
        let client = client();
        let ask = async |path: &str| client.send(get(format!("{url}{path}"))).await;
        let response = ask("/dns").await.expect("an answer");
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        assert_eq!(text(response).await, "failed to resolve the host name (upstream.example)\n");
        let response = ask("/other").await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!text(response).await.contains("secret"));
        assert_eq!(ask("/panic").await.expect_err("cut").kind(), ErrorKind::Reset);
        let short = ask("/short").await.expect("a head").into_body().collect(10).await;
        assert!(matches!(short.expect_err("cut").kind(), ErrorKind::Length { expected: 5, .. }));
        assert_eq!(text(ask("/").await.expect("still there")).await, "fine");
    })
    .await;
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let options = ServeOptions::new().body_bytes_max(1000);
    let kinds = service(async |request| {
        let said = match request.into_body().collect(1 << 20).await {
            Ok(body) => format!("{} bytes", body.len()),
            Err(error) => format!("{:?}", error.kind()),
        };
        Ok(Response::new(Body::from(said)))
    });
    with_server(kinds, options, async |url, _| {
        let client = client();
        let send = async |body: Body| client.send(put(url, body)).await.expect("an answer");
        assert_eq!(text(send(Body::from(vec![1; 1000])).await).await, "1000 bytes");
        let response = send(Body::from(vec![1; 1001])).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let chunks = (0..3).map(|_| Ok::<_, BodyError>(Bytes::from(vec![1; 500])));
        let response = send(Body::one_shot(stream::iter(chunks), None)).await;
        assert_eq!(text(response).await, "TooLarge");
    })
    .await;
}

#[tokio::test]
async fn heads_have_a_limit() {
    with_server(echo(), ServeOptions::new(), async |_, address| {
        let long = "x".repeat(70_000);
        let many: String = (0..300).map(|i| format!("x-{i}: y\r\n")).collect();
        for (said, status) in [
            (format!("GET / HTTP/1.1\r\nhost: x\r\nlong: {long}\r\n\r\n"), "431"),
            (format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n"), "431"),
            ("GARBAGE\r\n\r\n".to_owned(), "400"),
            ("GET /a b HTTP/1.1\r\n\r\n".to_owned(), "400"),
            ("PUT / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(), "400"),
            ("PUT / HTTP/1.1\r\ncontent-length: -1\r\n\r\n".to_owned(), "400"),
        ] {
            let mut line = Line::connect(address).await;
            line.try_write(&said).await;
            let head = line.read_head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{head} for {said:.40}");
            line.closed().await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn slow_clients_are_hung_up_on() {
    let second = Duration::from_secs(1);
    let patient = service(async |request| {
        if request.uri().path() == "/slow" {
            sleep(Duration::from_secs(5000)).await;
        }
        let body = request.into_body().collect(1 << 20).await?;
        let large = if body.is_empty() { vec![1; 64 << 20] } else { body.to_vec() };
        Ok(Response::new(Body::from(large)))
    });
    with_server(patient, ServeOptions::new(), async |_, address| {
        let until_closed = async |line: Line| {
            let begin = Instant::now();
            tokio::time::timeout(10_000 * second, line.closed()).await.expect("some limit");
            begin.elapsed().as_secs()
        };
        // Says nothing.
        let line = Line::connect(address).await;
        assert_eq!(until_closed(line).await, 30);

        // Sends its head a byte at a time.
        let mut line = Line::connect(address).await;
        let begin = Instant::now();
        while line.try_write("G").await && begin.elapsed() < 300 * second {
            sleep(7 * second).await;
        }
        assert!((30..60).contains(&begin.elapsed().as_secs()), "{:?}", begin.elapsed());

        // Announces more than it sends.
        let mut line = Line::connect(address).await;
        line.write("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await;
        sleep(20 * second).await;
        line.write("def").await;
        assert_eq!(until_closed(line).await, 30);

        // Comes back late: idle connections live longer.
        let mut line = Line::connect(address).await;
        for _ in 0..2 {
            line.write("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc").await;
            line.read_head().await;
            line.read_until("abc").await;
            sleep(100 * second).await;
        }
        assert_eq!(until_closed(line).await, 20);

        // Does not read what it asked for.
        let mut line = Line::connect(address).await;
        line.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        line.read_head().await;
        sleep(100 * second).await;
        let rest = line.read_to_end().await.unwrap_or_default();
        assert!(rest.len() < 64 << 20, "cut off");

        // Waits for a service that takes its time, which is no fault.
        let mut line = Line::connect(address).await;
        line.write("PUT /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc").await;
        let begin = Instant::now();
        line.read_until("abc").await;
        assert_eq!(begin.elapsed().as_secs(), 5000);
    })
    .await;
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let options = ServeOptions::new().connections_max(2);
    with_server(echo(), options, async |_, address| {
        let ask = "PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc";
        let mut lines = Vec::new();
        for _ in 0..2 {
            let mut line = Line::connect(address).await;
            line.write(ask).await;
            line.read_until("abc").await;
            lines.push(line);
        }
        let mut third = Line::connect(address).await;
        third.write(ask).await;
        let early = tokio::time::timeout(Duration::from_millis(50), third.read_head()).await;
        assert!(early.is_err(), "no place for a third one");
        lines.pop();
        third.read_until("abc").await;
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_drain_lets_work_finish_and_idle_connections_go() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        service(move |_| {
            let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
            async move {
                begun.notify_one();
                go_on.notified().await;
                Ok(Response::new(Body::from("done")))
            }
        })
    };
    for patience in [60_u64, 5] {
        let stage = Stage::new().await;
        let address = stage.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let options = ServeOptions::new().drain_timeout(Duration::from_secs(patience));
        let server = serve(stage.into_listener(), Arc::clone(&slow), options, async {
            stopped.await.ok();
        });
        let talk = async {
            let fresh = Line::connect(address).await;
            let mut busy = Line::connect(address).await;
            busy.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
            begun.notified().await;
            let begin = Instant::now();
            stop.send(()).expect("server is there");
            fresh.closed().await;
            assert_eq!(begin.elapsed().as_secs(), 0, "an unused connection goes at once");
            assert!(tokio::net::TcpStream::connect(address).await.is_err(), "no more guests");
            if patience == 60 {
                sleep(Duration::from_secs(20)).await;
                go_on.notify_one();
                let head = busy.read_head().await;
                assert!(head.contains("connection: close"), "{head}");
                busy.read_until("done").await;
            }
            busy.closed().await;
            begin.elapsed().as_secs()
        };
        let (served, time) = join!(server, talk);
        served.expect("a good listener");
        assert_eq!(time, if patience == 60 { 20 } else { 5 });
    }
}

#[tokio::test]
async fn work_for_a_client_that_left_is_dropped() {
    struct Count(Arc<AtomicUsize>);
    impl Drop for Count {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (begun, dropped) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let endless = {
        let (begun, dropped) = (Arc::clone(&begun), Arc::clone(&dropped));
        service(move |_| {
            let (begun, dropped) = (Arc::clone(&begun), Count(Arc::clone(&dropped)));
            async move {
                let _dropped = dropped;
                begun.notify_one();
                std::future::pending().await
            }
        })
    };
    with_server(endless, ServeOptions::new(), async |url, _| {
        let client = client();
        tokio::select! {
            _ = client.send(get(url)) => panic!("no answer ever"),
            () = begun.notified() => {}
        }
        while dropped.load(Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn old_and_odd_clients() {
    with_server(echo(), ServeOptions::new(), async |_, address| {
        let mut line = Line::connect(address).await;
        line.write("PUT / HTTP/1.0\r\ncontent-length: 3\r\n\r\nold").await;
        let said = line.read_to_end().await.expect("an end");
        let said = String::from_utf8(said).expect("text");
        assert!(said.starts_with("HTTP/1.0 200 OK\r\n") && said.ends_with("\r\n\r\nold"), "{said}");

        let mut line = Line::connect(address).await;
        let ask = |body| format!("PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n{body}");
        line.write(ask("one") + &ask("two")).await;
        line.read_until("one").await;
        line.read_until("two").await;
        line.close_write().await;
        assert_eq!(line.read_to_end().await.expect("an end"), b"");

        let mut line = Line::connect(address).await;
        line.write("PUT / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").await;
        line.write("3\r\nabc\r\n0\r\nx-trailer: y\r\n\r\n").await;
        line.read_until("abc").await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_stops_is_an_error_that_can_be_answered() {
    let tells = service(async |request| {
        let error = request.into_body().collect(100).await.expect_err("it never comes");
        assert_eq!(error.kind(), ErrorKind::Stalled);
        let mut response = Response::new(Body::from("too slow"));
        *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
        Ok(response)
    });
    let options = ServeOptions::new().stall_timeout(Duration::from_millis(50));
    with_server(tells, options, async |_, address| {
        let mut line = Line::connect(address).await;
        line.write("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf").await;
        let head = line.read_head().await;
        assert!(head.starts_with("HTTP/1.1 408"), "{head}");
        line.read_until("too slow").await;
    })
    .await;
}
