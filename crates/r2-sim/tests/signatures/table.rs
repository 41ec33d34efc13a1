//! Runs a table of requests and compares what is said, row by row.

use std::sync::Arc;

use http::Request;
use r2_sign::Credentials;
use r2_sim::{AccessKey, Emulator, ManualClock, Support, Switches};
use r2_transport::{Body, Transport as _};

use super::ask::{ID, NOW, SECRET, Shot, ask};

/// A name, a request, and how the answer begins: `403 SignatureDoesNotMatch`.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) shot: Shot,
    pub(crate) said: &'static str,
}

pub(crate) fn row(name: impl Into<String>, said: &'static str, shot: Shot) -> Row {
    Row { name: name.into(), shot, said }
}

/// An emulator that asks for signatures and takes signed chunks, with a bucket `b-one` and an
/// object `k` in it.
pub(crate) async fn world(more: impl IntoIterator<Item = AccessKey>) -> Emulator {
    let builder = Emulator::builder()
        .clock(Arc::new(ManualClock::at_unix(u64::try_from(NOW).unwrap())))
        .switches(Switches::new().signed_chunks(Support::Accept))
        .credentials(Credentials::new(ID, SECRET));
    let r2 = more.into_iter().fold(builder, |builder, key| builder.access_key(key)).memory();
    assert_eq!(send(&r2, &ask("PUT /b-one").signed()).await, "200");
    assert_eq!(send(&r2, &ask("PUT /b-one/k").body("stored").signed()).await, "200");
    r2
}

/// What is answered: `404 NoSuchKey: The specified key does not exist.`, or the status alone.
pub(crate) async fn send(r2: &Emulator, shot: &Shot) -> String {
    let (status, text) = exchange(r2, shot).await;
    let element = |name: &str| {
        let (_, tail) = text.split_once(&format!("<{name}>"))?;
        Some(tail.split_once("</")?.0.to_owned())
    };
    match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{status} {code}: {message}"),
        _ => status.to_string(),
    }
}

pub(crate) async fn exchange(r2: &Emulator, shot: &Shot) -> (u16, String) {
    let Shot { method, path, query, headers, body } = shot.clone();
    let question = if query.is_empty() { "" } else { "?" };
    let mut request =
        Request::builder().method(&*method).uri(format!("http://r2.local{path}{question}{query}"));
    for (name, value) in &headers {
        request = request.header(name, value.as_bytes());
    }
    let response = r2.send(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect(1 << 22).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Runs a table. Everything that differs is told at once.
pub(crate) async fn run(r2: &Emulator, rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        let said = send(r2, &row.shot).await;
        // A code stands whole, a message may be cut short.
        let rest = said.strip_prefix(row.said);
        let is_whole = |rest: &str| rest.is_empty() || rest.starts_with([':', ' ']);
        if !rest.is_some_and(|rest| row.said.contains(':') || is_whole(rest)) {
            wrong.push(format!("{}\n    said     {said}\n    expected {}", row.name, row.said));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// The same for forgeries: besides, nothing may have changed.
pub(crate) async fn run_forgeries(r2: &Emulator, rows: &[Row]) {
    let list = || async { exchange(r2, &ask("GET /b-one?list-type=2").signed()).await };
    let before = list().await;
    assert_eq!(before.0, 200);
    assert!(rows.iter().all(|row| row.said.starts_with('4') || row.said.starts_with("501")));
    run(r2, rows).await;
    assert_eq!(list().await, before, "a forgery left something behind");
    let (status, body) = exchange(r2, &ask("GET /b-one/k").signed()).await;
    assert_eq!((status, &*body), (200, "stored"));
}
