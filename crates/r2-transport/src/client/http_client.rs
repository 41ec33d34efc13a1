//! The client itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use http::{HeaderValue, Request, Response};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::dial::Dialer;
use super::lease::Lease;
use super::origin::{Origin, OriginRef};
use super::outgoing::Outgoing;
use super::pool::{Pool, PoolSettings};
use super::prepare::{Additions, check, prepare};
use super::receiving::receive;
use super::tls::Tls;
use super::watch::Timeouts;
use super::{HttpClientBuilder, PoolStats};
use crate::{Body, BoxFuture, Deadline, ErrorKind, Transport, TransportError};

/// A pooled HTTP/1.1 client for `http` and `https`.
///
/// Connections are kept, capped in number and age, and handed out last in, first out; those who
/// find all in use wait in line. Nothing runs outside of the futures that it returns and the
/// response bodies: dropping one of those closes its connection. Each phase of an exchange has its
/// own limit and its own [`ErrorKind`], see [`HttpClientBuilder`], and a [`Deadline`] among the
/// extensions of a request bounds them all.
///
/// A connection is held until the response body has been read to its end or dropped. Who keeps as
/// many unread bodies as there are connections will see [`ErrorKind::PoolTimeout`].
///
/// Clones share the pool and cost one reference count. It needs a tokio runtime with I/O and time.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use r2_transport::{Body, ErrorKind, HttpClient, Transport};
///
/// let client = HttpClient::builder().max_connections(4).build()?;
/// let request = http::Request::get("http://example.com/").body(Body::empty())?;
/// let error = client.send(request).await.expect_err("plain http, and nobody allowed it");
/// assert_eq!(error.kind(), ErrorKind::InsecureRefused);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Arc<Pool>,
    dialer: Dialer,
    additions: Additions,
    plain_http_hosts: Vec<String>,
}

impl HttpClient {
    /// Settings with their defaults, see [`HttpClientBuilder`].
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::new()
    }

    pub(super) fn from_settings(settings: HttpClientBuilder) -> Result<Self, TransportError> {
        let user_agent = settings.user_agent.as_deref().map(HeaderValue::from_str).transpose();
        let additions = Additions {
            user_agent: user_agent.map_err(|error| {
                TransportError::new(ErrorKind::InvalidRequest, error).at("user-agent")
            })?,
            proxy_authorization: settings.proxy.as_ref().and_then(|p| p.authorization.clone()),
        };
        let pool = Pool::new(PoolSettings {
            connections_max: settings.connections_max,
            age_max: settings.connection_age_max,
            idle_timeout: settings.idle_timeout,
            acquire_timeout: settings.acquire_timeout,
        });
        let dialer = Dialer {
            connect_timeout: settings.connect_timeout,
            timeouts: Timeouts {
                first_byte: settings.first_byte_timeout,
                stall: settings.stall_timeout,
            },
            proxy: settings.proxy,
            tls: Tls::new(settings.crypto_provider, settings.system_roots, &settings.root_pems)?,
            turn: AtomicUsize::new(0),
        };
        let plain_http_hosts = settings.plain_http_hosts;
        Ok(Self { inner: Arc::new(Inner { pool, dialer, additions, plain_http_hosts }) })
    }

    /// What the pool holds at the moment.
    pub fn stats(&self) -> PoolStats {
        self.inner.pool.stats()
    }

    /// Closes every idle connection. Those in use go on.
    ///
    /// Expired ones are otherwise closed when their origin is next asked, or their place is needed:
    /// nothing runs in the background to look for them.
    pub fn close_idle(&self) {
        self.inner.pool.close_idle();
    }

    /// Lets no further request begin, for all clones: it fails with [`ErrorKind::Shutdown`].
    /// Requests under way go on, and their connections are closed afterwards.
    pub fn close(&self) {
        self.inner.pool.close();
    }
}

impl Inner {
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        check(&mut request)?;
        let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(TransportError::from_kind(ErrorKind::Deadline).unsent());
        }
        let origin = self.origin(&request)?;
        let mut request = prepare(request, &origin, &self.additions)?;
        let mut permit = self.pool.acquire(deadline).await?;
        match self.pool.checkout(&origin, permit) {
            Err(free) => permit = free,
            Ok(lease) => match exchange(lease, request, deadline).await {
                Ok(response) => return Ok(response),
                Err(Stopped::ByPeer(error)) => return Err(error),
                Err(Stopped::BeforeItBegan(unsent, free)) => (request, permit) = (*unsent, free),
            },
        }
        // Boxed, because few requests need it and every request would carry its size.
        let lease = Box::pin(self.connect(&origin, permit, deadline)).await?;
        match exchange(lease, request, deadline).await {
            Ok(response) => Ok(response),
            Err(Stopped::ByPeer(error)) => Err(error),
            Err(Stopped::BeforeItBegan(..)) => {
                Err(TransportError::from_kind(ErrorKind::Reset).unsent())
            }
        }
    }

    fn origin(&self, request: &Request<Body>) -> Result<Arc<Origin>, TransportError> {
        let wanted = OriginRef::of(request.uri())?;
        let named = |host: &String| host.eq_ignore_ascii_case(wanted.host);
        if !wanted.https && !wanted.is_loopback() && !self.plain_http_hosts.iter().any(named) {
            let error = TransportError::from_kind(ErrorKind::InsecureRefused);
            return Err(error.at(wanted.host.to_owned()));
        }
        self.pool.origin(wanted, || {
            let proxy = self.dialer.proxy.as_ref();
            proxy.is_some_and(|proxy| proxy.serves(wanted.host, wanted.port))
        })
    }

    async fn connect(
        &self,
        origin: &Arc<Origin>,
        permit: OwnedSemaphorePermit,
        deadline: Option<Instant>,
    ) -> Result<Lease, TransportError> {
        let mut lease = self.pool.reserve(origin, permit);
        lease.fill(self.dialer.dial(origin, deadline).await?);
        Ok(lease)
    }
}

/// Why an exchange gave no response.
enum Stopped {
    ByPeer(TransportError),
    /// The connection was dead already: here are the request, untouched, and the permit.
    BeforeItBegan(Box<Request<Outgoing>>, OwnedSemaphorePermit),
}

async fn exchange(
    mut lease: Lease,
    request: Request<Outgoing>,
    deadline: Option<Instant>,
) -> Result<Response<Body>, Stopped> {
    let Some(connection) = lease.connection() else {
        return Err(Stopped::ByPeer(TransportError::from_kind(ErrorKind::Other).unsent()));
    };
    match connection.send(request, deadline).await {
        Ok(response) => Ok(receive(response, lease)),
        Err(unanswered) => {
            let error = unanswered.error.at(lease.destination());
            match (unanswered.request, lease.discard()) {
                (Some(request), Some(permit)) => {
                    Err(Stopped::BeforeItBegan(Box::new(request), permit))
                }
                _ => Err(Stopped::ByPeer(error)),
            }
        }
    }
}

impl Transport for HttpClient {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.inner.send(request))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("pool", &self.stats())
            .field("dialer", &self.inner.dialer)
            .finish_non_exhaustive()
    }
}
