//! Through a proxy, or past it.

use http::Response;
use r2_transport::{Body, ErrorKind, HttpClient, Proxy, ServeOptions, Transport, serve};
use tokio::io::copy_bidirectional;
use tokio::join;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::script::{OK, Stage, build, get, service, text};
use crate::tls::{authority, identity};

fn through(stage: &Stage, credentials: &str) -> Proxy {
    Proxy::new(&format!("http://{credentials}{}", stage.address())).expect("a good address")
}

#[tokio::test]
async fn plain_requests_go_in_absolute_form() {
    let stage = Stage::new().await;
    let proxy = through(&stage, "user:p%40ss@");
    let client = build(HttpClient::builder().proxy(Some(proxy)).allow_plain_http("store.invalid"));
    let (response, ()) = join!(client.send(get("http://store.invalid:81/a%20b?c")), async {
        let mut line = stage.accept().await;
        let head = line.read_head().await;
        assert!(head.starts_with("GET http://store.invalid:81/a%20b?c HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("host: store.invalid:81\r\n"), "{head}");
        assert!(head.contains("proxy-authorization: Basic dXNlcjpwQHNz\r\n"), "{head}");
        line.write(OK).await;
    });
    assert_eq!(text(response.expect("an answer")).await, "ok");
    let shown = format!("{client:?}");
    assert!(!shown.contains("dXNlcjpwQHNz") && !shown.contains("p@ss"), "{shown}");
}

#[tokio::test]
async fn encrypted_requests_go_through_a_tunnel() {
    let (root, issuer) = authority("ours");
    let (chain, key) = identity(&issuer, &["store.invalid"], false);
    let options = ServeOptions::new().tls(chain.as_bytes(), key.as_bytes()).expect("good pems");
    let (store, stage) = (Stage::new().await, Stage::new().await);
    let target = store.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let hello = service(async |request| {
        assert!(!request.headers().contains_key("proxy-authorization"));
        Ok(Response::new(Body::from(request.uri().path().to_owned())))
    });
    let server = serve(store.into_listener(), hello, options, async {
        stopped.await.ok();
    });
    let client = build(
        HttpClient::builder()
            .without_system_roots()
            .add_root_pem(root)
            .proxy(Some(through(&stage, "user:pass@"))),
    );
    let tunnel = async {
        let (head, mut line) = stage.accept_raw().await;
        let expected = "CONNECT store.invalid:443 HTTP/1.1\r\nHost: store.invalid:443\r\n\
                        Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n";
        assert_eq!(head, expected);
        let mut upstream = TcpStream::connect(target).await.expect("the store");
        let answer = b"HTTP/1.0 200 Connection established\r\nvia: test\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut line, answer).await.expect("client is there");
        copy_bidirectional(&mut line, &mut upstream).await.ok();
    };
    let talk = async {
        for path in ["/one", "/two"] {
            let response = client.send(get(format!("https://store.invalid{path}"))).await;
            assert_eq!(text(response.expect("an answer")).await, path);
        }
        assert_eq!((client.stats().created, client.stats().reused), (1, 1));
        client.close_idle();
        drop(stop);
    };
    let (served, (), ()) = join!(server, tunnel, talk);
    served.expect("a good listener");
}

#[tokio::test]
async fn a_proxy_that_refuses() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(20_000));
    for (said, why) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502"),
        ("HTTP/1.1 200 OK\r\n\r\nand more", "more than an answer"),
        ("SSH-2.0\r\n\r\n", "not answer in http"),
        ("HTTP/1.1 200 OK\r\n", "closed"),
        (&long, "does not end"),
    ] {
        let stage = Stage::new().await;
        let client = build(HttpClient::builder().proxy(Some(through(&stage, ""))));
        let (outcome, ()) = join!(client.send(get("https://store.invalid/")), async {
            let mut line = stage.accept().await;
            line.read_head().await;
            line.write(said).await;
        });
        let error = outcome.expect_err(why);
        assert_eq!((error.kind(), error.may_have_applied()), (ErrorKind::Connect, false), "{why}");
        let cause = std::error::Error::source(&error).expect("a cause").to_string();
        assert!(cause.contains(why), "{cause}");
        assert_eq!(client.stats().open, 0);
    }
}

#[tokio::test]
async fn exempt_hosts_are_reached_directly() {
    let (direct, unused) = (Stage::new().await, Stage::new().await);
    let proxy = through(&unused, "").no_proxy("10.0.0.0/8,127.0.0.1");
    let client = build(HttpClient::builder().proxy(Some(proxy)));
    let (response, ()) = join!(client.send(get(direct.url("/x"))), async {
        let mut line = direct.accept().await;
        assert!(line.read_head().await.starts_with("GET /x HTTP/1.1\r\n"));
        line.write(OK).await;
    });
    assert_eq!(text(response.expect("an answer")).await, "ok");
}
