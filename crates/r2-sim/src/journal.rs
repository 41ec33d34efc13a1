//! A record of the exchanges that passed, to assert on.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use http::{HeaderMap, Method, Request, Response, StatusCode};
use r2_transport::{Body, BoxFuture, ErrorKind, Transport, TransportError};

use crate::cassette::is_secret_parameter;
use crate::protocol::Named;
use crate::store::locked;

/// Exchanges kept; older ones are forgotten.
const EXCHANGES_MAX: usize = 100_000;

/// Headers that let others do what the sender may do, or read what it may read.
const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key",
];

/// A transport that remembers what passed through it. Clones share the memory.
///
/// Bodies are counted, not kept, and secrets are left out: `authorization`, session tokens,
/// customers' keys (SSE-C), and the same and the signature in presigned URLs.
///
/// ```
/// use http::Request;
/// use r2_sim::{Emulator, Journal};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let journal = Journal::new(Emulator::memory());
/// let request = Request::put("http://r2.local/bucket").body(Body::empty())?;
/// journal.send(request).await?;
///
/// let exchanges = journal.exchanges();
/// assert_eq!(exchanges[0].operation, "CreateBucket");
/// assert_eq!(exchanges[0].status, Some(http::StatusCode::OK));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Journal<T> {
    inner: T,
    entries: Arc<Mutex<VecDeque<Entry>>>,
}

/// One exchange.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The operation by its S3 name (`PutObject`); the method where there is none.
    pub operation: String,
    /// The method.
    pub method: Method,
    /// The path as it stood in the request.
    pub path: String,
    /// The query as it stood there, without signatures.
    pub query: String,
    /// The request's headers, without secrets.
    pub headers: HeaderMap,
    /// Bytes of the request's body that were read so far.
    pub sent_bytes: u64,
    /// The response's headers, without cookies; none before there is a response.
    pub response_headers: HeaderMap,
    /// The status, once there is one.
    pub status: Option<StatusCode>,
    /// Why there was no response.
    pub error: Option<ErrorKind>,
    /// Bytes of the response's body that were read so far.
    pub received_bytes: u64,
}

#[derive(Debug)]
struct Entry {
    exchange: Exchange,
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    number: u64,
}

impl<T> Journal<T> {
    /// Remembers what passes to and from `inner`.
    pub fn new(inner: T) -> Journal<T> {
        Journal { inner, entries: Arc::default() }
    }

    /// The transport behind it.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// Everything so far, in the order in which the requests came.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        locked(&self.entries).iter().map(Entry::now).collect()
    }

    /// How many exchanges an operation had, by its S3 name.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        let entries = locked(&self.entries);
        entries.iter().filter(|entry| entry.exchange.operation == operation).count()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        locked(&self.entries).clear();
    }

    fn begin(&self, request: &Request<Body>) -> (u64, Arc<AtomicU64>, Arc<AtomicU64>) {
        let (sent, received) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let mut entries = locked(&self.entries);
        let number = entries.back().map_or(0, |entry| entry.number + 1);
        if entries.len() == EXCHANGES_MAX {
            entries.pop_front();
        }
        let exchange = describe(request);
        let entry =
            Entry { exchange, sent: Arc::clone(&sent), received: Arc::clone(&received), number };
        entries.push_back(entry);
        (number, sent, received)
    }

    fn end(&self, number: u64, end: impl FnOnce(&mut Exchange)) {
        let mut entries = locked(&self.entries);
        // From the back: an exchange ends soon after it began.
        if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.number == number) {
            end(&mut entry.exchange);
        }
    }
}

impl Entry {
    fn now(&self) -> Exchange {
        Exchange {
            sent_bytes: self.sent.load(Ordering::Relaxed),
            received_bytes: self.received.load(Ordering::Relaxed),
            ..self.exchange.clone()
        }
    }
}

impl<T: Transport> Transport for Journal<T> {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (number, sent, received) = self.begin(&request);
            let request = request.map(|body| body.on_chunk(counter(sent)));
            let result = self.inner.send(request).await;
            self.end(number, |exchange| match &result {
                Ok(response) => {
                    exchange.status = Some(response.status());
                    exchange.response_headers = response.headers().clone();
                    exchange.response_headers.remove(http::header::SET_COOKIE);
                }
                Err(error) => exchange.error = Some(error.kind()),
            });
            Ok(result?.map(|body| body.on_chunk(counter(received))))
        })
    }
}

fn counter(count: Arc<AtomicU64>) -> impl FnMut(usize) + Send + 'static {
    move |bytes| {
        count.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

fn describe(request: &Request<Body>) -> Exchange {
    let mut headers = request.headers().clone();
    for secret in SECRET_HEADERS {
        headers.remove(secret);
    }
    let uri = request.uri();
    let query = uri.query().unwrap_or_default().split('&');
    let is_shown = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        !is_secret_parameter(name)
    };
    let query: Vec<&str> = query.filter(is_shown).collect();
    Exchange {
        operation: operation(request),
        method: request.method().clone(),
        path: uri.path().to_owned(),
        query: query.join("&"),
        headers,
        sent_bytes: 0,
        response_headers: HeaderMap::new(),
        status: None,
        error: None,
        received_bytes: 0,
    }
}

/// Whether a parameter lets others use a presigned URL.
pub(crate) fn is_secret(pair: &str) -> bool {
    pair.starts_with("X-Amz-Signature=") || pair.starts_with("X-Amz-Security-Token=")
}

fn operation(request: &Request<Body>) -> String {
    let is_copy = request.headers().contains_key("x-amz-copy-source");
    Named::of(request.method(), request.uri(), is_copy).operation
}
