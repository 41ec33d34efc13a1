//! Part-sized buffers that go round: filled, sent, and filled again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

/// Hands out buffers and takes them back. How many there are at most is the machine's doing: it
/// never has more parts under way than its ceiling.
#[derive(Clone, Debug)]
pub(crate) struct Buffers {
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    free: Vec<BytesMut>,
    out: usize,
    peak: usize,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self { shelf: Arc::default() }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A buffer of `length` bytes, whatever is in it.
    pub(crate) fn take(&self, length: usize) -> BytesMut {
        let mut buffer = {
            let mut shelf = self.shelf();
            shelf.out += 1;
            shelf.peak = shelf.peak.max(shelf.out);
            shelf.free.pop().unwrap_or_default()
        };
        buffer.resize(length, 0);
        buffer
    }

    /// Takes back what was sent. Bytes that somebody still holds are freed by the last holder.
    pub(crate) fn give_back(&self, sent: Bytes) {
        let buffer = sent.try_into_mut().ok();
        let mut shelf = self.shelf();
        shelf.out -= 1;
        shelf.free.extend(buffer);
    }

    /// Buffers that were out at the same time, at most.
    #[cfg(test)]
    pub(crate) fn peak(&self) -> usize {
        self.shelf().peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_buffer_is_used_again() {
        let buffers = Buffers::new();
        let first = buffers.take(1 << 20).freeze();
        let place = first.as_ptr();
        let body = first.clone();
        drop(body);
        buffers.give_back(first);
        let second = buffers.take(1 << 20);
        assert_eq!(second.as_ptr(), place);
        assert_eq!(buffers.peak(), 1);
    }

    #[test]
    fn a_buffer_that_is_still_held_is_left_alone() {
        let buffers = Buffers::new();
        let first = buffers.take(16).freeze();
        let held = first.clone();
        buffers.give_back(first);
        let mut second = buffers.take(16);
        second.fill(7);
        assert_eq!(held, [0; 16].as_slice());
    }
}
