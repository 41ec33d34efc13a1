//! What a signature says about the body: the value of `x-amz-content-sha256`.

use crate::{hash::sha256, hex, text::text};
use std::{fmt, ops::Deref};

pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const STREAMING_SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const STREAMING_SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const STREAMING_UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How the body is bound to the signature.
///
/// ```
/// use r2_sign::Payload;
///
/// assert_eq!(&*Payload::Unsigned.header_value(), "UNSIGNED-PAYLOAD");
/// let body = Payload::of(b"hello");
/// assert_eq!(Payload::parse(&body.header_value()), Some(body));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the protocol's own closed list")]
pub enum Payload {
    /// The SHA-256 of the whole body.
    Sha256([u8; 32]),
    /// The body is not covered: over TLS, and for presigned URLs.
    Unsigned,
    /// aws-chunked with a signature a chunk. R2 answers 501 (Cloudflare's aws-sdk-net page).
    StreamingSigned,
    /// aws-chunked with a signature a chunk and a signed trailer. R2 answers 501.
    StreamingSignedTrailer,
    /// aws-chunked without signatures, a checksum in the trailer.
    StreamingUnsignedTrailer,
}

impl Payload {
    /// Binds the signature to exactly these bytes.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self::Sha256(sha256(body))
    }

    /// The value of `x-amz-content-sha256`.
    #[must_use]
    pub fn header_value(&self) -> PayloadValue {
        PayloadValue(match self {
            Self::Sha256(digest) => Value::Digest(hex::digits(digest)),
            Self::Unsigned => Value::Word(UNSIGNED),
            Self::StreamingSigned => Value::Word(STREAMING_SIGNED),
            Self::StreamingSignedTrailer => Value::Word(STREAMING_SIGNED_TRAILER),
            Self::StreamingUnsignedTrailer => Value::Word(STREAMING_UNSIGNED_TRAILER),
        })
    }

    /// Reads a value of `x-amz-content-sha256`; `None` when it is none of the known ones.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Some(match value {
            UNSIGNED => Self::Unsigned,
            STREAMING_SIGNED => Self::StreamingSigned,
            STREAMING_SIGNED_TRAILER => Self::StreamingSignedTrailer,
            STREAMING_UNSIGNED_TRAILER => Self::StreamingUnsignedTrailer,
            digest => Self::Sha256(hex::decode_32(digest)?),
        })
    }
}

/// The text of a [`Payload`], without an allocation; reads as a `&str`.
#[derive(Clone, Copy)]
pub struct PayloadValue(Value);

#[derive(Clone, Copy)]
enum Value {
    Word(&'static str),
    Digest([u8; 64]),
}

impl Deref for PayloadValue {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Value::Word(word) => word,
            Value::Digest(digits) => text(digits),
        }
    }
}

impl AsRef<str> for PayloadValue {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for PayloadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for PayloadValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_written_and_read() {
        for payload in [
            Payload::of(b"x"),
            Payload::Unsigned,
            Payload::StreamingSigned,
            Payload::StreamingSignedTrailer,
            Payload::StreamingUnsignedTrailer,
        ] {
            assert_eq!(Payload::parse(&payload.header_value()), Some(payload));
        }
        assert_eq!(Payload::parse("unsigned-payload"), None);
        assert_eq!(Payload::parse(""), None);
        assert_eq!(Payload::parse(&"g".repeat(64)), None);
    }
}
