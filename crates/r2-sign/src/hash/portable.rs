//! The two functions in plain Rust, for wasm32.

use super::DIGEST_BYTES;
use hmac::{Hmac, Mac as _};
use sha2::Digest as _;
use std::fmt;

pub(super) fn sha256(data: &[u8]) -> [u8; DIGEST_BYTES] {
    sha2::Sha256::digest(data).into()
}

#[derive(Clone, Default)]
pub(super) struct Hasher(sha2::Sha256);

impl Hasher {
    pub(super) fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    pub(super) fn finish(self) -> [u8; DIGEST_BYTES] {
        self.0.finalize().into()
    }
}

/// A key with its two inner blocks hashed already.
pub(crate) struct HmacKey(Hmac<sha2::Sha256>);

impl HmacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(keyed(secret))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; DIGEST_BYTES] {
        self.0.clone().chain_update(message).finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8; DIGEST_BYTES]) -> bool {
        self.0.clone().chain_update(message).verify_slice(tag).is_ok()
    }
}

impl Drop for HmacKey {
    fn drop(&mut self) {
        self.0 = keyed(&[0; DIGEST_BYTES]);
        std::hint::black_box(&self.0);
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(***)")
    }
}

fn keyed(secret: &[u8]) -> Hmac<sha2::Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes a key of any length")
}
