//! CRC64NVME of parts, and of the whole from its parts without reading a byte again.
//!
//! Of all checksums R2 offers CRC64NVME is the only one it keeps for a whole multipart object
//! (checksum table of the Cloudflare S3 compatibility page), so it is the only one that proves a
//! large transfer end to end. A CRC is a remainder modulo a polynomial P over GF(2): appending
//! `n` bytes multiplies it by x^(8n), so the CRC of `a + b` is `crc(a) * x^(8 len b) + crc(b)`.
//! R2 forces equal parts, therefore one cached factor serves all but the last.

use std::fmt;

use r2_objects::{Checksum, ChecksumAlgorithm};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The polynomial, bit 63 standing for x^0 ("reflected").
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;

/// The polynomial x^0.
const ONE: u64 = 1 << 63;

/// `POWERS[k]` is x^(2^k) mod P; enough for every length in bits that a `u64` of bytes has.
const POWERS: [u64; 67] = powers();

/// The product of two remainders, modulo P.
const fn multiply(a: u64, mut b: u64) -> u64 {
    let mut product = 0;
    let mut bit = ONE;
    while bit != 0 {
        // masks instead of branches: the bits of a CRC are as good as random
        product ^= b & 0u64.wrapping_sub((a & bit != 0) as u64);
        b = (b >> 1) ^ (POLYNOMIAL & 0u64.wrapping_sub(b & 1));
        bit >>= 1;
    }
    product
}

const fn powers() -> [u64; 67] {
    let mut table = [0; 67];
    table[0] = ONE >> 1;
    let mut k = 1;
    while k < table.len() {
        table[k] = multiply(table[k - 1], table[k - 1]);
        k += 1;
    }
    table
}

/// x^(8 * bytes) mod P.
fn shift_by(bytes: u64) -> u64 {
    let mut factor = ONE;
    let mut rest = bytes;
    while rest != 0 {
        let k = rest.trailing_zeros() as usize;
        factor = multiply(factor, POWERS[k + 3]);
        rest &= rest - 1;
    }
    factor
}

/// The CRC64NVME of some bytes.
///
/// ```
/// use r2_multipart::Crc64;
///
/// let whole = Crc64::of(b"hello world");
/// assert_eq!(Crc64::of(b"hello ").followed_by(Crc64::of(b"world"), 5), whole);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crc64(u64);

impl Crc64 {
    /// The checksum of no bytes.
    pub const EMPTY: Self = Self(0);

    /// The checksum of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(crc_fast::crc64_nvme(bytes))
    }

    /// A checksum that was computed elsewhere.
    #[must_use]
    pub const fn from_value(value: u64) -> Self {
        Self(value)
    }

    /// The checksum as a number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }

    /// A checksum of the client's, if it is a CRC64NVME.
    pub(crate) fn of_checksum(checksum: &Checksum) -> Option<Self> {
        let crc64 = checksum.algorithm() == ChecksumAlgorithm::Crc64Nvme;
        let value = checksum.as_bytes().try_into().ok().filter(|_| crc64)?;
        Some(Self(u64::from_be_bytes(value)))
    }

    /// The checksum of these bytes followed by `length` further bytes whose checksum is `next`.
    #[must_use]
    pub fn followed_by(self, next: Self, length: u64) -> Self {
        Self(multiply(self.0, shift_by(length)) ^ next.0)
    }
}

impl fmt::Debug for Crc64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crc64({:016x})", self.0)
    }
}

/// Sixteen hexadecimal digits.
impl fmt::Display for Crc64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Written as text: JSON readers may keep fewer than 64 bits of a number.
impl Serialize for Crc64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Crc64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        u64::from_str_radix(&digits, 16).map(Self).map_err(serde::de::Error::custom)
    }
}

/// CRC64NVME of bytes that come in pieces.
pub(crate) struct Crc64Hasher(crc_fast::Digest);

impl Crc64Hasher {
    pub(crate) fn new() -> Self {
        Self(crc_fast::Digest::new(crc_fast::CrcAlgorithm::Crc64Nvme))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(&self) -> Crc64 {
        Crc64(self.0.finalize())
    }
}

/// The checksum of a whole object from those of its parts, given in order.
///
/// The factor of the last length seen is kept, so equal parts cost one multiplication each.
///
/// ```
/// use r2_multipart::{Crc64, Crc64Combiner};
///
/// let mut whole = Crc64Combiner::new();
/// for part in [b"abcd".as_slice(), b"efgh", b"i"] {
///     whole.push(Crc64::of(part), part.len() as u64);
/// }
/// assert_eq!(whole.finish(), Crc64::of(b"abcdefghi"));
/// ```
#[derive(Clone, Debug)]
pub struct Crc64Combiner {
    so_far: Crc64,
    length: u64,
    factor: u64,
}

impl Crc64Combiner {
    /// Nothing yet: the checksum of no bytes.
    #[must_use]
    pub fn new() -> Self {
        Self { so_far: Crc64::EMPTY, length: 0, factor: ONE }
    }

    /// Appends a part of `length` bytes.
    pub fn push(&mut self, part: Crc64, length: u64) {
        if length != self.length {
            self.length = length;
            self.factor = shift_by(length);
        }
        self.so_far = Crc64(multiply(self.so_far.0, self.factor) ^ part.0);
    }

    /// The checksum of all that was appended.
    #[must_use]
    pub fn finish(&self) -> Crc64 {
        self.so_far
    }
}

impl Default for Crc64Combiner {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        // the check value of the CRC catalogue for CRC-64/NVME
        assert_eq!(Crc64::of(b"123456789").value(), 0xae8b_1486_0a79_9888);
        assert_eq!(Crc64::of(b""), Crc64::EMPTY);
        assert_eq!(Crc64::of(b"").to_string(), "0000000000000000");
    }

    #[test]
    fn lengths_beyond_memory_agree_with_the_library() {
        for length in [1, 5 << 20, (5 << 30) - 1, 5_492_189_429_760, u64::MAX >> 4] {
            let (a, b) = (Crc64::of(b"left"), Crc64::of(b"right"));
            let expected = crc_fast::checksum_combine(
                crc_fast::CrcAlgorithm::Crc64Nvme,
                a.value(),
                b.value(),
                length,
            );
            assert_eq!(a.followed_by(b, length).value(), expected, "{length} bytes");
        }
    }

    #[test]
    fn ten_thousand_parts() {
        let part = vec![7u8; 1024];
        let mut hasher = Crc64Hasher::new();
        let mut whole = Crc64Combiner::new();
        for _ in 0..10_000 {
            hasher.update(&part);
            whole.push(Crc64::of(&part), 1024);
        }
        hasher.update(b"rest");
        whole.push(Crc64::of(b"rest"), 4);
        assert_eq!(whole.finish(), hasher.finish());
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same(
            bytes in proptest::collection::vec(any::<u8>(), 0..4096),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            ends.push(bytes.len());
            ends.sort_unstable();
            let mut whole = Crc64Combiner::new();
            let mut start = 0;
            for end in ends {
                whole.push(Crc64::of(&bytes[start..end]), (end - start) as u64);
                start = end;
            }
            prop_assert_eq!(whole.finish(), Crc64::of(&bytes));
        }
    }
}
