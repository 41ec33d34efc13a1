//! Who sent a request.

use std::net::SocketAddr;

use http::uri::Scheme;

/// A request extension that [`serve`](crate::serve) sets: who is at the other end, and whether the
/// connection is encrypted.
///
/// ```
/// use http::uri::Scheme;
/// use r2_transport::Peer;
///
/// let peer = Peer::new(([127, 0, 0, 1], 4711).into(), Scheme::HTTP);
/// assert!(peer.address().ip().is_loopback());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    address: SocketAddr,
    scheme: Scheme,
}

impl Peer {
    /// A peer at this address, reached over `http` or `https`.
    pub fn new(address: SocketAddr, scheme: Scheme) -> Self {
        Self { address, scheme }
    }

    /// Address and port of the peer's end of the connection.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `https` if the connection is encrypted, else `http`.
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }
}
