//! Keys that a user brings for encryption on the server (SSE-C).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::operation::RequestParts;

/// A 256-bit key with which the server encrypts an object and which it forgets. Whoever reads the
/// object must bring it again; without it the object is lost.
///
/// ```
/// use r2_objects::SseCustomerKey;
///
/// let key = SseCustomerKey::new([7; 32]);
/// assert_eq!(format!("{key:?}"), "SseCustomerKey(redacted)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SseCustomerKey(Zeroizing<[u8; 32]>);

impl SseCustomerKey {
    /// The key's bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// Puts the three headers into a request. For operations defined elsewhere.
    ///
    /// # Errors
    ///
    /// None in practice: base64 can stand in a header.
    pub fn apply(&self, parts: RequestParts) -> Result<RequestParts, Error> {
        self.apply_as("x-amz-server-side-encryption-customer", parts)
    }

    /// The same for the source of a copy.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_to_source(&self, parts: RequestParts) -> Result<RequestParts, Error> {
        self.apply_as("x-amz-copy-source-server-side-encryption-customer", parts)
    }

    fn apply_as(&self, prefix: &str, mut parts: RequestParts) -> Result<RequestParts, Error> {
        for (name, value) in self.headers() {
            parts = parts.secret_header(format!("{prefix}-{name}"), value)?;
        }
        Ok(parts)
    }

    /// The three headers: their ends after `customer-`, and their values.
    fn headers(&self) -> [(&'static str, String); 3] {
        [
            ("algorithm", "AES256".to_owned()),
            ("key", STANDARD.encode(self.0.as_slice())),
            ("key-md5", STANDARD.encode(Md5::digest(self.0.as_slice()))),
        ]
    }
}

impl fmt::Debug for SseCustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SseCustomerKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_the_ones_s3_asks_for() {
        let headers = SseCustomerKey::new(*b"01234567890123456789012345678901").headers();
        assert_eq!(headers[1].1, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        assert_eq!(headers[2].1, "KYvwGXoFFJ42a2u2GDWhwQ==");
    }
}
