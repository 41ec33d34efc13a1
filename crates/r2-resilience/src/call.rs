//! One call to be made, and one attempt at it.

use std::time::{Duration, Instant};

use crate::{FailureClass, Hedge, Safety};

/// One call: what it is and what may be done to get it through.
///
/// ```
/// use r2_resilience::{Call, Safety};
/// use std::time::Duration;
///
/// let call = Call::new("PutObject", Safety::Repeatable)
///     .write_key("bucket/key")
///     .timeout(Duration::from_secs(60))
///     .attempts_max(1);
/// assert_eq!(call.operation(), "PutObject");
/// ```
#[derive(Debug, Clone)]
pub struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) safety: Safety,
    pub(crate) write_key: Option<&'a str>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempts_max: Option<u32>,
    pub(crate) hedge: Option<Hedge>,
}

impl<'a> Call<'a> {
    /// A call of `operation`: the name under which latency is learned and metrics are counted.
    #[must_use]
    pub fn new(operation: &'static str, safety: Safety) -> Self {
        Self {
            operation,
            safety,
            write_key: None,
            deadline: None,
            timeout: None,
            attempts_max: None,
            hedge: None,
        }
    }

    /// The operation's name.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The call writes this key (with its bucket): under [`KeyPacing`](crate::KeyPacing) it waits
    /// for its turn. Default: it writes none.
    #[must_use]
    pub fn write_key(mut self, key: &'a str) -> Self {
        self.write_key = Some(key);
        self
    }

    /// When the call must be over, waits included. Default: the policy's deadline.
    ///
    /// With [`timeout`](Self::timeout) as well, the earlier one holds.
    #[must_use]
    pub fn deadline(mut self, at: Instant) -> Self {
        self.deadline = Some(at);
        self
    }

    /// How long the call may take from the start of [`Executor::run`](crate::Executor::run),
    /// waits included. Default: the policy's deadline.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// At most so many attempts, for example 1 when the body cannot start again. It only lowers
    /// the policy's own limit; 0 is taken as 1.
    #[must_use]
    pub fn attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = Some(attempts.max(1));
        self
    }

    /// Hedging for this call instead of the policy's. Only [`Safety::Repeatable`] calls without a
    /// [`write_key`](Self::write_key) that may take two attempts are ever hedged.
    #[must_use]
    pub fn hedge(mut self, hedge: Hedge) -> Self {
        self.hedge = Some(hedge);
        self
    }
}

/// Why an attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the driver makes no other kind")]
pub enum AttemptKind {
    /// The first one.
    First,
    /// An earlier one failed with this class.
    Retry(FailureClass),
    /// An earlier one is slow and still under way.
    Hedge,
}

/// One attempt, as it is handed to the caller's function.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt {
    /// Counts from 1, hedges included.
    pub number: u32,
    /// Why it is made.
    pub kind: AttemptKind,
    /// When the call must be over; the driver drops the attempt then.
    pub deadline: Option<Instant>,
}
