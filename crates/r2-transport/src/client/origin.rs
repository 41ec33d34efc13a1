//! Where a request goes: scheme, host and port.

use http::uri::Scheme;
use http::{HeaderValue, Uri};

use crate::{ErrorKind, TransportError};

/// The origin of a request, borrowed from its URI.
#[derive(Clone, Copy, Debug)]
pub(super) struct OriginRef<'a> {
    pub(super) https: bool,
    /// Name or address, without the brackets of an IPv6 address.
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// Host and port as the caller wrote them: what the `Host` header says and signatures cover.
    pub(super) authority: &'a str,
}

/// An origin that the pool knows.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) https: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) authority: String,
    pub(super) host_header: HeaderValue,
    /// Whether requests for it go through the proxy.
    pub(super) proxied: bool,
}

impl<'a> OriginRef<'a> {
    /// # Errors
    ///
    /// `InvalidRequest` unless the URI is `http` or `https` and names a host without credentials.
    pub(super) fn of(uri: &'a Uri) -> Result<Self, TransportError> {
        let refuse = |why| Err(TransportError::new(ErrorKind::InvalidRequest, why).at("uri"));
        let Some(scheme) = uri.scheme() else { return refuse("no scheme") };
        let Some(authority) = uri.authority() else { return refuse("no host") };
        let https = *scheme == Scheme::HTTPS;
        if !https && *scheme != Scheme::HTTP {
            return refuse("the scheme is neither http nor https");
        }
        if authority.as_str().contains('@') {
            return refuse("user and password in front of the host");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return refuse("no host");
        }
        let port = authority.port_u16().unwrap_or(if https { 443 } else { 80 });
        Ok(Self { https, host, port, authority: authority.as_str() })
    }

    /// Whether the host can only be this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    pub(super) fn matches(&self, origin: &Origin) -> bool {
        self.https == origin.https
            && self.port == origin.port
            && self.host.eq_ignore_ascii_case(&origin.host)
    }

    /// # Errors
    ///
    /// `InvalidRequest` if the authority is no header value.
    pub(super) fn to_owned(self, proxied: bool) -> Result<Origin, TransportError> {
        Ok(Origin {
            https: self.https,
            host: self.host.to_owned(),
            port: self.port,
            authority: self.authority.to_owned(),
            host_header: host_header(self.authority)?,
            proxied,
        })
    }
}

impl Origin {
    /// Whether the two are the same origin, however their authorities are written.
    pub(super) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.https == other.https
                && self.port == other.port
                && self.host.eq_ignore_ascii_case(&other.host))
    }
}

/// The `Host` header for an authority.
pub(super) fn host_header(authority: &str) -> Result<HeaderValue, TransportError> {
    HeaderValue::from_str(authority)
        .map_err(|error| TransportError::new(ErrorKind::InvalidRequest, error).at("host"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uri: &str) -> Result<(bool, String, u16, bool), ErrorKind> {
        let uri: Uri = uri.parse().expect("test uri");
        let origin = OriginRef::of(&uri).map_err(|error| error.kind())?;
        Ok((origin.https, origin.host.to_owned(), origin.port, origin.is_loopback()))
    }

    #[test]
    fn scheme_host_and_port() {
        let ok = |https, host: &str, port, loopback| Ok((https, host.to_owned(), port, loopback));
        assert_eq!(check("https://example.com/x"), ok(true, "example.com", 443, false));
        assert_eq!(check("http://example.com:9000/"), ok(false, "example.com", 9000, false));
        assert_eq!(check("http://[::1]:9000/"), ok(false, "::1", 9000, true));
        assert_eq!(check("http://127.8.9.10/"), ok(false, "127.8.9.10", 80, true));
        assert_eq!(check("http://LocalHost/"), ok(false, "LocalHost", 80, true));
        assert_eq!(
            check("http://localhost.example.com/"),
            ok(false, "localhost.example.com", 80, false)
        );
        assert_eq!(check("http://127.0.0.1.nip.io/"), ok(false, "127.0.0.1.nip.io", 80, false));
    }

    #[test]
    fn not_an_origin() {
        for uri in
            ["/bucket/key", "ftp://example.com/", "http://user:pass@example.com/", "example.com:80"]
        {
            assert_eq!(check(uri), Err(ErrorKind::InvalidRequest), "{uri}");
        }
    }
}
