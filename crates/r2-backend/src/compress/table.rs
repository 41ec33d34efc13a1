//! The seek table: where each frame begins, in a frame that decoders skip.
//!
//! As in Zstandard's "seekable format" 0.1.0: a skippable frame with 4 bytes of compressed and 4
//! bytes of decompressed size for each frame, and at its end the number of frames, a descriptor
//! (0: no checksums, the frames have their own), and a magic number.

use std::ops::Range;

use super::original::Original;
use crate::limits::SEEK_TABLE_BYTES_MAX;
use crate::storage::{StorageError, StorageErrorKind};

const SKIPPABLE: u32 = 0x184D_2A5E;
const SEEKABLE: u32 = 0x8F92_EAB1;
const HEAD_BYTES: u64 = 8;
const ENTRY_BYTES: u64 = 8;
const FOOT_BYTES: u64 = 9;

/// The bytes of a table of so many frames; `None` if it is longer than a table may be.
pub(super) fn length(frames: u64) -> Option<u64> {
    let entries = frames.checked_mul(ENTRY_BYTES)?;
    Some(entries + HEAD_BYTES + FOOT_BYTES).filter(|length| *length <= SEEK_TABLE_BYTES_MAX)
}

/// The table of frames with these compressed and decompressed sizes; `None` if they are too many.
pub(super) fn encode(frames: &[(u32, u32)]) -> Option<Vec<u8>> {
    let length = length(frames.len() as u64)?;
    let mut table = Vec::with_capacity(usize::try_from(length).ok()?);
    table.extend(SKIPPABLE.to_le_bytes());
    table.extend(u32::try_from(length - HEAD_BYTES).ok()?.to_le_bytes());
    for (compressed, decompressed) in frames {
        table.extend(compressed.to_le_bytes());
        table.extend(decompressed.to_le_bytes());
    }
    table.extend(u32::try_from(frames.len()).ok()?.to_le_bytes());
    table.push(0);
    table.extend(SEEKABLE.to_le_bytes());
    Some(table)
}

/// Where the frames are stored that hold a range of the original.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// In the stored object.
    pub(super) stored: Range<u64>,
    /// How many bytes of the first frame come before the range.
    pub(super) skip: u64,
    /// What the frames hold together.
    pub(super) decompressed: u64,
}

/// Finds a range by the table at the end of an object that is stored in so many bytes. Nothing in
/// the table is believed that does not fit to what the metadata says.
pub(super) fn find(
    table: &[u8],
    original: &Original,
    stored: u64,
    range: &Range<u64>,
) -> Result<Place, StorageError> {
    let bad = || corrupt("its seek table does not fit to the object");
    let word = |at: usize| {
        let bytes = table.get(at..at.checked_add(4)?)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    };
    let frames = original.frames();
    let is_table = length(frames) == Some(table.len() as u64)
        && word(0) == Some(SKIPPABLE)
        && word(4).map(u64::from) == Some(table.len() as u64 - HEAD_BYTES)
        && word(table.len() - 9).map(u64::from) == Some(frames)
        && table[table.len() - 5] == 0
        && word(table.len() - 4) == Some(SEEKABLE);
    if !is_table {
        return Err(bad());
    }
    let (first, last) = (range.start / original.frame, (range.end - 1) / original.frame);
    let (mut at, mut begins, mut ends) = (0_u64, 0, 0);
    for number in 0..frames {
        let entry = usize::try_from(HEAD_BYTES + number * ENTRY_BYTES).map_err(|_| bad())?;
        let (Some(compressed), Some(decompressed)) = (word(entry), word(entry + 4)) else {
            return Err(bad());
        };
        let holds = original.frame.min(original.size - number * original.frame);
        if u64::from(decompressed) != holds || compressed == 0 {
            return Err(bad());
        }
        if number == first {
            begins = at;
        }
        at += u64::from(compressed);
        if number == last {
            ends = at;
        }
    }
    if at + table.len() as u64 != stored {
        return Err(bad());
    }
    let start = first * original.frame;
    let end = original.size.min((last + 1) * original.frame);
    Ok(Place { stored: begins..ends, skip: range.start - start, decompressed: end - start })
}

pub(super) fn corrupt(why: &str) -> StorageError {
    let message = format!("the compressed object is damaged: {why}");
    StorageError::new(StorageErrorKind::Corrupt, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original() -> Original {
        Original { size: 250_000, sha256: String::new(), frame: 100_000 }
    }

    #[test]
    fn a_range_is_found_in_the_frames_that_hold_it() {
        let table = encode(&[(10, 100_000), (20, 100_000), (30, 50_000)]).unwrap();
        let stored = 60 + table.len() as u64;
        let cases = [
            (0..1, (0..10, 0, 100_000)),
            (99_999..100_001, (0..30, 99_999, 200_000)),
            (200_000..250_000, (30..60, 0, 50_000)),
            (0..250_000, (0..60, 0, 250_000)),
        ];
        for (range, (at, skip, decompressed)) in cases {
            let place = find(&table, &original(), stored, &range).unwrap();
            assert_eq!(place, Place { stored: at, skip, decompressed }, "{range:?}");
        }
    }

    #[test]
    fn no_table_is_believed_that_does_not_fit() {
        let table = encode(&[(10, 100_000), (20, 100_000), (30, 50_000)]).unwrap();
        let stored = 60 + table.len() as u64;
        assert!(find(&table, &original(), stored + 1, &(0..1)).is_err());
        assert!(find(&table[1..], &original(), stored, &(0..1)).is_err());
        assert!(find(&[], &original(), stored, &(0..1)).is_err());
        for at in 0..table.len() {
            let mut other = table.clone();
            other[at] ^= 0x40;
            assert!(find(&other, &original(), stored, &(0..1)).is_err(), "byte {at}");
        }
        let huge = Original { size: u64::MAX, ..original() };
        assert!(find(&table, &huge, stored, &(0..1)).is_err());
    }
}
