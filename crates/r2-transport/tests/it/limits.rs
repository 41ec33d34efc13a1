//! Each phase of an exchange has its own limit. Time is paused: it jumps when nothing else happens.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use r2_transport::{Body, BodyError, Deadline, ErrorKind, HttpClient, Transport, TransportError};
use tokio::join;
use tokio::time::{Instant, sleep};

use crate::script::{OK, Stage, build, client, get, put, text};

const SECOND: Duration = Duration::from_secs(1);

fn within(mut request: http::Request<Body>, time: Duration) -> http::Request<Body> {
    request.extensions_mut().insert(Deadline(Instant::now() + time));
    request
}

async fn timed<T>(future: impl Future<Output = T>) -> (T, u64) {
    let begin = Instant::now();
    let output = future.await;
    (output, begin.elapsed().as_secs())
}

fn kind<T>(outcome: Result<T, TransportError>) -> (ErrorKind, bool) {
    let Err(error) = outcome else { panic!("this cannot have worked") };
    (error.kind(), error.may_have_applied())
}

#[tokio::test(start_paused = true)]
async fn no_answer() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().first_byte_timeout(40 * SECOND));
    let (outcome, ()) = join!(timed(client.send(put(stage.url("/"), "body"))), async {
        let mut line = stage.accept().await;
        line.read_until("body").await;
        line.closed().await;
    });
    assert_eq!((kind(outcome.0), outcome.1), ((ErrorKind::FirstByteTimeout, true), 40));
    assert_eq!(client.stats().open, 0);
}

#[tokio::test(start_paused = true)]
async fn a_head_drop_by_drop_is_no_answer_either() {
    let stage = Stage::new().await;
    let client = client();
    let (outcome, ()) = join!(timed(client.send(get(stage.url("/")))), async {
        let mut line = stage.accept().await;
        line.read_head().await;
        let drops = "HTTP/1.1 100 Continue\r\n\r\n".repeat(9);
        for byte in drops.as_bytes() {
            sleep(10 * SECOND).await;
            if !line.try_write([*byte]).await {
                break;
            }
        }
    });
    assert_eq!((kind(outcome.0), outcome.1), ((ErrorKind::FirstByteTimeout, true), 120));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_take_the_upload() {
    let stage = Stage::new().await;
    let client = client();
    let (outcome, ()) = join!(timed(client.send(put(stage.url("/"), vec![0; 64 << 20]))), async {
        let mut line = stage.accept().await;
        line.read_head().await;
        sleep(600 * SECOND).await;
        drop(line);
    });
    assert_eq!((kind(outcome.0), outcome.1), ((ErrorKind::Stalled, true), 30));
}

#[tokio::test(start_paused = true)]
async fn a_slow_source_is_nobodys_stall() {
    let stage = Stage::new().await;
    let client = client();
    let slow = || {
        let chunks = stream::unfold(0, |count| async move {
            sleep(300 * SECOND).await;
            (count < 4).then_some((Ok::<_, BodyError>(Bytes::from("x")), count + 1))
        });
        Body::one_shot(chunks, Some(4))
    };
    let (outcome, ()) = join!(timed(client.send(put(stage.url("/"), slow()))), async {
        let mut line = stage.accept().await;
        line.read_until("xxxx").await;
        line.write(OK).await;
    });
    assert_eq!((outcome.0.expect("an answer").status().as_u16(), outcome.1), (200, 1500));
    let late = client.send(within(put(stage.url("/"), slow()), 400 * SECOND));
    assert_eq!(kind(late.await), (ErrorKind::Deadline, true));
}

#[tokio::test(start_paused = true)]
async fn a_response_body_that_stops() {
    let stage = Stage::new().await;
    let client = client();
    let talk = async {
        let response = client.send(get(stage.url("/"))).await.expect("a head");
        let mut body = response.into_body();
        assert_eq!(body.next_chunk().await.expect("a chunk").expect("good"), "some");
        // The reader's own time does not count against the peer.
        sleep(500 * SECOND).await;
        let (outcome, time) = timed(body.next_chunk()).await;
        assert_eq!(outcome.expect("no end").expect_err("stalled").kind(), ErrorKind::Stalled);
        assert_eq!(time, 30);
        assert!(body.next_chunk().await.is_none());
    };
    join!(talk, async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome").await;
        line.closed().await;
    });
    assert_eq!(client.stats().open, 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_drip_is_progress_until_the_deadline() {
    let stage = Stage::new().await;
    let client = client();
    let drip = async || {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n").await;
        for _ in 0..20 {
            sleep(25 * SECOND).await;
            if !line.try_write("x").await {
                break;
            }
        }
        line.closed().await;
    };
    let patient = async {
        let response = client.send(get(stage.url("/"))).await.expect("a head");
        assert_eq!(text(response).await.len(), 20);
        client.close_idle();
    };
    join!(patient, drip());
    let hurried = async {
        let request = within(get(stage.url("/")), 110 * SECOND);
        let body = client.send(request).await.expect("a head").into_body();
        let (outcome, time) = timed(body.collect(100)).await;
        assert_eq!(outcome.expect_err("too late").kind(), ErrorKind::Deadline);
        assert_eq!(time, 110);
    };
    join!(hurried, drip());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_bounds_every_wait() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().max_connections(1));
    let over = within(get(stage.url("/")), Duration::ZERO);
    assert_eq!(kind(client.send(over).await), (ErrorKind::Deadline, false));
    assert_eq!(client.stats().created, 0);

    let talk = async {
        let holder = client.send(get(stage.url("/"))).await.expect("a head");
        let waiting = client.send(within(get(stage.url("/")), 50 * SECOND));
        let (outcome, time) = timed(waiting).await;
        assert_eq!((kind(outcome), time), ((ErrorKind::Deadline, false), 50));
        let waiting = client.send(get(stage.url("/")));
        let (outcome, time) = timed(waiting).await;
        assert_eq!((kind(outcome), time), ((ErrorKind::PoolTimeout, false), 120));
        assert_eq!(client.stats().waiting, 0);
        drop(holder);
        let late = client.send(within(get(stage.url("/")), 10 * SECOND));
        let (outcome, time) = timed(late).await;
        assert_eq!((kind(outcome), time), ((ErrorKind::Deadline, true), 10));
    };
    join!(talk, async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 999999\r\n\r\nsome").await;
        line.closed().await;
        let mut silent = stage.accept().await;
        silent.read_head().await;
        silent.closed().await;
    });
}

