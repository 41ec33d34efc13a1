//! How a client is configured.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;

use super::{HttpClient, Proxy};
use crate::{TransportError, limits};

/// Settings of an [`HttpClient`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct HttpClientBuilder {
    pub(super) connections_max: usize,
    pub(super) connection_age_max: Duration,
    pub(super) acquire_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) first_byte_timeout: Duration,
    pub(super) stall_timeout: Duration,
    pub(super) root_pems: Vec<Vec<u8>>,
    pub(super) system_roots: bool,
    pub(super) crypto_provider: Option<Arc<CryptoProvider>>,
    pub(super) proxy: Option<Proxy>,
    pub(super) plain_http_hosts: Vec<String>,
    pub(super) user_agent: Option<String>,
}

impl HttpClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            connection_age_max: limits::CONNECTION_AGE_MAX,
            acquire_timeout: limits::ACQUIRE_TIMEOUT,
            idle_timeout: limits::IDLE_TIMEOUT,
            connect_timeout: limits::CONNECT_TIMEOUT,
            first_byte_timeout: limits::FIRST_BYTE_TIMEOUT,
            stall_timeout: limits::STALL_TIMEOUT,
            root_pems: Vec::new(),
            system_roots: true,
            crypto_provider: None,
            proxy: None,
            plain_http_hosts: Vec::new(),
            user_agent: None,
        }
    }

    /// Connections open at most, over all origins; [`limits::CONNECTIONS_MAX`] by default. At least
    /// one.
    pub fn max_connections(mut self, count: usize) -> Self {
        self.connections_max = count.max(1);
        self
    }

    /// Age past which a connection is not reused; [`limits::CONNECTION_AGE_MAX`] by default.
    pub fn max_connection_age(mut self, age: Duration) -> Self {
        self.connection_age_max = age;
        self
    }

    /// How long a request waits for a free connection; [`limits::ACQUIRE_TIMEOUT`] by default.
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long an unused connection is kept; [`limits::IDLE_TIMEOUT`] by default.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long DNS, TCP, a proxy's tunnel and TLS may take together;
    /// [`limits::CONNECT_TIMEOUT`] by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the response head may take once the request is written;
    /// [`limits::FIRST_BYTE_TIMEOUT`] by default.
    pub fn first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.first_byte_timeout = timeout;
        self
    }

    /// How long a connection may move no byte while it is being read or written;
    /// [`limits::STALL_TIMEOUT`] by default.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.stall_timeout = timeout;
        self
    }

    /// Trusts the certificates in this PEM text as well as the system's.
    pub fn add_root_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_pems.push(pem.into());
        self
    }

    /// Trusts only the certificates given with [`add_root_pem`](Self::add_root_pem).
    pub fn without_system_roots(mut self) -> Self {
        self.system_roots = false;
        self
    }

    /// The cryptography that TLS uses; ring by default. A process-wide default is never installed.
    pub fn crypto_provider(mut self, provider: Arc<CryptoProvider>) -> Self {
        self.crypto_provider = Some(provider);
        self
    }

    /// Goes through a proxy; none by default. The environment is not read here.
    pub fn proxy(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = proxy;
        self
    }

    /// Allows plain HTTP to this host (a name or an address, without a port). Loopback needs no
    /// permission; every other host is refused.
    pub fn allow_plain_http(mut self, host: impl Into<String>) -> Self {
        self.plain_http_hosts.push(host.into());
        self
    }

    /// The `User-Agent` of requests that bring none.
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.user_agent = Some(value.into());
        self
    }

    /// Makes the client. No connection is opened yet, and system roots are read at the first
    /// `https` request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Tls`](crate::ErrorKind::Tls) if a PEM text holds no certificate, and
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the user agent is no
    /// header value.
    pub fn build(self) -> Result<HttpClient, TransportError> {
        HttpClient::from_settings(self)
    }
}
