//! Contents that tell where they come from, and a hash that is the same everywhere.

use bytes::Bytes;
use r2_multipart::Crc64;

/// Bytes of noise that a content repeats; unoptimised code is slow, so noise is dear.
const NOISE: usize = 512;

/// Content number `id`, in which no two places look alike.
pub(crate) fn content(id: u64, length: usize) -> Bytes {
    let mut noise = [0; NOISE];
    fastrand::Rng::with_seed(id).fill(&mut noise);
    let mut bytes = Vec::with_capacity(length.next_multiple_of(NOISE));
    for place in 0..length.div_ceil(NOISE) {
        noise[..8].copy_from_slice(&place.to_le_bytes());
        bytes.extend_from_slice(&noise);
    }
    bytes.truncate(length);
    bytes.into()
}

/// Folds into a hash that is the same on every machine and in every version.
pub(crate) fn fold(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A content in a few letters, for traces.
pub(crate) fn brief(content: Option<&Bytes>) -> String {
    match content {
        None => "nothing".to_owned(),
        Some(bytes) => format!("{}:{:08x}", bytes.len(), Crc64::of(bytes).value() >> 32),
    }
}
