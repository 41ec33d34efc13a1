//! SHA-256 and HMAC-SHA-256: the two functions under every signature.
//!
//! [`sha256`] and [`Sha256`] are public because a caller that signs a body must hash it. HMAC stays
//! inside: nothing outside this crate has a reason to hold a signing key.
//!
//! On every target but wasm32 the work is done by `ring`. `ring` needs a C compiler for
//! wasm32-unknown-unknown and a source of randomness this crate has no use for, so there the same
//! two functions come from `sha2` and `hmac`; a test holds the two against each other.

mod digest;
#[cfg(any(target_arch = "wasm32", test))]
mod portable;
#[cfg(not(target_arch = "wasm32"))]
mod ring;

#[cfg(target_arch = "wasm32")]
use self::portable as backend;
#[cfg(not(target_arch = "wasm32"))]
use self::ring as backend;

pub(crate) use backend::HmacKey;
pub(crate) use digest::DIGEST_BYTES;
pub use digest::{Sha256, sha256};

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
