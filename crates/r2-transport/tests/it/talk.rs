//! What the client makes of what a server says.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, HOST};
use http::{Method, Request, StatusCode};
use r2_transport::{Body, BodyError, ErrorKind, HttpClient, Transport, TransportError};
use tokio::join;

use crate::script::{Line, OK, Stage, build, client, get, put, text};

/// The server does `script` with the one connection it gets; what does the client get to see?
async fn outcome(
    request: Request<Body>,
    stage: &Stage,
    script: impl AsyncFnOnce(Line),
) -> Result<String, Failure> {
    let client = client();
    let exchange = async {
        let response = client.send(request).await?;
        let bytes = response.into_body().collect(1 << 20).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (outcome, ()) = join!(exchange, async { script(stage.accept().await).await });
    outcome
}

#[derive(Debug)]
enum Failure {
    Send(ErrorKind, bool),
    Body(ErrorKind),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Send(error.kind(), error.may_have_applied())
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        Self::Body(error.kind())
    }
}

#[tokio::test]
async fn the_request_goes_out_as_written() {
    let stage = Stage::new().await;
    let raw = "/b//k%2f+%20~/%C3%A4?x-id=1&prefix=a%2Bb&empty=&flag";
    let mut request = put(stage.url(raw), "body");
    request.headers_mut().insert("x-amz-meta-a", "  two  spaces".parse().expect("value"));
    let host = stage.address().to_string();
    let said = outcome(request, &stage, async |mut line| {
        let head = line.read_head().await;
        assert!(head.starts_with(&format!("PUT {raw} HTTP/1.1\r\n")), "{head}");
        for expected in [
            format!("host: {host}"),
            "x-amz-meta-a:   two  spaces".into(),
            "content-length: 4".into(),
        ] {
            assert_eq!(head.matches(&expected).count(), 1, "{expected:?} in {head}");
        }
        assert!(!head.contains("transfer-encoding"), "{head}");
        line.read_until("body").await;
        line.write(OK).await;
    });
    assert_eq!(said.await.expect("an answer"), "ok");
}

#[tokio::test]
async fn a_body_of_unknown_length_is_chunked_unless_the_header_says_it() {
    let stage = Stage::new().await;
    let body = || {
        let chunks = ["ab", "cd"].map(|text| Ok::<_, BodyError>(Bytes::from(text)));
        Body::one_shot(stream::iter(chunks), None)
    };
    let said = outcome(put(stage.url("/"), body()), &stage, async |mut line| {
        let head = line.read_head().await;
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        assert_eq!(line.read_until("0\r\n\r\n").await, "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
        line.write(OK).await;
    });
    said.await.expect("an answer");

    let mut request = put(stage.url("/"), body());
    request.headers_mut().insert(CONTENT_LENGTH, 4.into());
    let said = outcome(request, &stage, async |mut line| {
        assert!(!line.read_head().await.contains("chunked"));
        line.read_until("abcd").await;
        line.write(OK).await;
    });
    said.await.expect("an answer");

    let mut request = put(stage.url("/"), body());
    request.headers_mut().insert(CONTENT_LENGTH, 5.into());
    let said = outcome(request, &stage, async |line| {
        let sent = line.read_to_end().await.unwrap_or_default();
        assert!(!sent.ends_with(b"abcd\r\n"), "never passed off as complete");
    });
    assert!(matches!(said.await, Err(Failure::Send(ErrorKind::Body, _))));
}

#[tokio::test]
async fn framings_of_a_response() {
    let long = "x".repeat(200_000);
    let chunked = |text: &str| {
        let parts = text.as_bytes().chunks(70_000);
        let parts =
            parts.map(|part| format!("{:x}\r\n{}\r\n", part.len(), String::from_utf8_lossy(part)));
        parts.collect::<String>() + "0\r\nx-trailer: 1\r\n\r\n"
    };
    let cases = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".to_owned(), "hello"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(), ""),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), ""),
        ("HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n".to_owned(), ""),
        (format!("HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n{long}"), &long),
        (format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunked(&long)), &long),
        ("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nuntil the end".to_owned(), "until the end"),
        ("HTTP/1.0 200 OK\r\n\r\nold".to_owned(), "old"),
        ("HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nold".to_owned(), "old"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".to_owned()
                + OK,
            "ok",
        ),
    ];
    for (said, expected) in cases {
        let stage = Stage::new().await;
        let heard = outcome(get(stage.url("/")), &stage, async |mut line| {
            line.read_head().await;
            line.write(said.as_bytes()).await;
        });
        assert!(heard.await.expect("a good response") == expected, "{:.60}", said);
    }
}

