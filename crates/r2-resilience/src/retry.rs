//! What is tried again, how often, and after what wait.

use std::time::Duration;

use crate::{Applied, FailureClass, Safety};

/// One row of the retry table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table: three values, all required")]
pub struct Backoff {
    /// Retries after the first attempt.
    pub retries: u32,
    /// The shortest wait.
    pub first: Duration,
    /// The longest wait, also when the server asks for more.
    pub max: Duration,
}

impl Backoff {
    /// A row.
    #[must_use]
    pub const fn new(retries: u32, first: Duration, max: Duration) -> Self {
        Self { retries, first, max }
    }
}

/// How waits are spread, so that clients that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Jitter {
    /// Between the row's `first` and three times the last wait. Never below `first`, so an asked
    /// for pause is kept.
    #[default]
    Decorrelated,
    /// Between nothing and the doubled wait: spreads best, but may come back at once.
    Full,
    /// The doubled wait itself. For tests and for a single client.
    None,
}

/// What is tried again, how often, and after what wait.
///
/// Retries are counted per class: a call that met two throttled answers and one reset has used two
/// of five and one of three. `attempts_max` bounds the sum.
///
/// ```
/// use r2_resilience::{FailureClass, RetryPolicy};
///
/// let policy = RetryPolicy::new();
/// assert_eq!(policy.row(FailureClass::Throttled).retries, 5);
/// assert_eq!(policy.row(FailureClass::Server).retries, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// 429. Default: 5 retries, 1 s to 30 s; a pause of 1 s is what R2's limit on one key needs.
    pub throttled: Backoff,
    /// 500 and 503. Default: 3 retries, 1 s to 30 s.
    pub server: Backoff,
    /// 520 to 524 and HTML bodies. Default: as `server`.
    pub edge: Backoff,
    /// Default: 3 retries, 500 ms to 10 s.
    pub timeout: Backoff,
    /// Default: 3 retries, 500 ms to 10 s.
    pub reset: Backoff,
    /// Default: as `reset`.
    pub connect: Backoff,
    /// Default: 1 retry at once: the clock has been corrected, waiting would add nothing.
    pub skew: Backoff,
    /// Attempts of one call over all classes, the first included. Default: 10.
    pub attempts_max: u32,
    /// Default: [`Jitter::Decorrelated`].
    pub jitter: Jitter,
}

impl RetryPolicy {
    /// The defaults above.
    #[must_use]
    pub const fn new() -> Self {
        const fn ms(ms: u64) -> Duration {
            Duration::from_millis(ms)
        }
        let server = Backoff::new(3, ms(1_000), ms(30_000));
        let network = Backoff::new(3, ms(500), ms(10_000));
        Self {
            throttled: Backoff::new(5, ms(1_000), ms(30_000)),
            server,
            edge: server,
            timeout: network,
            reset: network,
            connect: network,
            skew: Backoff::new(1, Duration::ZERO, Duration::ZERO),
            attempts_max: 10,
            jitter: Jitter::Decorrelated,
        }
    }

    /// No retries at all.
    #[must_use]
    pub const fn none() -> Self {
        let mut policy = Self::new();
        policy.attempts_max = 1;
        policy
    }

    /// Sets the row of a class.
    #[must_use]
    pub fn with_row(mut self, class: FailureClass, row: Backoff) -> Self {
        match class {
            FailureClass::Throttled => self.throttled = row,
            FailureClass::Server => self.server = row,
            FailureClass::Edge => self.edge = row,
            FailureClass::Timeout => self.timeout = row,
            FailureClass::Reset => self.reset = row,
            FailureClass::Connect => self.connect = row,
            FailureClass::Skew => self.skew = row,
        }
        self
    }

    /// Sets the number of attempts over all classes; 0 is taken as 1.
    #[must_use]
    pub fn attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = attempts.max(1);
        self
    }

    /// Sets how waits are spread.
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// The row of a class.
    #[must_use]
    pub fn row(&self, class: FailureClass) -> Backoff {
        match class {
            FailureClass::Throttled => self.throttled,
            FailureClass::Server => self.server,
            FailureClass::Edge => self.edge,
            FailureClass::Timeout => self.timeout,
            FailureClass::Reset => self.reset,
            FailureClass::Connect => self.connect,
            FailureClass::Skew => self.skew,
        }
    }

    /// Decides whether a failed attempt is followed by another one. Budget, circuit and deadline
    /// have their own say afterwards.
    pub fn decide(
        &self,
        state: &mut RetryState,
        safety: Safety,
        failed: FailedAttempt,
        random: &mut fastrand::Rng,
    ) -> RetryDecision {
        if safety == Safety::IfNotApplied && failed.applied == Applied::Maybe {
            return RetryDecision::GiveUp(GiveUp::MayHaveApplied);
        }
        let row = self.row(failed.class);
        let used = &mut state.used[failed.class.index()];
        if *used >= row.retries || failed.attempts >= self.attempts_max {
            return RetryDecision::GiveUp(GiveUp::Exhausted);
        }
        let wait = match failed.after {
            Some(asked) => self.asked_for(row, asked, random),
            None => self.wait(row, *used, state.last_wait, random),
        };
        *used += 1;
        state.last_wait = wait;
        RetryDecision::After(wait)
    }

    /// The server's own figure, a little spread (never earlier), within the row's bounds.
    fn asked_for(&self, row: Backoff, asked: Duration, random: &mut fastrand::Rng) -> Duration {
        let spread = match self.jitter {
            Jitter::None => Duration::ZERO,
            Jitter::Full | Jitter::Decorrelated => between(Duration::ZERO, asked / 8, random),
        };
        asked.saturating_add(spread).max(row.first).min(row.max.max(row.first))
    }

    fn wait(
        &self,
        row: Backoff,
        used: u32,
        last: Duration,
        random: &mut fastrand::Rng,
    ) -> Duration {
        let doubled = row.first.saturating_mul(1_u32.checked_shl(used).unwrap_or(u32::MAX));
        match self.jitter {
            Jitter::None => doubled.min(row.max),
            Jitter::Full => between(Duration::ZERO, doubled.min(row.max), random),
            Jitter::Decorrelated => {
                let top = last.max(row.first).saturating_mul(3).min(row.max);
                between(row.first.min(row.max), top, random)
            }
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A failed attempt, as the retry table sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the input of one pure function, all required")]
pub struct FailedAttempt {
    /// Why it failed.
    pub class: FailureClass,
    /// How long the server asked to wait.
    pub after: Option<Duration>,
    /// Whether it may have taken effect.
    pub applied: Applied,
    /// Attempts of this call so far, this one included.
    pub attempts: u32,
}

/// What one call has used up of the table.
#[derive(Debug, Clone, Default)]
pub struct RetryState {
    used: [u32; FailureClass::COUNT],
    last_wait: Duration,
}

impl RetryState {
    /// A call that has not been tried yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// What follows a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "again or not")]
pub enum RetryDecision {
    /// Try again after this wait.
    After(Duration),
    /// Do not.
    GiveUp(GiveUp),
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GiveUp {
    /// The table allows no more.
    Exhausted,
    /// The attempt may have taken effect, and the call must not do so twice.
    MayHaveApplied,
}

/// Evenly spread from `low` to `high`.
fn between(low: Duration, high: Duration, random: &mut fastrand::Rng) -> Duration {
    let span = high.saturating_sub(low).as_secs_f64() * random.f64();
    Duration::try_from_secs_f64(span).map_or(high, |span| low.saturating_add(span).min(high))
}
