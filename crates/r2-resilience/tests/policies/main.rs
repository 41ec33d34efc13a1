//! The policies as tables of events and instants. Nothing here waits.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as a test may")]

mod breaker;
mod budget;
mod concurrency;
mod deadline;
mod hedge;
mod pacing;
mod rate;
mod retry;

use std::time::{Duration, Instant};

/// Where each table's clock starts.
fn start() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}