#[tokio::test]
async fn broken_answers() {
    let cases: [(&str, &str); 14] = [
        ("", "Send(Reset, true)"),
        ("HTTP/1.1 200 OK\r\ncontent-le", "Send(Reset, true)"),
        ("SSH-2.0-OpenSSH_9.6\r\n", "Send(Protocol, true)"),
        ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "Send(Protocol, true)"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
            "Send(Protocol, true)",
        ),
        ("HTTP/1.1 9999 No\r\n\r\n", "Send(Protocol, true)"),
        ("HTTP/2 200\r\n\r\n", "Send(Protocol, true)"),
        ("HTTP/1.1 200 OK\r\nbad header\r\n\r\n", "Send(Protocol, true)"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
            "Body(Length { expected: 9, got: 5 })",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "Body(Length { expected: 9, got: 0 })"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", "Body(Reset)"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel", "Body(Reset)"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "Body(Protocol)"),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "Body(Protocol)",
        ),
    ];
    for (said, expected) in cases {
        let stage = Stage::new().await;
        let heard = outcome(get(stage.url("/")), &stage, async |mut line| {
            line.read_head().await;
            line.write(said).await;
        });
        let failure = heard.await.expect_err(said);
        assert_eq!(format!("{failure:?}"), expected, "{said:?}");
    }
}

#[tokio::test]
async fn resets() {
    let stage = Stage::new().await;
    let failure = outcome(get(stage.url("/")), &stage, async |mut line| {
        line.read_head().await;
        line.reset();
    });
    assert!(matches!(failure.await, Err(Failure::Send(ErrorKind::Reset, true))));
    let failure = outcome(get(stage.url("/")), &stage, async |mut line| {
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nsome").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        line.reset();
    });
    assert!(matches!(failure.await, Err(Failure::Body(ErrorKind::Reset))));
}

#[tokio::test]
async fn heads_without_end_are_cut_off() {
    let stage = Stage::new().await;
    let endless = async |mut line: Line, first: &str, again: String| {
        line.read_head().await;
        line.write(first).await;
        let mut sent = 0;
        while line.try_write(&again).await {
            sent += again.len();
            assert!(sent < 64 << 20, "nobody stops this");
        }
    };
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n".repeat(500);
    let failure = outcome(get(stage.url("/")), &stage, async |line| endless(line, "", hints).await);
    assert!(matches!(failure.await, Err(Failure::Send(ErrorKind::Protocol, true))));

    let filler = "x".repeat(10_000);
    let failure = outcome(get(stage.url("/")), &stage, async |line| {
        endless(line, "HTTP/1.1 200 OK\r\nx-long: ", filler).await;
    });
    assert!(matches!(failure.await, Err(Failure::Send(ErrorKind::Protocol, true))));

    let many: String = (0..5000).map(|i| format!("x-{i}: y\r\n")).collect();
    let failure = outcome(get(stage.url("/")), &stage, async |mut line| {
        line.read_head().await;
        line.try_write(format!("HTTP/1.1 200 OK\r\n{many}\r\n")).await;
    });
    assert!(matches!(failure.await, Err(Failure::Send(ErrorKind::Protocol, true))));

    let some: String = (0..200).map(|i| format!("x-amz-meta-{i}: y\r\n")).collect();
    let heard = outcome(get(stage.url("/")), &stage, async |mut line| {
        line.read_head().await;
        line.write(format!("HTTP/1.1 200 OK\r\n{some}content-length: 1\r\n\r\n!")).await;
    });
    assert_eq!(heard.await.expect("as many as an object may have"), "!");
}

#[tokio::test]
async fn an_early_answer_ends_the_upload() {
    let denied = "HTTP/1.1 403 Forbidden\r\ncontent-length: 6\r\nconnection: close\r\n\r\ndenied";
    for reset in [false, true] {
        let stage = Stage::new().await;
        let client = client();
        // Far more than the socket buffers hold, so that the upload cannot be over.
        let upload = client.send(put(stage.url("/"), vec![7; 64 << 20]));
        let server = async {
            let mut line = stage.accept().await;
            line.read_head().await;
            line.write(denied).await;
            if reset {
                // Closing with unread data resets the connection under the client's writes.
                drop(line);
            } else {
                line.closed().await;
            }
        };
        let talk = async {
            let response = upload.await.expect("the answer, not the broken pipe");
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
            assert_eq!(text(response).await, "denied");
        };
        join!(talk, server);
        assert_eq!(client.stats().open, 0, "the rest of the upload is never sent");
    }
}

#[tokio::test]
async fn the_source_of_a_request_body_fails() {
    let stage = Stage::new().await;
    let first = Ok(Bytes::from("some"));
    let broken = stream::iter([first, Err(BodyError::length(9, 4))]);
    let request = put(stage.url("/"), Body::one_shot(broken, Some(9)));
    let client = client();
    let (outcome, ()) = join!(client.send(request), async { stage.accept().await.closed().await });
    let error = outcome.expect_err("half a body");
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(!error.may_have_applied(), "it broke before anything was written");
    let mut cause: &dyn Error = &error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let cause = cause.downcast_ref::<BodyError>().expect("the body's own error, at the bottom");
    assert_eq!(cause.kind(), ErrorKind::Length { expected: 9, got: 4 });
}

