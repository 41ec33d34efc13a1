//! How a server is configured.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;

use crate::{TransportError, limits};

/// Settings of [`serve`](crate::serve).
#[non_exhaustive]
#[derive(Clone)]
pub struct ServeOptions {
    /// Connections held at most; [`limits::SERVER_CONNECTIONS_MAX`] by default.
    pub connections_max: usize,
    /// Time for a request head and the TLS handshake; [`limits::HEAD_READ_TIMEOUT`] by default.
    pub head_read_timeout: Duration,
    /// Time between requests; [`limits::SERVER_IDLE_TIMEOUT`] by default.
    pub idle_timeout: Duration,
    /// Time in which a body, in either direction, may make no progress because of the peer;
    /// [`limits::STALL_TIMEOUT`] by default.
    pub stall_timeout: Duration,
    /// Time for exchanges under way to finish after the shutdown; [`limits::DRAIN_TIMEOUT`] by
    /// default.
    pub drain_timeout: Duration,
    /// Size of a request head, in bytes; [`limits::REQUEST_HEAD_BYTES_MAX`] by default.
    pub head_bytes_max: usize,
    /// Size of a request body, in bytes; [`limits::REQUEST_BODY_BYTES_MAX`] by default.
    pub body_bytes_max: u64,
    pub(super) tls: Option<Arc<ServerConfig>>,
}

impl ServeOptions {
    /// Plain HTTP with the default limits.
    pub fn new() -> Self {
        Self {
            connections_max: limits::SERVER_CONNECTIONS_MAX,
            head_read_timeout: limits::HEAD_READ_TIMEOUT,
            idle_timeout: limits::SERVER_IDLE_TIMEOUT,
            stall_timeout: limits::STALL_TIMEOUT,
            drain_timeout: limits::DRAIN_TIMEOUT,
            head_bytes_max: limits::REQUEST_HEAD_BYTES_MAX,
            body_bytes_max: limits::REQUEST_BODY_BYTES_MAX,
            tls: None,
        }
    }

    /// Speaks HTTPS with this certificate chain (leaf first) and private key, both PEM.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Tls`](crate::ErrorKind::Tls) if the PEM texts hold no certificate or no key, or
    /// the two do not belong together.
    pub fn tls(mut self, certificates: &[u8], key: &[u8]) -> Result<Self, TransportError> {
        self.tls = Some(Arc::new(super::tls::server_config(certificates, key)?));
        Ok(self)
    }
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeOptions")
            .field("connections_max", &self.connections_max)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}
