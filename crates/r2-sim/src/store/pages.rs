//! An index's file in memory whose copies share what neither of them changed since.

use std::io;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::StorageBackend;

/// What is shared or copied at once: large enough to make a copy of the list cheap, small enough
/// for the first write to it.
const PIECE_BYTES: usize = 16 << 10;

type Piece = Arc<[u8]>;

/// The bytes, as they are at one moment.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    length: u64,
    pieces: Vec<Piece>,
    /// What was never written is this, however long the file is.
    blank: Piece,
}

impl Default for Pages {
    fn default() -> Pages {
        Pages { length: 0, pieces: Vec::new(), blank: [0; PIECE_BYTES].into() }
    }
}

impl Pages {
    fn resize(&mut self, length: u64) {
        let end = index(length);
        self.pieces.resize(end.div_ceil(PIECE_BYTES), Arc::clone(&self.blank));
        // Bytes that are cut off must not come back when the file grows again.
        if let (true, Some(last)) = (length < self.length, self.pieces.last_mut()) {
            Arc::make_mut(last)[(end - 1) % PIECE_BYTES + 1..].fill(0);
        }
        self.length = length;
    }

    /// Visits the pieces of a range: number, first byte in it, first byte in the range, length.
    fn parts(&self, offset: u64, length: usize) -> io::Result<impl Iterator<Item = Part> + use<>> {
        let from = index(offset);
        let end = from.checked_add(length).filter(|end| *end <= index(self.length));
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut at = from;
        Ok(std::iter::from_fn(move || {
            let (piece, start) = (at / PIECE_BYTES, at % PIECE_BYTES);
            let length = (PIECE_BYTES - start).min(end - at);
            let part = Part { piece, start, at: at - from, length };
            at += length;
            (length > 0).then_some(part)
        }))
    }
}

struct Part {
    piece: usize,
    start: usize,
    at: usize,
    length: usize,
}

/// An offset in memory.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The file. Clones share it; [`copy`](Memory::copy) makes another one.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Arc<RwLock<Pages>>);

impl Memory {
    pub(super) fn new(pages: Pages) -> Memory {
        Memory(Arc::new(RwLock::new(pages)))
    }

    /// The bytes as they are now. Takes a microsecond for each megabyte.
    pub(super) fn copy(&self) -> Pages {
        self.read_lock().clone()
    }

    fn read_lock(&self) -> RwLockReadGuard<'_, Pages> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_lock(&self) -> RwLockWriteGuard<'_, Pages> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> io::Result<u64> {
        Ok(self.read_lock().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let pages = self.read_lock();
        for Part { piece, start, at, length } in pages.parts(offset, out.len())? {
            out[at..at + length].copy_from_slice(&pages.pieces[piece][start..start + length]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.write_lock().resize(len);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut pages = self.write_lock();
        for Part { piece, start, at, length } in pages.parts(offset, data.len())? {
            let piece = Arc::make_mut(&mut pages.pieces[piece]);
            piece[start..start + length].copy_from_slice(&data[at..at + length]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(memory: &Memory, offset: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![9; length];
        memory.read(offset, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn copies_share_nothing_that_is_written() {
        let memory = Memory::default();
        memory.set_len(3 * PIECE_BYTES as u64).unwrap();
        let across = PIECE_BYTES as u64 - 2;
        memory.write(across, &[1, 2, 3, 4]).unwrap();
        let copy = Memory::new(memory.copy());
        memory.write(across, &[5; 4]).unwrap();
        copy.write(0, &[6]).unwrap();
        assert_eq!(read(&memory, across - 1, 6), [0, 5, 5, 5, 5, 0]);
        assert_eq!(read(&copy, across - 1, 6), [0, 1, 2, 3, 4, 0]);
        assert_eq!((read(&memory, 0, 1), read(&copy, 0, 1)), (vec![0], vec![6]));
    }

    #[test]
    fn what_was_cut_off_is_gone() {
        let memory = Memory::default();
        for length in [10, PIECE_BYTES as u64, PIECE_BYTES as u64 + 1] {
            memory.set_len(length).unwrap();
            memory.write(length - 3, &[7; 3]).unwrap();
            memory.set_len(length - 2).unwrap();
            assert!(memory.read(length - 3, &mut [0; 2]).is_err());
            memory.set_len(length + 1).unwrap();
            assert_eq!(read(&memory, length - 3, 4), [7, 0, 0, 0]);
        }
        memory.set_len(0).unwrap();
        memory.set_len(5).unwrap();
        assert_eq!(read(&memory, 0, 5), [0; 5]);
    }
}
