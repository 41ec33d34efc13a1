//! The driver under paused time: what it makes of the policies' decisions.

#![expect(clippy::unwrap_used, reason = "a helper of a test may panic as a test may")]

mod cancel;
mod circuit;
mod hedging;
mod invariants;
mod limits;
mod metrics_seen;
mod retries;

use r2_resilience::{Applied, Call, FailureClass, Outcome, Safety};
use std::time::Duration;
use tokio::time::Instant;

type TestOutcome = Outcome<u32, Refusal>;

/// The caller's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("refused in attempt {0}")]
struct Refusal(u32);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn retry(number: u32, class: FailureClass) -> TestOutcome {
    Outcome::Retry { error: Refusal(number), class, after: None, applied: Applied::No }
}

fn read() -> Call<'static> {
    Call::new("GetObject", Safety::Repeatable)
}

/// Milliseconds since `start` on the paused clock.
fn elapsed_ms(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap()
}
