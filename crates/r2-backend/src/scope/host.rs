//! The host of a request, in the one spelling that is compared.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::refusal::{Refusal, RefusalKind};

const NAME_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;

/// A host as a `Host` header names it: without port, in lower case, without the root's full stop.
///
/// Names of other scripts come as punycode (`xn--`), and are compared as such. A header in another
/// script is refused: which name it stands for is a matter of who folds it.
///
/// ```
/// use r2_backend::scope::Host;
///
/// assert_eq!(Host::parse("Apple.Factory-Wager.com.:8443")?.as_str(), "apple.factory-wager.com");
/// assert_eq!(Host::parse("[0:0::1]:80")?.as_str(), "::1");
/// assert!(Host::parse("apple\u{3002}factory-wager.com").is_err());
/// # Ok::<(), r2_backend::scope::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(Box<str>);

impl Host {
    /// Reads the value of a `Host` header, or the authority of a URL.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::Host`] for what is not exactly a host and perhaps a port.
    pub fn parse(header: &str) -> Result<Self, Refusal> {
        let refuse = || Refusal::of(RefusalKind::Host, "host", header);
        if let Some(rest) = header.strip_prefix('[') {
            let (address, port) = rest.split_once(']').ok_or_else(refuse)?;
            let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            let address: Ipv6Addr = address.parse().map_err(|_| refuse())?;
            return if is_port { Ok(Self(address.to_string().into())) } else { Err(refuse()) };
        }
        let (name, port) = match header.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (header, None),
        };
        if port.is_some_and(|port| !is_port(port)) {
            return Err(refuse());
        }
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if name.len() > NAME_BYTES_MAX || !name.split('.').all(is_label) {
            return Err(refuse());
        }
        // a last label of digits is an address to whoever connects, in whatever notation
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
            || last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(is_hex));
        if is_number && name.parse::<Ipv4Addr>().is_err() {
            return Err(refuse());
        }
        Ok(Self(name.into()))
    }

    /// The host in the spelling that is compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn is_port(text: &str) -> bool {
    // an empty port is the scheme's own (RFC 3986)
    text.is_empty() || text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !label.is_empty()
        && label.len() <= LABEL_BYTES_MAX
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
