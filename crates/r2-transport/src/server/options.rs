//! How a server is configured.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;

use crate::{TransportError, limits};

/// Settings of [`serve`](crate::serve).
///
/// ```
/// use std::time::Duration;
/// use r2_transport::ServeOptions;
///
/// let options = ServeOptions::new().connections_max(64).drain_timeout(Duration::from_secs(5));
/// assert!(format!("{options:?}").contains("64"));
/// ```
#[non_exhaustive]
#[derive(Clone)]
#[must_use = "options do nothing until they are served"]
pub struct ServeOptions {
    pub(super) connections_max: usize,
    pub(super) head_read_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) stall_timeout: Duration,
    pub(super) drain_timeout: Duration,
    pub(super) head_bytes_max: usize,
    pub(super) body_bytes_max: u64,
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

    /// Connections held at most; [`limits::SERVER_CONNECTIONS_MAX`] by default. At least one;
    /// further ones wait in the listen queue.
    pub fn connections_max(mut self, count: usize) -> Self {
        self.connections_max = count;
        self
    }

    /// Time for a whole request head, and for the TLS handshake; [`limits::HEAD_READ_TIMEOUT`] by
    /// default.
    pub fn head_read_timeout(mut self, timeout: Duration) -> Self {
        self.head_read_timeout = timeout;
        self
    }

    /// Time between requests on one connection; [`limits::SERVER_IDLE_TIMEOUT`] by default.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Time in which a body, in either direction, may move no byte because of the client;
    /// [`limits::STALL_TIMEOUT`] by default. The time that the service takes is not limited. A
    /// request body then fails with [`ErrorKind::Stalled`](crate::ErrorKind::Stalled) where the
    /// service reads it, so that it can answer; the connection is closed after that.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.stall_timeout = timeout;
        self
    }

    /// Time for exchanges under way to finish after the shutdown; [`limits::DRAIN_TIMEOUT`] by
    /// default.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// Size of a request head, in bytes; [`limits::REQUEST_HEAD_BYTES_MAX`] by default. A larger
    /// one is answered with 431.
    pub fn head_bytes_max(mut self, bytes: usize) -> Self {
        self.head_bytes_max = bytes;
        self
    }

    /// Size of a request body, in bytes; [`limits::REQUEST_BODY_BYTES_MAX`] by default. One that
    /// announces more is answered with 413; one that only turns out to be larger fails with
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) where the service reads it.
    pub fn body_bytes_max(mut self, bytes: u64) -> Self {
        self.body_bytes_max = bytes;
        self
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
        let Self {
            connections_max,
            head_read_timeout,
            idle_timeout,
            stall_timeout,
            drain_timeout,
            head_bytes_max,
            body_bytes_max,
            tls,
        } = self;
        f.debug_struct("ServeOptions")
            .field("connections_max", connections_max)
            .field("head_read_timeout", head_read_timeout)
            .field("idle_timeout", idle_timeout)
            .field("stall_timeout", stall_timeout)
            .field("drain_timeout", drain_timeout)
            .field("head_bytes_max", head_bytes_max)
            .field("body_bytes_max", body_bytes_max)
            .field("tls", &tls.is_some())
            .finish()
    }
}
