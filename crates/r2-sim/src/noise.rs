//! Content that a seed describes: any part of it can be made without the rest.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream;
use r2_transport::Body;

const WORD_BYTES: usize = 8;

/// Bytes are made in steps of this many.
const STEP_BYTES: usize = 64 << 10;

/// Endless bytes that do not compress, the same for the same seed on every machine.
///
/// Word number `n` (little-endian, 8 bytes, from 0) is what SplitMix64 gives as its output number
/// `n` for the seed, so any part can be made without what comes before it. Cassettes name large
/// bodies by it, so this never changes.
///
/// ```
/// use r2_sim::Noise;
///
/// let noise = Noise::new(7);
/// assert_eq!(noise.bytes(0..100)[20..30], noise.bytes(20..30));
/// assert_ne!(noise.bytes(0..100), Noise::new(8).bytes(0..100));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Noise {
    seed: u64,
}

impl Noise {
    /// The content of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Noise {
        Noise { seed }
    }

    /// The seed.
    #[must_use]
    pub const fn seed(self) -> u64 {
        self.seed
    }

    /// A part of it in memory; empty if the range ends before it begins.
    #[must_use]
    pub fn bytes(self, range: Range<u64>) -> Bytes {
        let length = range.end.saturating_sub(range.start);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.fill(range.start, &mut bytes);
        bytes.into()
    }

    /// A part of it as a body that can be sent any number of times, made as it is read.
    #[must_use]
    pub fn body(self, range: Range<u64>) -> Body {
        let length = range.end.saturating_sub(range.start);
        Body::restartable(move || {
            let chunks = stream::iter(self.chunks(range.clone()).map(Ok::<_, std::io::Error>));
            Body::one_shot(chunks, Some(length))
        })
    }

    /// A part of it in steps.
    pub(crate) fn chunks(self, range: Range<u64>) -> impl Iterator<Item = Bytes> + Send {
        let end = range.end;
        range
            .step_by(STEP_BYTES)
            .map(move |at| self.bytes(at..end.min(at.saturating_add(STEP_BYTES as u64))))
    }

    /// Fills `buffer` with what begins at `offset`.
    pub fn fill(self, offset: u64, buffer: &mut [u8]) {
        let skip = usize::from((offset % WORD_BYTES as u64).to_le_bytes()[0]);
        let mut index = offset / WORD_BYTES as u64;
        let (first, rest) = buffer.split_at_mut(buffer.len().min((WORD_BYTES - skip) % WORD_BYTES));
        if !first.is_empty() {
            let word = self.word(index).to_le_bytes();
            first.copy_from_slice(&word[skip..skip + first.len()]);
            index = index.wrapping_add(1);
        }
        for piece in rest.chunks_mut(WORD_BYTES) {
            let word = self.word(index).to_le_bytes();
            piece.copy_from_slice(&word[..piece.len()]);
            index = index.wrapping_add(1);
        }
    }

    fn word(self, index: u64) -> u64 {
        const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.seed.wrapping_add(GAMMA.wrapping_mul(index.wrapping_add(1)));
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_splitmix64() {
        // The first outputs that its author gives for the seed 1234567.
        let words = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973];
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(Noise::new(1_234_567).bytes(0..16), bytes);
        assert_eq!(Noise::new(0).bytes(0..8), 0xE220_A839_7B1D_CDAF_u64.to_le_bytes().as_slice());
    }

    #[test]
    fn every_part_is_a_part_of_the_whole() {
        let whole = Noise::new(3).bytes(0..100);
        for from in 0..30_u64 {
            for to in from..60 {
                let at = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
                assert_eq!(Noise::new(3).bytes(from..to), whole[at]);
            }
        }
    }

    #[tokio::test]
    async fn a_body_is_made_as_it_is_read() {
        let range = 5..200_005;
        let body = Noise::new(9).body(range.clone());
        assert_eq!((body.length(), body.can_restart()), (Some(200_000), true));
        assert!(body.collect(200_000).await.unwrap() == Noise::new(9).bytes(range));
        let (from, to) = (9, 4);
        assert_eq!(Noise::new(9).body(from..to).length(), Some(0));
    }
}
