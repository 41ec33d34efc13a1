//! Times and sizes in buckets.

use std::sync::{Mutex, PoisonError};

use metrics::HistogramFn;

/// Upper bounds of the buckets, in the unit of what is measured: for seconds, from a request in the
/// same data centre to one that waits for its deadline.
pub(super) const BOUNDS: [f64; 14] =
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// What was recorded so far.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<Recorded>);

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Recorded {
    /// Values of each bucket alone; those above all bounds are in `count` only.
    pub(super) values: [u64; BOUNDS.len()],
    pub(super) count: u64,
    pub(super) sum: f64,
}

impl Buckets {
    pub(super) fn recorded(&self) -> Recorded {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HistogramFn for Buckets {
    fn record(&self, value: f64) {
        let mut recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = BOUNDS.iter().position(|bound| value <= *bound) {
            recorded.values[bucket] += 1;
        }
        recorded.count += 1;
        recorded.sum += value;
    }
}
