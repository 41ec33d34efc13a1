//! How a call ended, and what it took.

use std::time::Duration;

use crate::Applied;

/// Where the time of a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Spent {
    /// Waiting to be let in: key pacing, rate, concurrency, circuit.
    pub queue: Duration,
    /// Waiting between attempts.
    pub backoff: Duration,
    /// In attempts.
    pub attempts: Duration,
}

impl Spent {
    /// The sum of all three.
    #[must_use]
    pub fn total(&self) -> Duration {
        let Self { queue, backoff, attempts } = *self;
        queue.saturating_add(backoff).saturating_add(attempts)
    }
}

/// What a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Attempts started, hedges included.
    pub attempts: u32,
    /// How many of them were hedges.
    pub hedges: u32,
    /// Where the time went.
    pub spent: Spent,
    /// Whether an attempt that was given up (failed with [`Applied::Maybe`], or dropped at the
    /// deadline) may have taken effect. After a conditional write that was repeated, a "412" with
    /// `Maybe` here may be the answer to our own first attempt.
    pub applied: Applied,
}

/// A call that worked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Success<T> {
    /// What the caller's function returned.
    pub value: T,
    /// What it took.
    pub report: Report,
}

/// A call that did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure<E> {
    /// The last attempt's error: final by nature, or all attempts are used up.
    #[error("call failed after {} attempt(s)", report.attempts)]
    Failed {
        /// The last attempt's error.
        #[source]
        error: E,
        /// What it took.
        report: Report,
    },
    /// The circuit is open: the server failed too often in a row, and nothing is sent for now.
    #[error("circuit is open, next try in {:.1} s", retry_after.as_secs_f64())]
    CircuitOpen {
        /// How long until the circuit lets a probe through.
        retry_after: Duration,
        /// The error of this call's last attempt, if it made one.
        #[source]
        last_error: Option<E>,
        /// What it took.
        report: Report,
    },
    /// The time was over.
    #[error(
        "deadline passed: {:.3} s queued, {:.3} s between attempts, {:.3} s in {} attempt(s)",
        report.spent.queue.as_secs_f64(),
        report.spent.backoff.as_secs_f64(),
        report.spent.attempts.as_secs_f64(),
        report.attempts
    )]
    Deadline {
        /// The error of the last attempt that ended, if one did.
        #[source]
        last_error: Option<E>,
        /// What it took.
        report: Report,
    },
    /// The attempt failed, and the client's budget for retries is used up.
    #[error("retry budget is used up after {} attempt(s)", report.attempts)]
    BudgetSpent {
        /// The last attempt's error.
        #[source]
        error: E,
        /// What it took.
        report: Report,
    },
}

impl<E> Failure<E> {
    /// What the call took.
    #[must_use]
    pub fn report(&self) -> &Report {
        match self {
            Self::Failed { report, .. }
            | Self::CircuitOpen { report, .. }
            | Self::Deadline { report, .. }
            | Self::BudgetSpent { report, .. } => report,
        }
    }

    /// The last attempt's error, if an attempt ended.
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        match self {
            Self::Failed { error, .. } | Self::BudgetSpent { error, .. } => Some(error),
            Self::CircuitOpen { last_error, .. } | Self::Deadline { last_error, .. } => {
                last_error.as_ref()
            }
        }
    }

    /// The last attempt's error by value.
    #[must_use]
    pub fn into_error(self) -> Option<E> {
        match self {
            Self::Failed { error, .. } | Self::BudgetSpent { error, .. } => Some(error),
            Self::CircuitOpen { last_error, .. } | Self::Deadline { last_error, .. } => last_error,
        }
    }
}
