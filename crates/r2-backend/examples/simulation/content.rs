//! Contents that tell where they come from, and a hash that is the same everywhere.

use bytes::Bytes;

/// Content number `id`, in which no two places look alike.
pub(crate) fn content(id: u64, length: usize) -> Bytes {
    let mut random = fastrand::Rng::with_seed(id);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
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
        Some(bytes) => format!("{}:{:08x}", bytes.len(), fold(0, bytes) >> 32),
    }
}
