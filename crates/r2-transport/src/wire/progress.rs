//! What the socket saw, told to those who watch the clock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters of one connection.
///
/// The socket and its watch are polled by one task at a time, so the updates need no order.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    read: AtomicU64,
    written: AtomicU64,
    write_blocked: AtomicBool,
    lingering: AtomicBool,
}

impl Progress {
    /// Bytes read from the peer so far.
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes handed to the kernel so far.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// Whether the last attempt to write found no room.
    pub(crate) fn write_blocked(&self) -> bool {
        self.write_blocked.load(Ordering::Relaxed)
    }

    /// Whether our end is closed, and what still comes is thrown away.
    pub(crate) fn lingering(&self) -> bool {
        self.lingering.load(Ordering::Relaxed)
    }

    pub(super) fn note_lingering(&self) {
        self.lingering.store(true, Ordering::Relaxed);
    }

    pub(super) fn note_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn note_written(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        self.write_blocked.store(false, Ordering::Relaxed);
    }

    pub(super) fn note_write_blocked(&self) {
        self.write_blocked.store(true, Ordering::Relaxed);
    }
}
