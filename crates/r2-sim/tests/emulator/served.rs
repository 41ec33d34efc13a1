//! The emulator over HTTP: what sockets, heads and bodies do to it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use r2_sim::Emulator;
use r2_transport::{Body, HttpClient, ServeOptions, Transport as _, serve};
use tokio::sync::oneshot;

/// Runs `talk` against a served emulator in a folder.
async fn served<F: Future<Output = ()>>(talk: impl FnOnce(HttpClient, String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let r2 = Emulator::builder().directory(folder.path()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, Arc::new(r2), ServeOptions::new(), async {
        stopped.await.ok();
    });
    let client = HttpClient::builder().build().unwrap();
    let talk = async {
        talk(client, base).await;
        drop(stop);
    };
    let (served, ()) = tokio::join!(server, talk);
    served.unwrap();
}

async fn send(
    client: &HttpClient,
    request: http::request::Builder,
    body: impl Into<Body>,
) -> (Response<()>, Bytes) {
    let response = client.send(request.body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect(64 << 20).await.unwrap();
    (Response::from_parts(parts, ()), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_over_http() {
    served(|client, base| async move {
        let (made, _) = send(&client, Request::put(format!("{base}/bucket")), "").await;
        assert_eq!(made.status(), StatusCode::OK);
        let body: Bytes = (0u32..1_000_000).flat_map(u32::to_le_bytes).collect();
        let url = format!("{base}/bucket/a%20b");
        let (put, _) = send(&client, Request::put(&url), body.clone()).await;
        assert_eq!(put.status(), StatusCode::OK);
        let (get, got) = send(&client, Request::get(&url), "").await;
        assert_eq!((get.status(), got), (StatusCode::OK, body.clone()));
        let ranged = Request::get(&url).header("range", "bytes=10-19");
        let (get, got) = send(&client, ranged, "").await;
        assert_eq!((get.status(), got), (StatusCode::PARTIAL_CONTENT, body.slice(10..20)));
        let (head, got) = send(&client, Request::head(&url), "").await;
        assert_eq!(head.headers()["content-length"], body.len().to_string());
        assert!(got.is_empty());
        let same = Request::get(&url).header("if-none-match", "*");
        assert_eq!(send(&client, same, "").await.0.status(), StatusCode::NOT_MODIFIED);
        let (gone, _) = send(&client, Request::delete(&url), "").await;
        assert_eq!(gone.status(), StatusCode::NO_CONTENT);
        let (missing, said) = send(&client, Request::get(&url), "").await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(said.starts_with(b"<?xml"));
        assert_eq!(missing.headers()["server"], "cloudflare");
        let (missing, said) = send(&client, Request::head(&url), "").await;
        assert_eq!((missing.status(), said.len()), (StatusCode::NOT_FOUND, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_creators_wins() {
    served(|client, base| async move {
        send(&client, Request::put(format!("{base}/bucket")), "").await;
        for round in 0..20 {
            let attempts = (0..8).map(|writer| {
                let url = format!("{base}/bucket/lock-{round}");
                let request = Request::put(url).header("if-none-match", "*");
                send(&client, request, vec![writer; 40_000])
            });
            let replies = futures_util::future::join_all(attempts).await;
            let won = replies.iter().filter(|(reply, _)| reply.status() == StatusCode::OK).count();
            let lost = replies.iter().filter(|(reply, _)| reply.status() == 412).count();
            assert_eq!((won, lost), (1, 7));
            let url = format!("{base}/bucket/lock-{round}");
            let (_, body) = send(&client, Request::get(url), "").await;
            let winner = replies.iter().position(|(reply, _)| reply.status() == StatusCode::OK);
            let winner = u8::try_from(winner.unwrap()).unwrap();
            assert!(body.iter().all(|byte| *byte == winner));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_away_leaves_nothing() {
    served(|client, base| async move {
        send(&client, Request::put(format!("{base}/bucket")), "").await;
        let url = format!("{base}/bucket/k");
        let chunks = futures_util::stream::iter([
            Ok(Bytes::from(vec![1; 100_000])),
            Err(std::io::Error::other("the source failed")),
        ]);
        let body = Body::one_shot(chunks, Some(200_000));
        client.send(Request::put(&url).body(body).unwrap()).await.unwrap_err();
        let (missing, _) = send(&client, Request::get(&url), "").await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    })
    .await;
}
