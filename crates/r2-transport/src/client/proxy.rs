//! An HTTP proxy between the client and its servers.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::uri::Scheme;
use http::{HeaderValue, Uri};

use super::no_proxy::NoProxy;
use crate::{BoxError, ErrorKind, TransportError};

/// An HTTP proxy: requests for `http` go to it in absolute form, those for `https` through a
/// `CONNECT` tunnel, so that it sees the name of the host but nothing else.
///
/// The environment is not read here; whoever reads `HTTPS_PROXY` and `NO_PROXY` passes them in.
///
/// ```
/// use r2_transport::Proxy;
///
/// let proxy = Proxy::new("http://user:secret@proxy.example:3128")?;
/// let proxy = proxy.no_proxy("localhost,10.0.0.0/8");
/// assert!(!format!("{proxy:?}").contains("secret"));
/// # Ok::<_, r2_transport::TransportError>(())
/// ```
#[derive(Clone)]
pub struct Proxy {
    /// Name or address, without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) authorization: Option<HeaderValue>,
    exempt: NoProxy,
}

impl Proxy {
    /// The proxy at `[http://][user:password@]host[:port]`. User and password may be
    /// percent-encoded; without a port it is 80.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] if the address is not of that form. Proxies that are reached
    /// over TLS themselves, and SOCKS, are not supported. The message never shows the password.
    pub fn new(address: &str) -> Result<Self, TransportError> {
        Self::parse(address)
            .map_err(|why| TransportError::new(ErrorKind::InvalidRequest, why).at("proxy address"))
    }

    /// Hosts that are reached directly, in the form of the variable `NO_PROXY`: names (with all
    /// names under them), addresses, networks such as `10.0.0.0/8`, or `*` for all, separated by
    /// commas; a name or address may have a port.
    #[must_use]
    pub fn no_proxy(mut self, list: &str) -> Self {
        self.exempt = NoProxy::parse(list);
        self
    }

    /// Whether requests to this host go through the proxy.
    pub(super) fn serves(&self, host: &str, port: u16) -> bool {
        !self.exempt.matches(host, port)
    }

    fn parse(address: &str) -> Result<Self, BoxError> {
        let address = address.trim();
        let uri: Uri = match address.contains("://") {
            true => address.parse(),
            false => format!("http://{address}").parse(),
        }?;
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err("only proxies that are reached over http are supported".into());
        }
        let authority = uri.authority().ok_or("no host")?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err("no host".into());
        }
        let port = authority.port_u16().unwrap_or(80);
        let authorization = match authority.as_str().rsplit_once('@') {
            Some((user_and_password, _host)) => Some(basic(user_and_password)?),
            None => None,
        };
        Ok(Self { host, port, authorization, exempt: NoProxy::default() })
    }
}

/// `Proxy-Authorization` for `user:password` as written in a URL.
fn basic(user_and_password: &str) -> Result<HeaderValue, BoxError> {
    let (user, password) = user_and_password.split_once(':').unwrap_or((user_and_password, ""));
    let mut plain = decode(user)?;
    plain.push(b':');
    plain.extend(decode(password)?);
    let mut value = HeaderValue::from_str(&format!("Basic {}", BASE64_STANDARD.encode(plain)))?;
    value.set_sensitive(true);
    Ok(value)
}

fn decode(text: &str) -> Result<Vec<u8>, BoxError> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            plain.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err("user or password has a % without two hexadecimal digits".into());
        };
        plain.push(u8::try_from(high * 16 + low)?);
    }
    Ok(plain)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_forms() {
        for (address, host, port) in [
            ("http://proxy:3128", "proxy", 3128),
            ("http://proxy/", "proxy", 80),
            ("proxy.example:8080", "proxy.example", 8080),
            (" http://[::1]:8080 ", "::1", 8080),
            ("http://u:p@proxy:1", "proxy", 1),
        ] {
            let proxy = Proxy::new(address).expect(address);
            assert_eq!((proxy.host.as_str(), proxy.port), (host, port), "{address}");
        }
        for address in ["", "http://", "https://proxy", "socks5://proxy:1080", "http://u:%zz@proxy"]
        {
            let error = Proxy::new(address).expect_err(address);
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{address}");
        }
    }

    #[test]
    fn credentials_are_decoded_and_never_shown() {
        let proxy = Proxy::new("http://user:p%40ss%2Fw@proxy").expect("good address");
        let value = proxy.authorization.clone().expect("credentials");
        assert_eq!(value, format!("Basic {}", BASE64_STANDARD.encode("user:p@ss/w")).as_str());
        let encoded = BASE64_STANDARD.encode("user:p@ss/w");
        for shown in [format!("{proxy:?}"), format!("{value:?}")] {
            assert!(
                !shown.contains("p@ss") && !shown.contains("p%40ss") && !shown.contains(&encoded)
            );
        }
        let error = Proxy::new("http://user:secret%4@proxy").expect_err("half an escape");
        assert!(!format!("{error:?}").contains("secret"));
    }
}
