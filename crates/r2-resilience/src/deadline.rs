//! When a call must be over.

use std::time::{Duration, Instant};

/// When a call must be over, if ever. Every wait asks it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// No limit.
    pub const NEVER: Self = Self(None);

    /// At that instant.
    #[must_use]
    pub fn at(at: Instant) -> Self {
        Self(Some(at))
    }

    /// That long from `now`. A duration beyond the clock's range means never.
    #[must_use]
    pub fn within(now: Instant, timeout: Duration) -> Self {
        Self(now.checked_add(timeout))
    }

    /// The earlier of both.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Self(Some(a.min(b))),
            (a, b) => Self(a.or(b)),
        }
    }

    /// The instant, if there is a limit.
    #[must_use]
    pub fn instant(self) -> Option<Instant> {
        self.0
    }

    /// The time left, `None` without a limit.
    #[must_use]
    pub fn left(self, now: Instant) -> Option<Duration> {
        self.0.map(|at| at.saturating_duration_since(now))
    }

    /// Is there time left after waiting that long? A wait that ends at the deadline is of no use.
    #[must_use]
    pub fn allows(self, now: Instant, wait: Duration) -> bool {
        self.left(now).is_none_or(|left| wait < left)
    }
}

/// That long after `now`, or as late as the clock can say.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 366 * 24 * 3600);
    now.checked_add(wait).or_else(|| now.checked_add(CENTURY)).unwrap_or(now)
}
