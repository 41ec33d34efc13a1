//! What all calls of a client share: one account for retries, hedges and limits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::Instant as Timer;

use crate::breaker::{Ticket, Verdict};
use crate::concurrency::Load;
use crate::{
    Breaker, Budget, CircuitState, Concurrency, Health, Hedge, KeyPacer, KeyTurn, LatencyEstimate,
    Outcome, Policy, RateLimiter, WhenOpen, telemetry,
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

    fn record_latency(&mut self, operation: &'static str, duration: Duration) {
        if self.latency.len() < OPERATIONS_MAX || self.latency.contains_key(operation) {
            self.latency.entry(operation).or_default().record(duration);
        }
    }

    fn circuit(&self, now: Instant) -> CircuitState {
        self.breaker.as_ref().map_or(CircuitState::Closed, |breaker| breaker.state(now))
    }
}

/// The state behind a lock, and the three places where calls wait for it to change.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) policy: Policy,
    state: Mutex<State>,
    /// Callers pass one by one and in order; only the one inside waits for `changed`.
    turnstile: tokio::sync::Mutex<()>,
    changed: Notify,
    key_left: Notify,
}

/// The circuit refused the attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CircuitRefused {
    pub(crate) retry_after: Duration,
}

impl Ledger {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            state: Mutex::new(State::new(&policy)),
            policy,
            turnstile: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            key_left: Notify::new(),
        }
    }

    /// The lock is held for a few arithmetic operations and never across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn circuit(&self) -> CircuitState {
        self.state().circuit(now())
    }

    /// How long a call may wait for an open circuit.
    pub(crate) fn patience(&self) -> Duration {
        match self.policy.breaker.map(|breaker| breaker.when_open) {
            Some(WhenOpen::Wait { at_most }) => at_most,
            Some(WhenOpen::Fail) | None => Duration::ZERO,
        }
    }

    /// Waits until an attempt may start. Dropping it gives up the place in the queue.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        patience: &mut Duration,
    ) -> Result<Permit, CircuitRefused> {
        let _turn = self.turnstile.lock().await;
        loop {
            let now = now();
            let entry = self.observed(|state| state.admit(now));
            match entry {
                Entry::Go(ticket) => return Ok(self.permit(ticket, now)),
                Entry::Full => self.changed.notified().await,
                Entry::WaitUntil(at) => tokio::time::sleep_until(at.into()).await,
                Entry::Open(retry_at) => {
                    let retry_after = retry_at.map(|at| at.saturating_duration_since(now));
                    let wait = retry_after.unwrap_or(*patience);
                    if patience.is_zero() || wait > *patience {
                        let retry_after = retry_after.unwrap_or_default();
                        return Err(CircuitRefused { retry_after });
                    }
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.changed.notified() => {}
                    }
                    *patience = patience.saturating_sub(self::now().duration_since(now));
                }
            }
        }
    }

    /// A permit for a hedge, if one is to be had at once.
    pub(crate) fn admit_hedge(self: &Arc<Self>) -> Option<Permit> {
        let now = now();
        let ticket = self.observed(|state| state.admit_hedge(now))?;
        Some(self.permit(ticket, now))
    }

    /// Waits for the turn to write `key`. Dropping it gives up the turn.
    pub(crate) async fn key_turn<'a>(self: &Arc<Self>, key: &'a str) -> Option<KeyGuard<'a>> {
        loop {
            let left = self.key_left.notified();
            let mut left = std::pin::pin!(left);
            // Registered before the question, so that a key left in between is not missed.
            left.as_mut().enable();
            let turn = self.state().keys.as_mut()?.enter(key, now());
            match turn {
                KeyTurn::Go => return Some(KeyGuard { ledger: Arc::clone(self), key }),
                KeyTurn::Untracked => return None,
                KeyTurn::WaitUntil(at) => tokio::time::sleep_until(at.into()).await,
                KeyTurn::Busy => left.await,
            }
        }
    }

    /// How long `hedge` waits for the first attempt of this operation.
    pub(crate) fn hedge_delay(&self, hedge: Hedge, operation: &'static str) -> Option<Duration> {
        match hedge {
            Hedge::Off | Hedge::After(_) => hedge.delay(None),
            Hedge::AfterP95 { .. } => hedge.delay(self.state().latency.get(operation)),
        }
    }

    fn permit(self: &Arc<Self>, ticket: Option<Ticket>, now: Instant) -> Permit {
        Permit {
            ledger: Arc::clone(self),
            ticket,
            started: now,
            signal: Signal::DROPPED,
            learn_latency_of: None,
        }
    }

    /// Changes the state, and tells metrics and log when the circuit moved.
    fn observed<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let now = now();
        let mut state = self.state();
        let before = state.circuit(now);
        let limit_before = state.concurrency.limit();
        let value = change(&mut state);
        let after = state.circuit(now);
        let limit = state.concurrency.limit();
        drop(state);
        if before != after {
            telemetry::circuit(after);
            match after {
                CircuitState::Open => tracing::warn!("circuit opened: the server keeps failing"),
                CircuitState::HalfOpen => tracing::info!("circuit half-open: probing"),
                CircuitState::Closed => tracing::info!("circuit closed: the server is well again"),
            }
        }
        if let Some(limit) = limit.filter(|_| limit != limit_before) {
            telemetry::concurrency_limit(limit);
        }
        value
    }
}

/// The clock of the driver, which tests can pause.
pub(crate) fn now() -> Instant {
    Timer::now().into_std()
}

/// The right to one attempt. Dropped before the attempt has ended, it counts as neither success
/// nor failure.
#[derive(Debug)]
pub(crate) struct Permit {
    ledger: Arc<Ledger>,
    ticket: Option<Ticket>,
    started: Instant,
    signal: Signal,
    pub(crate) learn_latency_of: Option<&'static str>,
}

impl Permit {
    /// The attempt has ended.
    pub(crate) fn settle<T, E>(mut self, outcome: &Outcome<T, E>) {
        self.signal = Signal::of(outcome);
        if !matches!(outcome, Outcome::Done(_)) {
            self.learn_latency_of = None;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = now();
        self.ledger.observed(|state| {
            state.settle(self.ticket, self.signal, self.started, now);
            // A loser of a race counts with the time it had run: leaving it out would make the
            // operation look faster the more of it is hedged.
            if let Some(operation) = self.learn_latency_of {
                state.record_latency(operation, now.duration_since(self.started));
            }
        });
        self.ledger.changed.notify_one();
    }
}

/// The turn to write a key.
#[derive(Debug)]
pub(crate) struct KeyGuard<'a> {
    ledger: Arc<Ledger>,
    key: &'a str,
}

impl Drop for KeyGuard<'_> {
    fn drop(&mut self) {
        if let Some(keys) = &mut self.ledger.state().keys {
            keys.leave(self.key, now());
        }
        self.ledger.key_left.notify_waiters();
    }
}
