//! Whether a bucket is to be relied on: a decision with memory, so that it does not flutter.

use std::time::Duration;

use tokio::time::Instant;

use crate::storage::{StorageError, StorageErrorKind};

/// When a bucket counts as failing, and when as healthy again.
///
/// ```
/// use r2_backend::multi::HealthPolicy;
///
/// let policy = HealthPolicy::new().failures(5);
/// assert_eq!((policy.failures, policy.successes), (5, 2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthPolicy {
    /// Failures in a row after which a bucket counts as failing. Default: 3, since one may be
    /// chance.
    pub failures: u32,
    /// Successes in a row after which a failing bucket counts as healthy. Default: 2.
    pub successes: u32,
    /// How often a failing bucket is asked at its own place all the same; in between it is asked
    /// last. Default: 10 seconds.
    pub probe_after: Duration,
}

impl Default for HealthPolicy {
    fn default() -> Self {
        Self { failures: 3, successes: 2, probe_after: Duration::from_secs(10) }
    }
}

impl HealthPolicy {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets after how many failures in a row a bucket counts as failing; one at least.
    #[must_use]
    pub fn failures(mut self, in_a_row: u32) -> Self {
        self.failures = in_a_row.max(1);
        self
    }

    /// Sets after how many successes in a row it counts as healthy again; one at least.
    #[must_use]
    pub fn successes(mut self, in_a_row: u32) -> Self {
        self.successes = in_a_row.max(1);
        self
    }

    /// Sets how often a failing bucket is asked at its own place.
    #[must_use]
    pub fn probe_after(mut self, interval: Duration) -> Self {
        self.probe_after = interval;
        self
    }
}

/// Whether a bucket is to be relied on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is asked at its place, or last")]
pub enum HealthState {
    /// It is asked at its place.
    #[default]
    Healthy,
    /// It is asked after the others.
    Failing,
}

/// How a bucket has done lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketHealth {
    /// Whether it is relied on.
    pub state: HealthState,
    /// Failures since its last success.
    pub failures_in_a_row: u32,
    /// Answers since its last failure; "there is no such object" is one.
    pub successes_in_a_row: u32,
    /// What failed last, if anything ever did.
    pub last_error: Option<(StorageErrorKind, String)>,
}

/// The memory of one bucket.
#[derive(Debug)]
pub(super) struct Health {
    policy: HealthPolicy,
    shown: BucketHealth,
    probe_at: Option<Instant>,
}

/// When a bucket is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    AtItsPlace,
    Last,
}

impl Health {
    pub(super) fn new(policy: HealthPolicy) -> Self {
        Self { policy, shown: BucketHealth::default(), probe_at: None }
    }

    pub(super) fn shown(&self) -> BucketHealth {
        self.shown.clone()
    }

    /// Returns whether this changed the state.
    pub(super) fn succeeded(&mut self) -> bool {
        self.shown.failures_in_a_row = 0;
        self.shown.successes_in_a_row = self.shown.successes_in_a_row.saturating_add(1);
        let recovers = self.shown.state == HealthState::Failing
            && self.shown.successes_in_a_row >= self.policy.successes;
        if recovers {
            self.shown.state = HealthState::Healthy;
            self.probe_at = None;
        }
        recovers
    }

    /// Returns whether this changed the state.
    pub(super) fn failed(&mut self, now: Instant, error: &StorageError) -> bool {
        self.shown.successes_in_a_row = 0;
        self.shown.failures_in_a_row = self.shown.failures_in_a_row.saturating_add(1);
        self.shown.last_error = Some((error.kind(), error.to_string()));
        let falls = self.shown.state == HealthState::Healthy
            && self.shown.failures_in_a_row >= self.policy.failures;
        if falls {
            self.shown.state = HealthState::Failing;
        }
        if self.shown.state == HealthState::Failing {
            self.probe_at = now.checked_add(self.policy.probe_after);
        }
        falls
    }

    /// Decides when it is asked; of several who ask at once, one probes.
    pub(super) fn turn(&mut self, now: Instant) -> Turn {
        match (self.shown.state, self.probe_at) {
            (HealthState::Healthy, _) => Turn::AtItsPlace,
            (HealthState::Failing, Some(at)) if now >= at => {
                self.probe_at = now.checked_add(self.policy.probe_after);
                Turn::AtItsPlace
            }
            (HealthState::Failing, _) => Turn::Last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, after how many seconds from the start: `f`ailure, `s`uccess, or a question
    /// with its expected answer: at its `p`lace, or `l`ast.
    fn check(events: &[(u64, char)]) {
        let start = Instant::now();
        let mut health = Health::new(HealthPolicy::new());
        for (index, (seconds, event)) in events.iter().enumerate() {
            let now = start + Duration::from_secs(*seconds);
            let error = StorageError::of(StorageErrorKind::Unavailable);
            match event {
                'f' => drop(health.failed(now, &error)),
                's' => drop(health.succeeded()),
                'p' => assert_eq!(health.turn(now), Turn::AtItsPlace, "event {index}"),
                _ => assert_eq!(health.turn(now), Turn::Last, "event {index}"),
            }
        }
    }

    #[test]
    fn one_failure_or_one_success_changes_nothing() {
        check(&[(0, 'f'), (0, 'f'), (0, 'p'), (0, 's'), (0, 'f'), (0, 'f'), (0, 'p')]);
        check(&[(0, 'f'), (0, 'f'), (0, 'f'), (0, 'l'), (1, 's'), (1, 'l'), (1, 's'), (1, 'p')]);
        let down_again = [(1, 's'), (1, 'f'), (1, 's'), (1, 'l'), (2, 's'), (2, 'p')];
        check(&[&[(0, 'f'), (0, 'f'), (0, 'f')], &down_again[..]].concat());
    }

    #[test]
    fn a_failing_bucket_is_probed_now_and_then_by_one() {
        let down = [(0, 'f'), (0, 'f'), (0, 'f')];
        check(&[&down, &[(9, 'l'), (10, 'p'), (10, 'l'), (19, 'l'), (20, 'p')][..]].concat());
        check(&[&down, &[(10, 'p'), (12, 'f'), (21, 'l'), (22, 'p')][..]].concat());
    }
}
