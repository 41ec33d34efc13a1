//! Part-sized buffers that go round: filled, sent, and filled again.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

use crate::crc64::Crc64;

/// Hands out buffers; each comes back when it is dropped. How many there are at most is the
/// machine's doing: it never has more parts under way than its ceiling.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffers {
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    free: Vec<BytesMut>,
    /// How many are out, now and at most.
    out: usize,
    peak: usize,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A buffer of `length` bytes, whatever is in it.
    pub(crate) fn take(&self, length: usize) -> Buffer {
        let mut bytes = {
            let mut shelf = self.shelf();
            shelf.out += 1;
            shelf.peak = shelf.peak.max(shelf.out);
            shelf.free.pop().unwrap_or_default()
        };
        bytes.resize(length, 0);
        Buffer { bytes, home: Some(self.clone()) }
    }

    fn come_back(&self, bytes: Option<BytesMut>) {
        let mut shelf = self.shelf();
        shelf.out -= 1;
        shelf.free.extend(bytes);
    }

    /// Buffers that were out at the same time, at most.
    #[cfg(test)]
    pub(crate) fn peak(&self) -> usize {
        self.shelf().peak
    }
}

/// A buffer that is being filled.
pub(crate) struct Buffer {
    bytes: BytesMut,
    home: Option<Buffers>,
}

impl Buffer {
    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Makes a part of what is in it.
    pub(crate) fn into_part(mut self, crc: Crc64) -> PartBytes {
        let (bytes, home) = (std::mem::take(&mut self.bytes), self.home.take());
        PartBytes { bytes: bytes.freeze(), crc, home }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            home.come_back(Some(std::mem::take(&mut self.bytes)));
        }
    }
}

/// A part in memory with its checksum.
pub(crate) struct PartBytes {
    bytes: Bytes,
    crc: Crc64,
    home: Option<Buffers>,
}

impl PartBytes {
    /// A part of something that is in memory anyway.
    pub(crate) fn of(bytes: Bytes, crc: Crc64) -> Self {
        Self { bytes, crc, home: None }
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn crc(&self) -> Crc64 {
        self.crc
    }
}

impl Drop for PartBytes {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            // bytes that somebody still holds are freed by the last holder
            home.come_back(std::mem::take(&mut self.bytes).try_into_mut().ok());
        }
    }
}

impl fmt::Debug for PartBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartBytes({} bytes, {})", self.bytes.len(), self.crc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_buffer_is_used_again() {
        let buffers = Buffers::new();
        let first = buffers.take(1 << 20).into_part(Crc64::EMPTY);
        let place = first.bytes().as_ptr();
        let body = first.bytes().clone();
        drop(body);
        drop(first);
        let second = buffers.take(1 << 20);
        assert_eq!(second.as_ptr(), place);
        drop(second);
        assert_eq!(buffers.take(10).as_ptr(), place);
        assert_eq!(buffers.peak(), 1);
    }

    #[test]
    fn a_buffer_that_is_still_held_is_left_alone() {
        let buffers = Buffers::new();
        let first = buffers.take(16).into_part(Crc64::EMPTY);
        let held = first.bytes().clone();
        drop(first);
        let mut second = buffers.take(16);
        second.fill(7);
        assert_eq!(held, [0; 16].as_slice());
    }
}
