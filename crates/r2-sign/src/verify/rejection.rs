//! Why a signature was refused, in R2's order.

use crate::Timestamp;
use std::fmt;

/// Why a request is not let in. The variants stand in the order in which R2 looks; each holds what
/// R2's message needs. Which status, code and words belong to it is the server's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// Neither an `Authorization` header nor `X-Amz-Credential` in the query.
    Missing,
    /// Signature version 2, which R2 refuses by name.
    SignatureV2,
    /// The header `x-amz-content-sha256` is missing.
    PayloadHashMissing,
    /// Presigned: these parameters are missing, in R2's order.
    ParametersMissing(Vec<&'static str>),
    /// Neither `x-amz-date` nor `date`.
    DateMissing,
    /// The date is not of the form `20130524T000000Z`.
    DateUnreadable {
        /// Where it was found.
        source: DateSource,
        /// What was found.
        value: String,
    },
    /// The request's date is too far from the server's. Headers only.
    Skewed {
        /// The date of the request.
        request: Timestamp,
        /// The server's.
        server: Timestamp,
    },
    /// Not `AWS4-HMAC-SHA256`, or a field missing or doubled. (Presigned, R2 looks at the algorithm
    /// before the date.)
    Algorithm,
    /// The credential has this many parts instead of five or more.
    CredentialParts(usize),
    /// The access key id has this many bytes.
    AccessKeyIdLength {
        /// As it came.
        got: usize,
        /// As it should be.
        expected: usize,
    },
    /// The service in the credential is not `s3` but this.
    Service(String),
    /// The terminator of the credential is not `aws4_request` but this.
    Terminator(String),
    /// The day of the credential is not that of the request.
    Day {
        /// In the credential.
        credential: String,
        /// In the date of the request.
        request: String,
    },
    /// No such access key. The server says this: it alone knows the keys.
    UnknownAccessKey,
    /// `X-Amz-Expires` is not a number.
    ExpiresUnreadable,
    /// `X-Amz-Expires` is over a week.
    ExpiresTooLong,
    /// A presigned URL past its end, or that was never to live.
    Expired,
    /// A presigned URL dated further ahead than [`Rules`](super::Rules) allow.
    NotYetValid,
    /// `host` is not among the signed headers.
    HostNotSigned,
    /// The signature is another one.
    Mismatch(Box<Mismatch>),
    /// The body is not the one whose hash was signed. The server says this, once it has the body.
    PayloadMismatch,
}

/// Where a date was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three places SigV4 knows")]
pub enum DateSource {
    /// The header `x-amz-date`.
    AmzDateHeader,
    /// The header `date`.
    DateHeader,
    /// The query parameter `X-Amz-Date`.
    Query,
}

impl DateSource {
    /// As R2's message names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AmzDateHeader => "'x-amz-date' header",
            Self::DateHeader => "'date' header",
            Self::Query => "X-Amz-Date",
        }
    }
}

/// What the server computed from, for the client to find the difference.
///
/// None of it lets anyone sign, but the canonical request may hold the session token that the
/// client sent: answer it to that client, and keep it out of logs. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The string to sign.
    pub string_to_sign: String,
    /// The canonical request.
    pub canonical_request: String,
    /// The signature that came with the request.
    pub provided: String,
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { string_to_sign, canonical_request: _, provided } = self;
        f.debug_struct("Mismatch")
            .field("string_to_sign", string_to_sign)
            .field("provided", provided)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no signature"),
            Self::SignatureV2 => f.write_str("signature version 2 is not supported"),
            Self::PayloadHashMissing => f.write_str("no x-amz-content-sha256 header"),
            Self::ParametersMissing(names) => {
                write!(f, "no query parameter {}", names.join(", "))
            }
            Self::DateMissing => f.write_str("neither an x-amz-date nor a date header"),
            Self::Algorithm => f.write_str("not a well-formed AWS4-HMAC-SHA256 authorization"),
            Self::DateUnreadable { source, value } => {
                write!(f, "date in {} is unreadable: {value:?}", source.as_str())
            }
            Self::Skewed { request, server } => {
                write!(f, "request is dated {request}, here it is {server}")
            }
            Self::CredentialParts(parts) => {
                write!(f, "credential has {parts} parts instead of at least 5")
            }
            Self::AccessKeyIdLength { got, expected } => {
                write!(f, "access key id has {got} bytes instead of {expected}")
            }
            Self::Service(service) => write!(f, "credential is for service {service:?}, not s3"),
            Self::Terminator(text) => write!(f, "credential ends in {text:?}, not aws4_request"),
            Self::Day { credential, request } => {
                write!(f, "credential is of day {credential:?}, the request of {request}")
            }
            Self::UnknownAccessKey => f.write_str("unknown access key"),
            Self::ExpiresUnreadable => f.write_str("X-Amz-Expires is not a number"),
            Self::ExpiresTooLong => f.write_str("X-Amz-Expires is over a week"),
            Self::Expired => f.write_str("presigned url has expired"),
            Self::NotYetValid => f.write_str("presigned url is dated in the future"),
            Self::HostNotSigned => f.write_str("the host header is not signed"),
            Self::Mismatch(_) => f.write_str("signature does not match the request"),
            Self::PayloadMismatch => f.write_str("body does not match its signed hash"),
        }
    }
}

impl std::error::Error for Rejection {}
