//! How many retries and hedges all calls of a client together may cost.

/// The options of a [`Budget`].
///
/// A retry that succeeds gives its price back, so a server that fails now and then never drains
/// the budget; a server that is gone drains it once, and from then on every call is one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetPolicy {
    /// Tokens at the start, and the most there can be. Default: 500, enough for 100 retries in a
    /// row (the figures of the AWS SDKs' standard retry mode).
    pub capacity: u32,
    /// Tokens for a retry. Default: 5.
    pub retry_cost: u32,
    /// Tokens for a hedge; never given back, for the load was real. Default: 5.
    pub hedge_cost: u32,
    /// Tokens that a call brings which needed no retry. Default: 1.
    pub success_gain: u32,
}

impl BudgetPolicy {
    /// The defaults above.
    #[must_use]
    pub const fn new() -> Self {
        Self { capacity: 500, retry_cost: 5, hedge_cost: 5, success_gain: 1 }
    }

    /// Sets the capacity in tokens.
    #[must_use]
    pub const fn capacity(mut self, tokens: u32) -> Self {
        self.capacity = tokens;
        self
    }

    /// Sets the price of a retry in tokens.
    #[must_use]
    pub const fn retry_cost(mut self, tokens: u32) -> Self {
        self.retry_cost = tokens;
        self
    }

    /// Sets the price of a hedge in tokens.
    #[must_use]
    pub const fn hedge_cost(mut self, tokens: u32) -> Self {
        self.hedge_cost = tokens;
        self
    }

    /// Sets what a call brings that needed no retry, in tokens.
    #[must_use]
    pub const fn success_gain(mut self, tokens: u32) -> Self {
        self.success_gain = tokens;
        self
    }
}

impl Default for BudgetPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A bucket of tokens that retries and hedges draw from.
///
/// ```
/// use r2_resilience::{Budget, BudgetPolicy};
///
/// let mut budget = Budget::new(BudgetPolicy::new().capacity(5));
/// assert!(budget.take_retry());
/// assert!(!budget.take_retry());
/// budget.retry_succeeded();
/// assert!(budget.take_retry());
/// ```
#[derive(Debug, Clone)]
pub struct Budget {
    policy: BudgetPolicy,
    tokens: u32,
}

impl Budget {
    /// A full bucket.
    #[must_use]
    pub fn new(policy: BudgetPolicy) -> Self {
        Self { policy, tokens: policy.capacity }
    }

    /// Tokens left.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Takes the price of a retry, or returns false and takes nothing.
    pub fn take_retry(&mut self) -> bool {
        self.take(self.policy.retry_cost)
    }

    /// Takes the price of a hedge, or returns false and takes nothing.
    pub fn take_hedge(&mut self) -> bool {
        self.take(self.policy.hedge_cost)
    }

    /// A retry succeeded: its price comes back.
    pub fn retry_succeeded(&mut self) {
        self.give(self.policy.retry_cost);
    }

    /// A call succeeded without a retry.
    pub fn first_try_succeeded(&mut self) {
        self.give(self.policy.success_gain);
    }

    fn take(&mut self, tokens: u32) -> bool {
        let left = self.tokens.checked_sub(tokens);
        self.tokens = left.unwrap_or(self.tokens);
        left.is_some()
    }

    fn give(&mut self, tokens: u32) {
        self.tokens = self.tokens.saturating_add(tokens).min(self.policy.capacity);
    }
}