#[tokio::test(start_paused = true)]
async fn connecting_has_a_limit_of_its_own() {
    // A peer that accepts, and then never answers the TLS handshake.
    let stage = Stage::new().await;
    let url = stage.url("/").replace("http:", "https:");
    let (pem, _) = crate::tls::authority("nobody");
    let client = build(HttpClient::builder().without_system_roots().add_root_pem(pem));
    let (outcome, ()) = join!(timed(client.send(get(&url))), async {
        stage.accept().await.closed().await;
    });
    assert_eq!((kind(outcome.0), outcome.1), ((ErrorKind::ConnectTimeout, false), 30));
    let (outcome, ()) = join!(timed(client.send(within(get(&url), 5 * SECOND))), async {
        stage.accept().await.closed().await;
    });
    assert_eq!((kind(outcome.0), outcome.1), ((ErrorKind::Deadline, false), 5));
    assert_eq!(client.stats().open, 0);
}

#[tokio::test(start_paused = true)]
async fn limits_can_be_switched_off() {
    let stage = Stage::new().await;
    let client = build(
        HttpClient::builder()
            .first_byte_timeout(Duration::MAX)
            .stall_timeout(Duration::MAX)
            .connect_timeout(Duration::MAX)
            .acquire_timeout(Duration::MAX)
            .idle_timeout(Duration::MAX)
            .max_connection_age(Duration::MAX),
    );
    let (outcome, _line) = join!(client.send(get(stage.url("/"))), async {
        let mut line = stage.accept().await;
        line.read_head().await;
        sleep(100_000 * SECOND).await;
        line.write(OK).await;
        line
    });
    assert_eq!(outcome.expect("an answer").status(), 200);
    assert_eq!(client.stats().idle, 1);
}
