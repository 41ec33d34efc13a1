//! Sending requests with few words.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};
use r2_sim::{Emulator, EmulatorBuilder, ManualClock};
use r2_transport::{Body, Transport};

/// 2026-08-17T09:30:00Z.
pub(crate) const START: u64 = 1_786_959_000;
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// An emulator with a clock of its own, and one bucket, `/b-one`.
pub(crate) struct World {
    pub(crate) r2: Emulator,
    pub(crate) clock: ManualClock,
    _folder: Option<tempfile::TempDir>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl World {
    pub(crate) async fn memory() -> World {
        World::with(|builder| builder).await
    }

    pub(crate) async fn with(adjust: impl Fn(EmulatorBuilder) -> EmulatorBuilder) -> World {
        let clock = ManualClock::at_unix(START);
        let r2 = adjust(Emulator::builder().clock(Arc::new(clock.clone()))).memory();
        World { r2, clock, _folder: None }.with_bucket().await
    }

    pub(crate) async fn directory() -> World {
        let (clock, folder) = (ManualClock::at_unix(START), tempfile::tempdir().unwrap());
        let builder = Emulator::builder().clock(Arc::new(clock.clone()));
        let r2 = builder.directory(folder.path()).unwrap();
        World { r2, clock, _folder: Some(folder) }.with_bucket().await
    }

    /// One in memory and one in a folder.
    pub(crate) async fn both() -> [World; 2] {
        [World::memory().await, World::directory().await]
    }

    async fn with_bucket(self) -> World {
        self.send("PUT /b-one", &[], "").await;
        self
    }

    /// `line` is method and path, as in `PUT /bucket/key?x=y`.
    pub(crate) async fn send(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        send(&self.r2, line, headers, body.into()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path}"), &[], "").await
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<Body>) -> Reply {
        let reply = self.send(&format!("PUT {path}"), &[], body).await;
        assert_eq!(reply.status, 200, "{}", reply.said());
        reply
    }
}

pub(crate) async fn send(
    transport: &impl Transport,
    line: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Reply {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(format!("http://r2.local{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = transport.send(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect(64 << 20).await.unwrap();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Reply {
    /// `404 NoSuchKey: The specified key does not exist.`, or just the status.
    pub(crate) fn said(&self) -> String {
        match (self.element("Code"), self.element("Message")) {
            (Some(code), Some(message)) => format!("{} {code}: {message}", self.status),
            _ => self.status.to_string(),
        }
    }

    /// The text of the first element of this name, entities and all.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        self.elements(name).into_iter().next()
    }

    /// The texts of all elements of this name.
    pub(crate) fn elements(&self, name: &str) -> Vec<&str> {
        let text = self.text();
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let mut found = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(&open) {
            let Some((inner, tail)) = after.split_once(&close) else { break };
            found.push(inner);
            rest = tail;
        }
        found
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
