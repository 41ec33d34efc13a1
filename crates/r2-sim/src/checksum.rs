//! The digests of a body: MD5 always, others when a request names them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::{CrcAlgorithm, Digest as Crc};
use md5::{Digest as _, Md5};
use ring::digest;

/// A checksum algorithm of the `x-amz-checksum-*` headers.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Algorithm; 5] = [
        Algorithm::Crc32,
        Algorithm::Crc32c,
        Algorithm::Crc64Nvme,
        Algorithm::Sha1,
        Algorithm::Sha256,
    ];

    /// As in `x-amz-checksum-algorithm`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "CRC32",
            Algorithm::Crc32c => "CRC32C",
            Algorithm::Crc64Nvme => "CRC64NVME",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
        }
    }

    /// The header that carries a value.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "x-amz-checksum-crc32",
            Algorithm::Crc32c => "x-amz-checksum-crc32c",
            Algorithm::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Algorithm::Sha1 => "x-amz-checksum-sha1",
            Algorithm::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn from_header(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.header().eq_ignore_ascii_case(name))
    }

    /// Length of a value in bytes.
    pub(crate) fn length(self) -> usize {
        match self {
            Algorithm::Crc32 | Algorithm::Crc32c => 4,
            Algorithm::Crc64Nvme => 8,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
        }
    }

    /// The bytes of a base64 value of the right length.
    pub(crate) fn parse(self, value: &str) -> Option<Vec<u8>> {
        BASE64.decode(value).ok().filter(|bytes| bytes.len() == self.length())
    }

    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Algorithm::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Algorithm::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Algorithm::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Algorithm::Sha1 | Algorithm::Sha256 => None,
        }
    }

    /// The checksum of a whole from the checksums of its parts (value, length), without the bytes.
    /// Only CRCs can be combined.
    pub(crate) fn combine(self, parts: &[(Vec<u8>, u64)]) -> Option<Vec<u8>> {
        let crc = self.crc()?;
        let mut whole = crc_fast::checksum(crc, b"");
        for (value, length) in parts {
            whole = crc_fast::checksum_combine(crc, whole, big_endian(value), *length);
        }
        Some(whole.to_be_bytes()[8 - self.length()..].to_vec())
    }

    /// The checksum of the parts' checksums, one after the other.
    pub(crate) fn composite<'v>(self, values: impl Iterator<Item = &'v [u8]>) -> Vec<u8> {
        let mut hasher = Hasher::new(self);
        values.for_each(|value| hasher.update(value));
        hasher.finish()
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// One running digest.
enum Hasher {
    Crc { digest: Crc, length: usize },
    Sha(digest::Context),
}

impl Hasher {
    fn new(algorithm: Algorithm) -> Hasher {
        match algorithm.crc() {
            Some(crc) => Hasher::Crc { digest: Crc::new(crc), length: algorithm.length() },
            None if algorithm == Algorithm::Sha1 => {
                Hasher::Sha(digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY))
            }
            None => Hasher::Sha(digest::Context::new(&digest::SHA256)),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Crc { digest, .. } => digest.update(bytes),
            Hasher::Sha(context) => context.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Crc { digest, length } => {
                digest.finalize().to_be_bytes()[8 - length..].to_vec()
            }
            Hasher::Sha(context) => context.finish().as_ref().to_vec(),
        }
    }
}

/// All digests that one body needs.
pub(crate) struct Hashers {
    md5: Md5,
    others: Vec<(Algorithm, Hasher)>,
}

impl Hashers {
    /// MD5 and these; naming one twice costs nothing.
    pub(crate) fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Hashers {
        let mut others: Vec<(Algorithm, Hasher)> = Vec::new();
        for algorithm in algorithms {
            if others.iter().all(|(known, _)| *known != algorithm) {
                others.push((algorithm, Hasher::new(algorithm)));
            }
        }
        Hashers { md5: Md5::new(), others }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        for (_, hasher) in &mut self.others {
            hasher.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> Digests {
        let others =
            self.others.into_iter().map(|(algorithm, hasher)| (algorithm, hasher.finish()));
        Digests { md5: self.md5.finalize().into(), others: others.collect() }
    }
}

impl std::fmt::Debug for Hashers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.others.iter().map(|(algorithm, _)| algorithm)).finish()
    }
}

/// The digests of a finished body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Digests {
    pub(crate) md5: [u8; 16],
    others: Vec<(Algorithm, Vec<u8>)>,
}

impl Digests {
    /// The value of a digest that was asked for.
    pub(crate) fn get(&self, algorithm: Algorithm) -> Option<&[u8]> {
        let found = self.others.iter().find(|(known, _)| *known == algorithm);
        found.map(|(_, value)| value.as_slice())
    }
}

/// The digests of bytes in memory.
pub(crate) fn md5_of(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values every catalogue of checksums gives for these nine digits.
    const CHECK: &[u8] = b"123456789";

    #[test]
    fn published_check_values() {
        let mut hashers = Hashers::new(Algorithm::ALL);
        hashers.update(CHECK);
        let digests = hashers.finish();
        let value = |algorithm| hex(digests.get(algorithm).unwrap());
        assert_eq!(value(Algorithm::Crc32), "cbf43926");
        assert_eq!(value(Algorithm::Crc32c), "e3069283");
        assert_eq!(value(Algorithm::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(value(Algorithm::Sha1), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
        assert_eq!(hex(&digests.md5), "25f9e794323b453885f5181f1b624d0b");
    }

    #[test]
    fn parts_combine_to_the_whole() {
        for algorithm in [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme] {
            let parts: Vec<(Vec<u8>, u64)> = [&CHECK[..4], &CHECK[4..4], &CHECK[4..]]
                .map(|part| {
                    let mut hasher = Hasher::new(algorithm);
                    hasher.update(part);
                    (hasher.finish(), part.len() as u64)
                })
                .into();
            let mut whole = Hasher::new(algorithm);
            whole.update(CHECK);
            assert_eq!(algorithm.combine(&parts), Some(whole.finish()), "{algorithm:?}");
        }
        assert_eq!(Algorithm::Sha256.combine(&[]), None);
    }

    #[test]
    fn names_and_headers_are_read_in_any_case() {
        for algorithm in Algorithm::ALL {
            let name = algorithm.name().to_ascii_lowercase();
            assert_eq!(Algorithm::from_name(&name), Some(algorithm));
            let header = algorithm.header().to_ascii_uppercase();
            assert_eq!(Algorithm::from_header(&header), Some(algorithm));
        }
        assert_eq!(Algorithm::Crc32.parse("AAAAAA=="), Some(vec![0; 4]));
        assert_eq!(Algorithm::Crc32.parse("AAAA"), None);
    }
}
