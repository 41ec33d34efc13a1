//! Ids that differ from one another and repeat with the seed.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use r2_sign::sha256;

/// Bytes of an upload id before base64: R2's are 340 characters long and hold `+` and `/`
/// (opendal#2904, halo-dev/plugin-s3#49), which clients forget to encode. Theirs also end in `=`;
/// that s3fs leaves it as it is when it signs is taken by R2, and here it would be a mismatch.
const UPLOAD_ID_BYTES: usize = 255;

/// Makes request ids, version ids and random numbers.
#[derive(Debug)]
pub(crate) struct Ids {
    seed: u64,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Ids {
        Ids { seed, next: AtomicU64::new(0) }
    }

    /// A number that does not come again soon.
    pub(crate) fn number(&self) -> u64 {
        let step = self.next.fetch_add(1, Ordering::Relaxed);
        // Spreads neighbouring seeds and steps over all bits.
        fastrand::Rng::with_seed(self.seed ^ step.wrapping_mul(0x9e37_79b9_7f4a_7c15)).u64(..)
    }

    /// `cf-ray`: 16 hexadecimal digits and where the request was answered.
    pub(crate) fn ray(&self) -> String {
        format!("{:016x}-SIM", self.number())
    }

    /// 32 hexadecimal digits.
    pub(crate) fn version(&self) -> String {
        format!("{:016x}{:016x}", self.number(), self.number())
    }
}

/// The id of an upload. It can be told from forgeries without a row for uploads that are over:
/// `secret` is the store's, and takes part in every byte but the number.
pub(crate) fn upload_id(secret: u64, number: u64, bucket: u32, key: &str) -> String {
    let mut bytes = number.to_be_bytes().to_vec();
    let mut block = [secret.to_be_bytes(), number.to_be_bytes()].concat();
    block.extend_from_slice(&bucket.to_be_bytes());
    block.extend_from_slice(key.as_bytes());
    while bytes.len() < UPLOAD_ID_BYTES {
        block = sha256(&block).to_vec();
        bytes.extend_from_slice(&block);
    }
    bytes.truncate(UPLOAD_ID_BYTES);
    BASE64.encode(bytes)
}

/// The number in an upload id, if the id has the form of one.
pub(crate) fn upload_number(id: &str) -> Option<u64> {
    let bytes = BASE64.decode(id).ok().filter(|bytes| bytes.len() == UPLOAD_ID_BYTES)?;
    let number: [u8; 8] = bytes.get(..8)?.try_into().ok()?;
    Some(u64::from_be_bytes(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_with_the_seed_only() {
        let (a, b, c) = (Ids::new(1), Ids::new(1), Ids::new(2));
        let first = a.version();
        assert_eq!(first, b.version());
        assert_ne!(first, c.version());
        assert_ne!(first, a.version());
        assert_eq!((first.len(), a.ray().len()), (32, 20));
    }

    #[test]
    fn upload_ids_name_their_number() {
        let id = upload_id(7, 42, 1, "key");
        assert_eq!(upload_number(&id), Some(42));
        assert!(id.len() == 340 && id.contains(['+', '/']), "{id}");
        assert_ne!(id, upload_id(8, 42, 1, "key"));
        assert_ne!(id, upload_id(7, 42, 1, "other"));
        assert_eq!(upload_number("AAAA"), None);
        assert_eq!(upload_number("ünlesbar"), None);
    }
}
