//! Is what arrived what the server keeps?

use md5::{Digest as _, Md5};

use crate::ops::{ChecksumScope, ObjectInfo};
use crate::values::{ChecksumAlgorithm, Crc64Nvme};

/// Whether content was compared with a checksum that the server keeps, and how that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The content is still arriving.
    Pending,
    /// It is what the checksum of this algorithm says.
    Verified(ChecksumAlgorithm),
    /// It is not.
    Mismatch,
    /// There was nothing to compare with.
    NotVerified(NotVerified),
}

/// Why there was nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotVerified {
    /// Only a part of the object was read, and checksums are of the whole.
    PartOfObject,
    /// Something on the way recoded the content: its tag is weak, or its length is not announced.
    Recoded,
    /// The server keeps no checksum of the whole content that we know.
    NoChecksum,
    /// The caller wanted none.
    Declined,
}

/// Hashes content as it passes.
pub(crate) struct Verifier {
    hash: Hash,
    verdict: Verdict,
}

enum Hash {
    Crc64Nvme { crc: Crc64Nvme, expected: Box<[u8]> },
    Md5 { md5: Md5, expected: [u8; 16] },
    None,
}

impl Verifier {
    /// Takes the best of what the reply offers.
    pub(crate) fn choose(info: &ObjectInfo, reads_all: bool) -> Self {
        if !reads_all || info.content_range.is_some() {
            return Self::none(NotVerified::PartOfObject);
        }
        if info.etag.is_weak() || info.content_length.is_none() {
            return Self::none(NotVerified::Recoded);
        }
        let whole = info.checksum_scope != Some(ChecksumScope::Composite);
        if let Some(kept) = info.checksum(ChecksumAlgorithm::Crc64Nvme).filter(|_| whole) {
            let (crc, expected) = (Crc64Nvme::new(), kept.as_bytes().into());
            return Self { hash: Hash::Crc64Nvme { crc, expected }, verdict: Verdict::Pending };
        }
        // With a key of the reader's or of a key store, AWS makes tags that only look like MD5.
        let plain = !info.customer_encrypted
            && info.encryption.as_deref().is_none_or(|encryption| encryption == "AES256");
        match info.etag.md5().filter(|_| plain) {
            Some(expected) => {
                let hash = Hash::Md5 { md5: Md5::new(), expected };
                Self { hash, verdict: Verdict::Pending }
            }
            None => Self::none(NotVerified::NoChecksum),
        }
    }

    pub(crate) fn declined() -> Self {
        Self::none(NotVerified::Declined)
    }

    fn none(reason: NotVerified) -> Self {
        Self { hash: Hash::None, verdict: Verdict::NotVerified(reason) }
    }

    pub(crate) fn update(&mut self, chunk: &[u8]) {
        match &mut self.hash {
            Hash::Crc64Nvme { crc, .. } => crc.update(chunk),
            Hash::Md5 { md5, .. } => md5.update(chunk),
            Hash::None => {}
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The content is complete.
    pub(crate) fn finish(&mut self) -> Verdict {
        let (algorithm, equal) = match &self.hash {
            Hash::Crc64Nvme { crc, expected } => {
                (ChecksumAlgorithm::Crc64Nvme, crc.value().to_be_bytes()[..] == **expected)
            }
            Hash::Md5 { md5, expected } => {
                (ChecksumAlgorithm::Md5, md5.clone().finalize()[..] == *expected)
            }
            Hash::None => return self.verdict,
        };
        self.verdict = if equal { Verdict::Verified(algorithm) } else { Verdict::Mismatch };
        self.verdict
    }
}
