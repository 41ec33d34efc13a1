//! How many attempts may be under way at one time.

use std::time::{Duration, Instant};

/// The options of a [`Concurrency`] limit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ConcurrencyPolicy {
    /// No limit.
    Unlimited,
    /// Always that many; 0 is taken as 1.
    Fixed(u32),
    /// As many as the server bears.
    Adaptive(Adaptive),
}

impl Default for ConcurrencyPolicy {
    fn default() -> Self {
        Self::Adaptive(Adaptive::new())
    }
}

/// The options of an adaptive limit: one more after each full round of successes, a part less
/// after a sign of overload.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Adaptive {
    /// The limit never falls below. Default: 1.
    pub min: u32,
    /// The limit never rises above. Default: 20, the connections of the transport's default pool.
    pub max: u32,
    /// Where it starts. Default: `max`: slow start would cost time on every healthy run.
    pub initial: u32,
    /// What remains of the limit after a sign of overload, 0.1 to 0.9. Default: 0.7.
    pub decrease: f64,
    /// At most one decrease in so long a time, for one overload is reported by many attempts.
    /// Default: 1 s.
    pub window: Duration,
}

impl Adaptive {
    /// The defaults above.
    #[must_use]
    pub const fn new() -> Self {
        Self { min: 1, max: 20, initial: 20, decrease: 0.7, window: Duration::from_secs(1) }
    }

    /// Sets the bounds, and starts at the upper one. `min` is at least 1, `max` at least `min`.
    #[must_use]
    pub fn between(mut self, min: u32, max: u32) -> Self {
        self.min = min.max(1);
        self.max = max.max(self.min);
        self.initial = self.max;
        self
    }

    /// Sets where the limit starts, within the bounds.
    #[must_use]
    pub fn initial(mut self, initial: u32) -> Self {
        self.initial = initial.clamp(self.min, self.max);
        self
    }

    /// Sets what remains after a sign of overload, 0.1 to 0.9.
    #[must_use]
    pub fn decrease(mut self, factor: f64) -> Self {
        self.decrease = if factor.is_nan() { 0.7 } else { factor.clamp(0.1, 0.9) };
        self
    }

    /// Sets the time between decreases.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }
}

impl Default for Adaptive {
    fn default() -> Self {
        Self::new()
    }
}

/// What the end of an attempt says about the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "up, down or stay")]
pub enum Load {
    /// It went through: there may be room for more.
    Fine,
    /// The server is overloaded (throttled, failed, did not answer).
    Overloaded,
    /// Nothing: the attempt was dropped, or failed for another reason.
    Unknown,
}

/// Counts attempts under way against a limit that is fixed or adapts.
///
/// ```
/// use r2_resilience::{Adaptive, Concurrency, ConcurrencyPolicy, Load};
/// # let now = tokio::time::Instant::now().into_std();
///
/// let policy = ConcurrencyPolicy::Adaptive(Adaptive::new().between(1, 10));
/// let mut concurrency = Concurrency::new(policy);
/// assert!(concurrency.enter());
/// concurrency.leave(Load::Overloaded, now, now);
/// assert_eq!(concurrency.limit(), Some(7));
/// ```
#[derive(Debug, Clone)]
pub struct Concurrency {
    policy: ConcurrencyPolicy,
    /// Fractional, because a success adds only `1 / limit`.
    limit: f64,
    in_flight: u32,
    last_decrease: Option<Instant>,
}

impl Concurrency {
    /// A limit with nothing under way.
    #[must_use]
    pub fn new(policy: ConcurrencyPolicy) -> Self {
        let limit = match policy {
            ConcurrencyPolicy::Unlimited => f64::INFINITY,
            ConcurrencyPolicy::Fixed(limit) => f64::from(limit.max(1)),
            ConcurrencyPolicy::Adaptive(adaptive) => f64::from(adaptive.initial),
        };
        Self { policy, limit, in_flight: 0, last_decrease: None }
    }

    /// The limit now, `None` if there is none.
    #[must_use]
    pub fn limit(&self) -> Option<u32> {
        if self.limit.is_infinite() {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and u32::MAX by construction"
        )]
        Some(self.limit as u32)
    }

    /// Attempts under way.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Is there room for one more?
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.limit().is_none_or(|limit| self.in_flight < limit)
    }

    /// Counts one more attempt, if there is room.
    pub fn enter(&mut self) -> bool {
        let room = self.has_room();
        self.in_flight += u32::from(room);
        room
    }

    /// An attempt that began at `started` has ended.
    pub fn leave(&mut self, load: Load, started: Instant, now: Instant) {
        let busy = self.limit().is_some_and(|limit| self.in_flight.saturating_mul(2) > limit);
        self.in_flight = self.in_flight.saturating_sub(1);
        let ConcurrencyPolicy::Adaptive(adaptive) = self.policy else { return };
        match load {
            // A limit that is hardly used has not been shown to be borne.
            Load::Fine if busy => {
                self.limit = (self.limit + 1.0 / self.limit).min(f64::from(adaptive.max));
            }
            Load::Overloaded if self.may_decrease(adaptive, started, now) => {
                self.limit = (self.limit * adaptive.decrease).max(f64::from(adaptive.min));
                self.last_decrease = Some(now);
            }
            Load::Fine | Load::Overloaded | Load::Unknown => {}
        }
    }

    /// One overload, one decrease: not twice in a window, and not for an attempt that began
    /// before the last decrease, for it met the old load.
    fn may_decrease(&self, adaptive: Adaptive, started: Instant, now: Instant) -> bool {
        self.last_decrease
            .is_none_or(|last| started >= last && now.duration_since(last) >= adaptive.window)
    }
}
