//! Requests, and how a test sends them.

use http::{Method, Request, Response};
use r2_sim::{Cassette, Emulator, Recorder, Replayer};
use r2_transport::{Body, Transport};

/// `method target`, with headers and a body.
pub(crate) fn request(
    line: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let (method, target) = line.split_once(' ').unwrap();
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = Request::builder().method(method).uri(format!("http://r2.local{target}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub(crate) async fn send(transport: &impl Transport, line: &str) -> Response<Body> {
    transport.send(request(line, &[], Body::empty())).await.unwrap()
}

pub(crate) async fn put(transport: &impl Transport, target: &str, body: &'static str) -> u16 {
    let request = request(&format!("PUT {target}"), &[], body);
    transport.send(request).await.unwrap().status().as_u16()
}

/// Status and body.
pub(crate) async fn get(transport: &impl Transport, target: &str) -> (u16, String) {
    let response = send(transport, &format!("GET {target}")).await;
    let status = response.status().as_u16();
    let bytes = response.into_body().collect(1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// Why a request has no answer.
pub(crate) async fn miss(replayer: &Replayer, request: Request<Body>) -> String {
    let error = replayer.send(request).await.unwrap_err();
    assert_eq!(error.kind(), r2_transport::ErrorKind::InvalidRequest);
    std::error::Error::source(&error).unwrap().to_string()
}

/// A recorder before an emulator that has the bucket `photos`.
pub(crate) async fn recorder(name: &str) -> Recorder<Emulator> {
    let emulator = Emulator::memory();
    send(&emulator, "PUT /photos").await;
    Recorder::new(emulator, name)
}

/// A cassette of these exchanges, in JSON.
pub(crate) fn cassette(exchanges: &str) -> String {
    format!(
        r#"{{"format": "r2-cassette", "version": 1, "name": "test", "exchanges": [{exchanges}]}}"#
    )
}

pub(crate) fn replayer(exchanges: &str) -> Replayer {
    Replayer::new(Cassette::parse(&cassette(exchanges)).unwrap())
}
