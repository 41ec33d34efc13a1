//! An HTTP proxy between the client and its servers.

use std::fmt;

use http::HeaderValue;

use crate::{ErrorKind, TransportError};

/// An HTTP proxy: requests for `http` go to it in absolute form, those for `https` through a
/// `CONNECT` tunnel.
#[derive(Clone)]
pub struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) authorization: Option<HeaderValue>,
    pub(super) exempt: String,
}

impl Proxy {
    /// A proxy at `http://[user:password@]host[:port]`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the address is not of that form.
    pub fn new(address: &str) -> Result<Self, TransportError> {
        let uri: http::Uri =
            address.parse().map_err(|e| TransportError::new(ErrorKind::InvalidRequest, e))?;
        let host = uri
            .host()
            .ok_or_else(|| TransportError::from_kind(ErrorKind::InvalidRequest).at("proxy"))?;
        Ok(Self {
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(80),
            authorization: None,
            exempt: String::new(),
        })
    }

    /// Hosts that are reached directly, as in the variable `NO_PROXY`: a list separated by commas
    /// of names (with their subdomains), addresses, networks (`10.0.0.0/8`), or `*` for all.
    #[must_use]
    pub fn no_proxy(mut self, list: &str) -> Self {
        list.clone_into(&mut self.exempt);
        self
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, authorization, exempt } = self;
        f.debug_struct("Proxy")
            .field("host", host)
            .field("port", port)
            .field("authorization", &authorization.as_ref().map(|_| "[redacted]"))
            .field("exempt", exempt)
            .finish()
    }
}
