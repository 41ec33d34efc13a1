//! The state of all policies together: the account that every attempt is charged to.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::{
    Breaker, Budget, CircuitState, Concurrency, Health, KeyPacer, LatencyEstimate, Load, Outcome,
    Policy, RateLimiter, Ticket, Verdict,
};

/// Operations whose latency is remembered; names are compiled in, so there are never this many.
const OPERATIONS_MAX: usize = 64;

/// The state of all policies, without a clock and without waiting.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) breaker: Option<Breaker>,
    pub(crate) budget: Option<Budget>,
    pub(crate) rate: Option<RateLimiter>,
    pub(crate) concurrency: Concurrency,
    pub(crate) keys: Option<KeyPacer>,
    pub(crate) latency: HashMap<&'static str, LatencyEstimate>,
    pub(crate) random: fastrand::Rng,
    /// What the gauge shows, so that every move of the circuit is told once.
    published: CircuitState,
}

/// The answer to "may an attempt start now?". All or nothing: only `Go` takes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Go(Option<Ticket>),
    /// The rate limit's turn comes then.
    WaitUntil(Instant),
    /// Too many are under way.
    Full,
    /// The circuit is open until then, or (`None`) until the probe under way has ended.
    Open(Option<Instant>),
}

/// What the end of an attempt says, in the terms of each policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal {
    health: Health,
    load: Load,
}

impl Signal {
    /// An attempt that was dropped.
    pub(crate) const DROPPED: Self = Self { health: Health::Unknown, load: Load::Unknown };

    pub(crate) fn of<T, E>(outcome: &Outcome<T, E>) -> Self {
        match outcome {
            Outcome::Done(_) => Self { health: Health::Healthy, load: Load::Fine },
            Outcome::Fail { health: Health::Healthy, .. } => {
                Self { health: Health::Healthy, load: Load::Fine }
            }
            Outcome::Fail { health, .. } => Self { health: *health, load: Load::Unknown },
            Outcome::Retry { class, .. } => Self {
                health: if class.counts_against_health() {
                    Health::Unhealthy
                } else {
                    Health::Unknown
                },
                load: if class.says_overload() { Load::Overloaded } else { Load::Unknown },
            },
        }
    }
}

impl State {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            breaker: policy.breaker.map(Breaker::new),
            budget: policy.budget.map(Budget::new),
            rate: policy.rate.map(RateLimiter::new),
            concurrency: Concurrency::new(policy.concurrency),
            keys: policy.key_pacing.map(KeyPacer::new),
            latency: HashMap::new(),
            random: policy.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed),
            published: CircuitState::Closed,
        }
    }

    /// Asks all policies, and charges them only if all agree.
    pub(crate) fn admit(&mut self, now: Instant) -> Entry {
        if let Some(Verdict::Refused { retry_at }) =
            self.breaker.as_ref().and_then(|breaker| breaker.refusal(now))
        {
            return Entry::Open(retry_at);
        }
        if !self.concurrency.has_room() {
            return Entry::Full;
        }
        if let Some(at) = self.rate.as_ref().map(|rate| rate.next_at(now))
            && at > now
        {
            return Entry::WaitUntil(at);
        }
        let ticket = match self.breaker.as_mut().map(|breaker| breaker.admit(now)) {
            Some(Verdict::Refused { retry_at }) => return Entry::Open(retry_at),
            Some(Verdict::Pass(ticket)) => Some(ticket),
            None => None,
        };
        if let Some(rate) = &mut self.rate {
            rate.take(now);
        }
        self.concurrency.enter();
        Entry::Go(ticket)
    }

    /// Lets a hedge in only where nothing has to wait for it: a closed circuit, a free place, a
    /// rate that is not used up, and tokens to pay for it.
    pub(crate) fn admit_hedge(&mut self, now: Instant) -> Option<Option<Ticket>> {
        let closed =
            self.breaker.as_ref().is_none_or(|breaker| breaker.state(now) == CircuitState::Closed);
        let on_time = self.rate.as_ref().is_none_or(|rate| rate.next_at(now) <= now);
        if !closed || !on_time || !self.concurrency.has_room() {
            return None;
        }
        if !self.budget.as_mut().is_none_or(Budget::take_hedge) {
            return None;
        }
        match self.admit(now) {
            Entry::Go(ticket) => Some(ticket),
            Entry::WaitUntil(_) | Entry::Full | Entry::Open(_) => None,
        }
    }

    /// Takes back what an attempt held, and lets the policies learn from its end.
    pub(crate) fn settle(
        &mut self,
        ticket: Option<Ticket>,
        signal: Signal,
        started: Instant,
        now: Instant,
    ) {
        self.concurrency.leave(signal.load, started, now);
        if let (Some(breaker), Some(ticket)) = (&mut self.breaker, ticket) {
            match signal.health {
                Health::Healthy => breaker.succeeded(ticket),
                Health::Unhealthy => breaker.failed(ticket, now),
                Health::Unknown => breaker.undecided(ticket),
            }
        }
    }

    pub(crate) fn record_latency(&mut self, operation: &'static str, duration: Duration) {
        if self.latency.len() < OPERATIONS_MAX || self.latency.contains_key(operation) {
            self.latency.entry(operation).or_default().record(duration);
        }
    }

    /// Since when the circuit has not been closed; `now` if it is.
    pub(crate) fn unwell_since(&self, now: Instant) -> Instant {
        self.breaker.as_ref().and_then(Breaker::unwell_since).unwrap_or(now)
    }

    pub(crate) fn circuit(&self, now: Instant) -> CircuitState {
        self.breaker.as_ref().map_or(CircuitState::Closed, |breaker| breaker.state(now))
    }

    /// The circuit's state if it is not the one that was told last.
    pub(crate) fn circuit_moved(&mut self, now: Instant) -> Option<CircuitState> {
        let circuit = self.circuit(now);
        let moved = circuit != self.published;
        self.published = circuit;
        moved.then_some(circuit)
    }
}
