//! All options of an [`Executor`](crate::Executor) in one value.

use std::time::Duration;

use crate::{
    BreakerPolicy, BudgetPolicy, ConcurrencyPolicy, Hedge, KeyPacing, RatePolicy, RetryPolicy,
};

/// What an [`Executor`](crate::Executor) may do to get a call through.
///
/// ```
/// use r2_resilience::{Hedge, KeyPacing, Policy, RatePolicy};
/// use std::time::Duration;
///
/// let policy = Policy::new()
///     .rate(RatePolicy::new(200.0))
///     .key_pacing(KeyPacing::new())
///     .hedge(Hedge::After(Duration::from_millis(300)))
///     .deadline(Duration::from_secs(120))
///     .seed(7);
/// assert_eq!(policy.retry.throttled.retries, 5);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Policy {
    /// What is tried again, how often and when. Default: [`RetryPolicy::new`].
    pub retry: RetryPolicy,
    /// How many retries and hedges all calls together may cost. Default: [`BudgetPolicy::new`];
    /// `None` means no limit.
    pub budget: Option<BudgetPolicy>,
    /// When to stop sending. Default: [`BreakerPolicy::new`]; `None` means never.
    pub breaker: Option<BreakerPolicy>,
    /// Requests per second. Default: `None`, no limit: R2 allows thousands per second and bucket.
    pub rate: Option<RatePolicy>,
    /// Attempts at one time. Default: adaptive, from 1 to 20, as many as the transport's default
    /// pool has connections.
    pub concurrency: ConcurrencyPolicy,
    /// A second attempt for slow repeatable calls. Default: off, because it costs requests.
    pub hedge: Hedge,
    /// Spacing of writes to one key. Default: `None`. R2 allows one write per second and key
    /// (Cloudflare's Limits page), other S3 servers have no such limit and would be slowed down
    /// for nothing.
    pub key_pacing: Option<KeyPacing>,
    /// How long a call may take, waits included. Default: `None`: a large upload may take hours,
    /// and stalls are the transport's business.
    pub deadline: Option<Duration>,
    /// Seed of the jitter. Default: `None`, a new one for each executor; with a seed, the same
    /// events give the same delays.
    pub seed: Option<u64>,
}

impl Policy {
    /// The defaults above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            retry: RetryPolicy::new(),
            budget: Some(BudgetPolicy::new()),
            breaker: Some(BreakerPolicy::new()),
            rate: None,
            concurrency: ConcurrencyPolicy::default(),
            hedge: Hedge::Off,
            key_pacing: None,
            deadline: None,
            seed: None,
        }
    }

    /// Sets what is tried again.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the budget of retries and hedges; `None` removes it.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Option<BudgetPolicy>>) -> Self {
        self.budget = budget.into();
        self
    }

    /// Sets the circuit breaker; `None` removes it.
    #[must_use]
    pub fn breaker(mut self, breaker: impl Into<Option<BreakerPolicy>>) -> Self {
        self.breaker = breaker.into();
        self
    }

    /// Sets the rate limit; `None` removes it.
    #[must_use]
    pub fn rate(mut self, rate: impl Into<Option<RatePolicy>>) -> Self {
        self.rate = rate.into();
        self
    }

    /// Sets how many attempts may be under way.
    #[must_use]
    pub fn concurrency(mut self, concurrency: ConcurrencyPolicy) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Sets hedging.
    #[must_use]
    pub fn hedge(mut self, hedge: Hedge) -> Self {
        self.hedge = hedge;
        self
    }

    /// Sets the spacing of writes to one key; `None` removes it.
    #[must_use]
    pub fn key_pacing(mut self, pacing: impl Into<Option<KeyPacing>>) -> Self {
        self.key_pacing = pacing.into();
        self
    }

    /// Sets how long a call may take; `None` removes the limit.
    #[must_use]
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.deadline = deadline.into();
        self
    }

    /// Sets the seed of the jitter.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::new()
    }
}
