//! Requests per second, with a burst.

use std::time::{Duration, Instant};

/// The options of a [`RateLimiter`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RatePolicy {
    /// Requests per second in the long run. Required.
    pub per_second: f64,
    /// Requests that may go at once after a pause. Default: one second's worth, at least 1.
    pub burst: u32,
}

impl RatePolicy {
    /// Slower than one request in so many seconds makes no sense for a client.
    const SLOWEST_PER_SECOND: f64 = 0.001;

    /// That many requests per second. Values below 0.001, and what is no number, are taken as
    /// 0.001.
    #[must_use]
    pub fn new(per_second: f64) -> Self {
        let per_second = per_second.max(Self::SLOWEST_PER_SECOND);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float cast saturates, and the value is positive"
        )]
        let burst = (per_second as u32).max(1);
        Self { per_second, burst }
    }

    /// Sets the burst; 0 is taken as 1.
    #[must_use]
    pub fn burst(mut self, requests: u32) -> Self {
        self.burst = requests.max(1);
        self
    }
}

/// Spaces requests evenly once the burst is used up (the generic cell rate algorithm).
///
/// ```
/// use r2_resilience::{RateLimiter, RatePolicy};
/// use std::time::Duration;
/// # let now = tokio::time::Instant::now().into_std();
///
/// let mut limiter = RateLimiter::new(RatePolicy::new(10.0).burst(1));
/// assert_eq!(limiter.next_at(now), now);
/// limiter.take(now);
/// assert_eq!(limiter.next_at(now), now + Duration::from_millis(100));
/// ```
#[derive(Debug, Clone)]
pub struct RateLimiter {
    interval: Duration,
    tolerance: Duration,
    /// When the bucket would be full again if nothing more came.
    full_at: Option<Instant>,
}

impl RateLimiter {
    /// A limiter that has its whole burst.
    #[must_use]
    pub fn new(policy: RatePolicy) -> Self {
        let interval = Duration::from_secs_f64(1.0 / policy.per_second);
        Self { interval, tolerance: interval.saturating_mul(policy.burst - 1), full_at: None }
    }

    /// When the next request may go: `now`, or later.
    #[must_use]
    pub fn next_at(&self, now: Instant) -> Instant {
        self.full_at.and_then(|at| at.checked_sub(self.tolerance)).map_or(now, |at| at.max(now))
    }

    /// Counts a request that goes at `now`.
    pub fn take(&mut self, now: Instant) {
        let from = self.full_at.map_or(now, |at| at.max(now));
        self.full_at = from.checked_add(self.interval);
    }
}
