//! The crate's one error.

use std::fmt;

/// Why something could not be signed, parsed or minted.
///
/// A request that arrives with a bad signature is not an `Error` but a
/// [`Rejection`](crate::verify::Rejection): a server must answer each of those in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
}

/// What went wrong, for a program to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A presigned URL may live from 1 second to 7 days (604,800 seconds).
    Expiry {
        /// The lifetime that was asked for, in whole seconds.
        seconds: u64,
    },
    /// A presigned URL must sign the `host` header.
    HostNotSigned,
    /// The query holds a parameter that presigning writes itself (`X-Amz-Signature`, for one).
    ReservedParameter(String),
    /// R2 takes a presigned payload as `UNSIGNED-PAYLOAD` and nothing else.
    PresignedPayload,
    /// A percent sign is not followed by two hexadecimal digits.
    PercentEncoding {
        /// Where the percent sign stands, in bytes.
        at: usize,
    },
    /// The decoded bytes are not UTF-8.
    NotUtf8,
    /// A date is not of the form `20130524T000000Z`.
    Timestamp,
    /// A signature is not 64 lower-case hexadecimal digits.
    Signature,
    /// A temporary credential cannot be minted as asked.
    Grant(&'static str),
    /// A session token does not have the form of an R2 session token.
    TokenForm(&'static str),
    /// A session token was not signed with the parent's secret, or names another parent.
    TokenSignature,
    /// A session token is past its end.
    TokenExpired,
    /// A session token is from the future by more than the allowed skew.
    TokenNotYetValid,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind) -> Self {
        Self { kind }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Expiry { seconds } => {
                write!(f, "a presigned url may live 1 to 604800 seconds, not {seconds}")
            }
            ErrorKind::HostNotSigned => {
                f.write_str("the host header is not among those to be signed")
            }
            ErrorKind::ReservedParameter(name) => {
                write!(f, "query parameter {name} is written by presigning itself")
            }
            ErrorKind::PresignedPayload => {
                f.write_str("a presigned payload is always unsigned on r2: use Payload::Unsigned")
            }
            ErrorKind::PercentEncoding { at } => {
                write!(f, "percent sign at byte {at} is not followed by two hexadecimal digits")
            }
            ErrorKind::NotUtf8 => f.write_str("percent-decoded text is not utf-8"),
            ErrorKind::Timestamp => f.write_str("date is not of the form 20130524T000000Z"),
            ErrorKind::Signature => {
                f.write_str("signature is not 64 lower-case hexadecimal digits")
            }
            ErrorKind::Grant(what) => write!(f, "temporary credentials: {what}"),
            ErrorKind::TokenForm(what) => write!(f, "not an r2 session token: {what}"),
            ErrorKind::TokenSignature => {
                f.write_str("session token was not signed by this access key")
            }
            ErrorKind::TokenExpired => f.write_str("session token has expired"),
            ErrorKind::TokenNotYetValid => f.write_str("session token is not valid yet"),
        }
    }
}

impl std::error::Error for Error {}
