//! How far a transfer is, for whoever watches it.

use std::sync::{Arc, Mutex, PoisonError};

/// Is told how far a transfer is, after every step.
///
/// It is called on the runtime's threads between two requests, so it must not wait for anything.
/// Any function of `&ProgressUpdate` is one.
pub trait Progress: Send + Sync + 'static {
    /// Something changed.
    fn update(&self, update: &ProgressUpdate);
}

impl<F: Fn(&ProgressUpdate) + Send + Sync + 'static> Progress for F {
    fn update(&self, update: &ProgressUpdate) {
        self(update);
    }
}

/// The state of a transfer at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProgressUpdate {
    /// Length of the object in bytes, once it is known.
    pub bytes_total: Option<u64>,
    /// Bytes that are where they belong: in parts that the server acknowledged, or written to the
    /// target. Bytes of a single PUT count as they leave.
    pub bytes_done: u64,
    /// By how much `bytes_done` changed since the last update; negative when the transfer, or a
    /// part of it, begins again.
    pub bytes_advanced: i64,
    /// Bytes of `bytes_done` that an earlier run had finished.
    pub bytes_resumed: u64,
    /// Parts of the transfer, once their number is known; 1 for a single request.
    pub parts_total: Option<u32>,
    /// Parts that are finished, those of an earlier run included.
    pub parts_done: u32,
}

/// Keeps the state of a transfer and tells its watcher. Cheap to clone; clones share the state.
#[derive(Clone)]
pub(crate) struct Meter {
    watcher: Option<Arc<dyn Progress>>,
    state: Arc<Mutex<ProgressUpdate>>,
}

impl Meter {
    pub(crate) fn new(watcher: Option<Arc<dyn Progress>>) -> Self {
        Self { watcher, state: Arc::default() }
    }

    /// Changes the state and tells the watcher. The lock is held while it is told, so that updates
    /// arrive in order.
    pub(crate) fn change(&self, change: impl FnOnce(&mut ProgressUpdate)) {
        let Some(watcher) = &self.watcher else { return };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.bytes_done;
        change(&mut state);
        state.bytes_advanced = difference(state.bytes_done, before);
        watcher.update(&state);
    }

    /// Begins, or begins again, with nothing done but what an earlier run left.
    pub(crate) fn begin(&self, total: Option<u64>, parts: Option<u32>, done: (u32, u64)) {
        let (parts_done, bytes) = done;
        self.change(|state| {
            state.bytes_total = total;
            state.parts_total = parts;
            state.bytes_resumed = bytes;
            state.bytes_done = bytes;
            state.parts_done = parts_done;
        });
    }

    pub(crate) fn bytes(&self, bytes: u64) {
        self.change(|state| state.bytes_done += bytes);
    }

    /// Takes back what a failed attempt had counted.
    pub(crate) fn take_back(&self, bytes: u64) {
        if bytes > 0 {
            self.change(|state| state.bytes_done = state.bytes_done.saturating_sub(bytes));
        }
    }

    pub(crate) fn part_done(&self) {
        self.change(|state| state.parts_done += 1);
    }

    /// The length of a stream is known once it has ended.
    pub(crate) fn total(&self, bytes: u64, parts: u32) {
        self.change(|state| {
            state.bytes_total = Some(bytes);
            state.parts_total = Some(parts);
        });
    }
}

fn difference(after: u64, before: u64) -> i64 {
    let size = i64::try_from(after.abs_diff(before)).unwrap_or(i64::MAX);
    if after < before { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advances_add_up_even_when_a_part_begins_again() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let watcher = move |update: &ProgressUpdate| log.lock().unwrap().push(*update);
        let meter = Meter::new(Some(Arc::new(watcher)));
        meter.begin(Some(30), Some(3), (1, 10));
        meter.bytes(7);
        meter.take_back(7);
        meter.bytes(20);
        meter.part_done();
        let seen = seen.lock().unwrap();
        let advances: Vec<i64> = seen.iter().map(|update| update.bytes_advanced).collect();
        assert_eq!(advances, [10, 7, -7, 20, 0]);
        let last = seen.last().unwrap();
        assert_eq!((last.bytes_done, last.bytes_resumed, last.parts_done), (30, 10, 2));
    }
}
