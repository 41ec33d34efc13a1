//! The two functions by `ring`.

use super::DIGEST_BYTES;
use ring::{digest, hmac};
use std::{fmt, hint};

pub(super) fn sha256(data: &[u8]) -> [u8; DIGEST_BYTES] {
    bytes(digest::digest(&digest::SHA256, data).as_ref())
}

#[derive(Clone)]
pub(super) struct Hasher(digest::Context);

impl Default for Hasher {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Hasher {
    pub(super) fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    pub(super) fn finish(self) -> [u8; DIGEST_BYTES] {
        bytes(self.0.finish().as_ref())
    }
}

/// A key with its two inner blocks hashed already: one signature costs only its message.
pub(crate) struct HmacKey(hmac::Key);

impl HmacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; DIGEST_BYTES] {
        bytes(hmac::sign(&self.0, message).as_ref())
    }

    /// Compares in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8; DIGEST_BYTES]) -> bool {
        hmac::verify(&self.0, message, tag).is_ok()
    }
}

impl Drop for HmacKey {
    /// `ring` does not wipe its keys, and gives no view of their bytes: another key is written over
    /// them in place, and `black_box` keeps the write from being seen as useless.
    fn drop(&mut self) {
        self.0 = hmac::Key::new(hmac::HMAC_SHA256, &[0; DIGEST_BYTES]);
        hint::black_box(&self.0);
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(***)")
    }
}

fn bytes(digest: &[u8]) -> [u8; DIGEST_BYTES] {
    digest.try_into().expect("SHA-256 and its HMAC are 32 bytes long")
}
