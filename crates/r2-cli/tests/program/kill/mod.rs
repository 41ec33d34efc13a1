//! The program and its server are killed; what was done stays done, and the same command goes on.

mod download;
mod emulator;
mod interrupt;
mod upload;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// 64 MiB, which is no multiple of the part size: thirteen parts.
const BYTES: usize = 64 << 20;
const PARTS: usize = 13;
/// Flags of every copy: parts of 5 MiB, four at a time.
const FLAGS: [&str; 5] =
    ["--json", "cp", "--part-size=5MiB", "--multipart-threshold=5MiB", "--part-concurrency=4"];

/// Lets so many requests pass; those after them wait for ever.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<AtomicUsize>);

impl Gate {
    fn set(&self, requests: usize) {
        self.0.store(requests, Ordering::SeqCst);
    }

    fn passes(&self) -> bool {
        let taken =
            self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        taken.is_ok()
    }
}
