//! SHA-256 of one slice and of bytes in pieces, whatever does the work.

use std::fmt;

use super::backend;

/// Length of a SHA-256 digest and of an HMAC-SHA-256 tag, in bytes.
pub(crate) const DIGEST_BYTES: usize = 32;

/// SHA-256 of one slice.
///
/// ```
/// let digest = r2_sign::sha256(b"");
/// assert_eq!(
///     r2_sign::hex::encode(&digest),
///     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
/// );
/// ```
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    backend::sha256(data)
}

/// SHA-256 of bytes that arrive in pieces.
///
/// ```
/// use r2_sign::{Sha256, sha256};
///
/// let mut hash = Sha256::new();
/// hash.update(b"one ");
/// hash.update(b"two");
/// assert_eq!(hash.finish(), sha256(b"one two"));
/// ```
#[derive(Clone, Default)]
pub struct Sha256 {
    inner: backend::Hasher,
}

impl Sha256 {
    /// A hash of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    /// The digest of everything taken so far.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.inner.finish()
    }
}

impl fmt::Debug for Sha256 {
    /// Shows nothing of the state: it is as secret as what was hashed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256(***)")
    }
}
