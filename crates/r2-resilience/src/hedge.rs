//! A second attempt for a call that is slow, and when "slow" begins.

use std::time::Duration;

/// Whether a slow repeatable call gets a second attempt beside the first. The first to answer
/// wins, the other is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Hedge {
    /// Never.
    #[default]
    Off,
    /// When the first attempt has not ended after that time.
    After(Duration),
    /// When the first attempt takes longer than 95 of 100 of the same operation did lately. Until
    /// enough of them have been seen, never.
    AfterP95 {
        /// Never earlier than that: below it, a second attempt costs more than it saves.
        at_least: Duration,
    },
}

/// The recent durations of one operation.
///
/// ```
/// use r2_resilience::LatencyEstimate;
/// use std::time::Duration;
///
/// let mut estimate = LatencyEstimate::new();
/// assert_eq!(estimate.p95(), None);
/// for ms in 1..=100 {
///     estimate.record(Duration::from_millis(ms));
/// }
/// assert_eq!(estimate.p95(), Some(Duration::from_millis(95)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct LatencyEstimate {
    samples: Vec<Duration>,
    next: usize,
}

impl LatencyEstimate {
    /// Durations remembered.
    pub const SAMPLES_MAX: usize = 128;
    /// Durations needed before there is an estimate: one in twenty is what it looks for.
    pub const SAMPLES_MIN: usize = 20;

    /// An estimate that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a duration, and forgets the oldest when there are too many.
    pub fn record(&mut self, duration: Duration) {
        if self.samples.len() < Self::SAMPLES_MAX {
            self.samples.push(duration);
        } else {
            self.samples[self.next] = duration;
            self.next = (self.next + 1) % Self::SAMPLES_MAX;
        }
    }

    /// The duration that 95 of 100 did not exceed, once enough have been seen.
    #[must_use]
    pub fn p95(&self) -> Option<Duration> {
        if self.samples.len() < Self::SAMPLES_MIN {
            return None;
        }
        let rank = (self.samples.len() * 95).div_ceil(100) - 1;
        let mut samples = self.samples.clone();
        Some(*samples.select_nth_unstable(rank).1)
    }
}

impl Hedge {
    /// How long to wait for the first attempt, `None` for no hedge.
    #[must_use]
    pub fn delay(self, estimate: Option<&LatencyEstimate>) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::After(delay) => Some(delay),
            Self::AfterP95 { at_least } => {
                estimate.and_then(LatencyEstimate::p95).map(|p95| p95.max(at_least))
            }
        }
    }
}
