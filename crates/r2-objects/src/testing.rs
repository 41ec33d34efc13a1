//! A transport with canned answers, for this crate's own tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, Response};
use r2_sim::ManualClock;
use r2_transport::{Body, BodyError, BoxFuture, ErrorKind as Wire, Transport, TransportError};

use crate::client::{Client, ClientBuilder};
use crate::{Credentials, RetryPolicy};

pub(crate) const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const KEY_ID: &str = "fedcba9876543210fedcba9876543210";
/// 2026-11-20T12:00:00Z.
pub(crate) const NOON: u64 = 1_795_176_000;

/// What the other side does with a request.
#[derive(Debug)]
pub(crate) enum Canned {
    Reply(u16, Vec<(&'static str, String)>, Vec<Result<Bytes, Wire>>),
    Fail(Wire),
    /// Never answers.
    Hang,
}

/// A reply with a whole body and its length.
pub(crate) fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Canned {
    let mut all: Vec<_> =
        headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    if !headers.iter().any(|(name, _)| *name == "content-length") {
        all.push(("content-length", body.len().to_string()));
    }
    Canned::Reply(status, all, vec![Ok(Bytes::copy_from_slice(body.as_bytes()))])
}

/// R2's error document.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Canned {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error>"
    );
    reply(status, &[("content-type", "application/xml"), ("cf-ray", "8f00-AMS")], &body)
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn signed_headers(&self) -> Vec<&str> {
        let (_, rest) = self.header("authorization").split_once("SignedHeaders=").unwrap();
        rest.split(',').next().unwrap().split(';').collect()
    }

    /// Request line and headers, sorted; the signature itself left out.
    pub(crate) fn shape(&self) -> String {
        let mut lines: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let value = value.to_str().unwrap();
                let value = value.split("Signature=").next().unwrap().replace(ACCOUNT, "ACCOUNT");
                format!("{name}: {value}\n")
            })
            .collect();
        lines.sort();
        let url = self.url.replace(ACCOUNT, "ACCOUNT");
        format!("{} {url}\n{}", self.method, lines.concat())
    }
}

/// Answers in order; an answer too few is a test that failed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripted(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<Canned>,
    seen: Vec<Seen>,
}

impl Scripted {
    pub(crate) fn new(answers: impl IntoIterator<Item = Canned>) -> Self {
        let answers = answers.into_iter().collect();
        Self(Arc::new(Mutex::new(Script { answers, seen: Vec::new() })))
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().seen.clone()
    }

    /// A client of R2 that talks to this script, at noon, with a key.
    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .account_id(ACCOUNT)
            .credentials(Credentials::new(KEY_ID, "ab".repeat(32)))
            .clock(ManualClock::at_unix(NOON))
            .key_pacing(None)
            .retry(RetryPolicy::new())
            .transport(self.clone())
    }
}

impl Transport for Scripted {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect(1 << 30).await.map_err(TransportError::from)?;
            let answer = {
                let mut script = self.0.lock().unwrap();
                script.seen.push(Seen {
                    method: parts.method.to_string(),
                    url: parts.uri.to_string(),
                    headers: parts.headers,
                    body,
                });
                script.answers.pop_front().expect("an answer for each request")
            };
            match answer {
                Canned::Fail(kind) => Err(TransportError::from_kind(kind)),
                Canned::Hang => std::future::pending().await,
                Canned::Reply(status, headers, chunks) => {
                    let mut response = Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    let chunks =
                        chunks.into_iter().map(|chunk| chunk.map_err(BodyError::from_kind));
                    Ok(response.body(Body::one_shot(stream::iter(chunks), None)).unwrap())
                }
            }
        })
    }
}

/// The text in lines of at most 72 columns, so that a snapshot can be read.
pub(crate) fn wrapped(text: &str) -> String {
    const COLUMNS: usize = 72;
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line;
        while rest.len() > COLUMNS {
            let end =
                rest[..COLUMNS].rfind([' ', '/', '=', '&', '>', ';']).map_or(COLUMNS, |at| at + 1);
            let (first, after) = rest.split_at(end);
            out += first.trim_end();
            out.push('\n');
            rest = after;
        }
        out += rest.trim_end();
        out.push('\n');
    }
    out
}
