//! The kinds of failure that a program can act on.

use std::fmt;

/// What went wrong, sorted by what can be done about it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The host name has no address.
    Dns,
    /// No address of the host accepted a connection, or the proxy refused to make one.
    Connect,
    /// TLS could not be agreed on: wrong certificate, unknown root, alert, no trust roots.
    Tls,
    /// Resolving, connecting and the TLS handshake together took too long.
    ConnectTimeout,
    /// Every connection was in use for too long.
    PoolTimeout,
    /// The request was sent, but no response head came in time.
    FirstByteTimeout,
    /// Not one byte moved in either direction for the stall timeout.
    Stalled,
    /// The [`Deadline`](crate::Deadline) of the exchange passed.
    Deadline,
    /// The peer closed or reset the connection before the exchange was complete.
    Reset,
    /// A body could not be read from where it comes from.
    Body,
    /// The peer does not speak HTTP/1, or broke its rules or our limits.
    Protocol,
    /// Plain HTTP to a host that is neither loopback nor allowed by name.
    InsecureRefused,
    /// The request cannot be put on the wire as it is.
    InvalidRequest,
    /// The client or server was shut down.
    Shutdown,
    /// A body is larger than the reader allows.
    TooLarge,
    /// A body is shorter or longer than announced.
    Length {
        /// Announced length in bytes.
        expected: u64,
        /// Bytes seen until the difference showed.
        got: u64,
    },
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Whether a failure of this kind leaves open if the peer acted on the request.
    pub(super) fn leaves_doubt(self) -> bool {
        match self {
            Self::Dns
            | Self::Connect
            | Self::Tls
            | Self::ConnectTimeout
            | Self::PoolTimeout
            | Self::InsecureRefused
            | Self::InvalidRequest => false,
            Self::FirstByteTimeout
            | Self::Stalled
            | Self::Deadline
            | Self::Reset
            | Self::Body
            | Self::Protocol
            | Self::Shutdown
            | Self::TooLarge
            | Self::Length { .. }
            | Self::Other => true,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "resolve the host name",
            Self::Connect => "connect to the server",
            Self::Tls => "agree on tls with the server",
            Self::ConnectTimeout => "connect in time",
            Self::PoolTimeout => "get a free connection in time",
            Self::FirstByteTimeout => "get an answer in time",
            Self::Stalled => "make progress on the connection",
            Self::Deadline => "finish before the deadline",
            Self::Reset => "keep the connection until the exchange was complete",
            Self::Body => "read the body",
            Self::Protocol => "understand the peer's http",
            Self::InsecureRefused => "send over plain http to a host that is not allowed by name",
            Self::InvalidRequest => "put the request on the wire",
            Self::Shutdown => "go on after the shutdown",
            Self::TooLarge => "keep the body within its limit",
            Self::Length { expected, got } => {
                return write!(
                    f,
                    "match the announced length of the body: {expected} bytes announced, {got} seen"
                );
            }
            Self::Other => "carry out the exchange",
        })
    }
}