#[tokio::test]
async fn head_and_its_length() {
    let stage = Stage::new().await;
    let client = client();
    let mut request = get(stage.url("/"));
    *request.method_mut() = Method::HEAD;
    let talk = async {
        let response = client.send(request).await.expect("an answer");
        assert_eq!(response.headers()[CONTENT_LENGTH], "5000000000");
        assert_eq!(response.body().length(), Some(0));
        let response = client.send(get(stage.url("/"))).await.expect("an answer");
        assert_eq!(text(response).await, "ok");
    };
    let server = async {
        let mut line = stage.accept().await;
        line.read_head().await;
        line.write("HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n").await;
        line.read_head().await;
        line.write(OK).await;
    };
    join!(talk, server);
}

#[tokio::test]
async fn nothing_listens() {
    let stage = Stage::new().await;
    let url = stage.url("/");
    drop(stage);
    let error = client().send(get(url)).await.expect_err("nobody");
    assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Connect, false));
    let error = client().send(get("https://host.invalid/")).await.expect_err("no such name");
    assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Dns, false));
}

#[tokio::test]
async fn refused_before_anything_is_sent() {
    let client = client();
    let kind = async |request: Request<Body>| {
        let error = client.send(request).await.expect_err("refused");
        assert!(!error.may_have_applied());
        error.kind()
    };
    for url in [
        "http://example.com/",
        "http://128.0.0.1/",
        "http://[::2]/",
        "http://localhost.example.com/",
    ] {
        assert_eq!(kind(get(url)).await, ErrorKind::InsecureRefused, "{url}");
    }
    assert_eq!(kind(get("/relative")).await, ErrorKind::InvalidRequest);
    assert_eq!(kind(get("ftp://localhost/")).await, ErrorKind::InvalidRequest);
    assert_eq!(kind(get("http://user:pass@localhost/")).await, ErrorKind::InvalidRequest);
    let mut wrong = put("http://localhost/", "four");
    wrong.headers_mut().insert(CONTENT_LENGTH, 5.into());
    assert_eq!(kind(wrong).await, ErrorKind::InvalidRequest);
    let connect = Request::connect("http://localhost/").body(Body::empty()).expect("request");
    assert_eq!(kind(connect).await, ErrorKind::InvalidRequest);
    assert_eq!(client.stats().created, 0);
    let bad = HttpClient::builder().user_agent("a\nb").build().expect_err("no header value");
    assert_eq!(bad.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn plain_http_can_be_allowed_by_name() {
    let stage = Stage::new().await;
    // The name is allowed, and does not resolve: the refusal came before the look-up.
    let allowed = build(HttpClient::builder().allow_plain_http("Minio.invalid"));
    let error = allowed.send(get("http://minio.invalid/")).await.expect_err("no such name");
    assert_eq!(error.kind(), ErrorKind::Dns);
    let error = allowed.send(get("http://other.invalid/")).await.expect_err("not this one");
    assert_eq!(error.kind(), ErrorKind::InsecureRefused);
    drop(stage);
}

#[tokio::test]
async fn the_callers_host_and_agent_win() {
    let stage = Stage::new().await;
    let client = build(HttpClient::builder().user_agent("r2/0.1"));
    for own in [false, true] {
        let mut request = get(stage.url("/"));
        if own {
            request.headers_mut().insert(HOST, "bucket.example".parse().expect("value"));
            request.headers_mut().insert("user-agent", "mine".parse().expect("value"));
        }
        let (response, ()) = join!(client.send(request), async {
            let mut line = stage.accept().await;
            let head = line.read_head().await;
            assert_eq!(
                head.contains("user-agent: mine") && head.contains("host: bucket.example"),
                own
            );
            assert_eq!(head.contains("user-agent: r2/0.1"), !own);
            line.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
        });
        response.expect("an answer");
    }
}

#[tokio::test]
async fn a_large_body_streams_both_ways() {
    let stage = Stage::new().await;
    let size = 8_000_000;
    let data: Vec<u8> = (0..size).map(|i: u32| (i % 253) as u8).collect();
    let mut file = tempfile::tempfile().expect("temporary file");
    std::io::Write::write_all(&mut file, &data).expect("written");
    let body = Body::file(std::sync::Arc::new(file), 0..data.len() as u64);
    let client = client();
    let upload = async {
        let response = client.send(put(stage.url("/"), body)).await.expect("an answer");
        let mut whole = Vec::new();
        let mut body = response.into_body();
        assert_eq!(body.length(), Some(data.len() as u64));
        assert!(!body.can_restart());
        while let Some(chunk) = body.next().await {
            whole.extend_from_slice(&chunk.expect("good"));
        }
        assert!(whole == data);
    };
    let echo = async {
        let mut line = stage.accept().await;
        line.read_head().await;
        let got = line.read_exactly(data.len()).await;
        line.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", got.len())).await;
        line.write(&got).await;
        line
    };
    let ((), _line) = join!(upload, echo);
    assert_eq!(client.stats().idle, 1);
}
