//! Checksums of contents, as headers carry them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest};

use crate::names::NameError;

/// The algorithms that an `x-amz-checksum-*` header or `Content-MD5` may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// CRC-64/NVME: the only one that R2 keeps for a whole object uploaded in parts.
    Crc64Nvme,
    /// CRC-32 as in zip.
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// MD5, in the header `Content-MD5`.
    Md5,
}

impl ChecksumAlgorithm {
    pub(crate) const ALL: [Self; 6] =
        [Self::Crc64Nvme, Self::Crc32, Self::Crc32c, Self::Sha1, Self::Sha256, Self::Md5];

    /// The name in `x-amz-checksum-algorithm`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "CRC64NVME",
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Md5 => "MD5",
        }
    }

    /// The header that carries a value of it, in lower case.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Md5 => "content-md5",
        }
    }

    /// The length of a value, in bytes.
    #[must_use]
    pub fn len_bytes(self) -> usize {
        match self {
            Self::Crc64Nvme => 8,
            Self::Crc32 | Self::Crc32c => 4,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Md5 => 16,
        }
    }
}

/// A checksum of some content. R2 takes one per request.
///
/// ```
/// use r2_objects::{Checksum, ChecksumAlgorithm, Crc64Nvme};
///
/// let checksum = Crc64Nvme::of(b"123456789").checksum();
/// assert_eq!(checksum.to_string(), "rosUhgp5mIg=");
/// let read = Checksum::parse(ChecksumAlgorithm::Crc64Nvme, "rosUhgp5mIg=")?;
/// assert_eq!(read, checksum);
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checksum {
    algorithm: ChecksumAlgorithm,
    value: Box<[u8]>,
}

impl Checksum {
    /// From the raw bytes, most significant first.
    ///
    /// # Errors
    ///
    /// A value whose length is not the algorithm's.
    pub fn new(
        algorithm: ChecksumAlgorithm,
        value: impl Into<Box<[u8]>>,
    ) -> Result<Self, NameError> {
        let value = value.into();
        if value.len() != algorithm.len_bytes() {
            let reason = format!(
                "{} has {} bytes, not {}",
                algorithm.name(),
                algorithm.len_bytes(),
                value.len()
            );
            return Err(NameError::new("checksum", reason));
        }
        Ok(Self { algorithm, value })
    }

    /// From base64, as headers and XML carry it.
    ///
    /// # Errors
    ///
    /// What is not base64 of the algorithm's length. A composite checksum of a multipart object,
    /// `<base64>-<parts>`, is one of these: it is not a checksum of the content.
    pub fn parse(algorithm: ChecksumAlgorithm, text: &str) -> Result<Self, NameError> {
        let value = STANDARD.decode(text.trim()).map_err(|_| {
            NameError::new("checksum", format!("{} is not base64", algorithm.name()))
        })?;
        Self::new(algorithm, value)
    }

    /// Which algorithm.
    #[must_use]
    pub fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    /// The raw bytes, most significant first.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.value
    }
}

/// Base64, as headers carry it.
impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(&self.value))
    }
}

/// Computes CRC-64/NVME over content that comes in pieces.
///
/// ```
/// use r2_objects::Crc64Nvme;
///
/// let mut crc = Crc64Nvme::new();
/// crc.update(b"1234");
/// crc.update(b"56789");
/// assert_eq!(crc.value(), 0xae8b_1486_0a79_9888);
/// ```
#[derive(Clone)]
pub struct Crc64Nvme(Digest);

impl Crc64Nvme {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Digest::new(CrcAlgorithm::Crc64Nvme))
    }

    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut crc = Self::new();
        crc.update(bytes);
        crc
    }

    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum so far.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.finalize()
    }

    /// The same as a [`Checksum`].
    #[must_use]
    pub fn checksum(&self) -> Checksum {
        self.value().into()
    }
}

impl Default for Crc64Nvme {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Crc64Nvme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crc64Nvme({:016x})", self.value())
    }
}

/// A value of CRC-64/NVME.
impl From<u64> for Checksum {
    fn from(crc64nvme: u64) -> Self {
        let value = Box::new(crc64nvme.to_be_bytes());
        Self { algorithm: ChecksumAlgorithm::Crc64Nvme, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composite_and_broken_values_are_refused() {
        for bad in ["", "AAAAAA==-2", "AAAA", "!!!!"] {
            assert!(Checksum::parse(ChecksumAlgorithm::Crc32, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_empty_object_has_a_checksum_of_zero() {
        assert_eq!(Crc64Nvme::new().checksum().to_string(), "AAAAAAAAAAA=");
    }
}
