//! Buffers that come back when their last reader has let go of them.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::limits;

/// The buffers of one body. Fresh memory for every piece of a file would cost more, in page faults,
/// than reading the piece.
#[derive(Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// A buffer of exactly this length, with any content.
    pub(super) fn take(&self, length: usize) -> Vec<u8> {
        let mut buffer = self.lock().pop().unwrap_or_default();
        buffer.resize(length, 0);
        buffer
    }

    /// The first `length` bytes of a buffer, to be read by anyone; afterwards it comes back.
    pub(super) fn lend(&self, buffer: Vec<u8>, length: usize) -> Bytes {
        Bytes::from_owner(Lent { length: length.min(buffer.len()), buffer, home: self.clone() })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent {
    buffer: Vec<u8>,
    length: usize,
    home: Buffers,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut home = self.home.lock();
        if home.len() < limits::SPARE_BUFFERS_MAX {
            home.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_only_when_nobody_reads_it() {
        let buffers = Buffers::default();
        let first = buffers.lend(b"abcd".to_vec(), 3);
        let (other, place) = (first.clone(), first.as_ptr());
        assert_eq!(first, "abc");
        drop(first);
        let fresh = buffers.take(4);
        assert_ne!(fresh.as_ptr(), place, "the other one of the pair still reads it");
        drop(other);
        let again = buffers.take(4);
        assert_eq!(again.as_ptr(), place);
        let many: Vec<_> = (0..50).map(|_| buffers.lend(vec![0; 10], 10)).collect();
        drop(many);
        assert_eq!(buffers.lock().len(), limits::SPARE_BUFFERS_MAX);
    }
}
