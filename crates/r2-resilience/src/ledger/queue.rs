//! The state behind a lock, and the three places where calls wait for it to change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::state::{Entry, Signal, State};
use crate::{
    CircuitState, Deadline, Hedge, KeyTurn, Outcome, Policy, Ticket, Verdict, WhenOpen, telemetry,
};

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) policy: Policy,
    state: Mutex<State>,
    /// Callers pass one by one and in order; only the one inside waits for `changed`.
    turnstile: tokio::sync::Mutex<()>,
    changed: Notify,
    key_left: Notify,
}

/// How long a call may wait in front of an open circuit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// What is left of it, over all attempts of the call.
    left: Duration,
    deadline: Deadline,
}

impl Patience {
    pub(crate) fn new(policy: &Policy, deadline: Deadline) -> Self {
        let left = match policy.breaker.map(|breaker| breaker.when_open) {
            Some(WhenOpen::Wait { at_most }) => at_most,
            Some(WhenOpen::Fail) | None => Duration::ZERO,
        };
        Self { left, deadline }
    }

    /// How much longer, after `waited` in front of this attempt. Waiting up to the deadline is of
    /// no use.
    fn after(self, waited: Duration, now: Instant) -> Duration {
        let left = self.left.saturating_sub(waited);
        self.deadline.left(now).map_or(left, |time| left.min(time))
    }
}

/// The circuit refused the attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CircuitRefused {
    pub(crate) retry_after: Duration,
}

impl Ledger {
    pub(crate) fn new(policy: Policy) -> Self {
        telemetry::circuit(CircuitState::Closed);
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

    /// Waits until an attempt may start. Dropping it gives up the place in the queue.
    ///
    /// Time in the queue counts against `patience` only while the circuit was not closed: a full
    /// limit is no reason to give up.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        patience: &mut Patience,
    ) -> Result<Permit, CircuitRefused> {
        let asked = now();
        let mut waited = Duration::ZERO;
        let _turn = self.turnstile.lock().await;
        loop {
            let now = now();
            let since = self.state().unwell_since(now).max(asked);
            waited = waited.max(now.saturating_duration_since(since));
            let entry = self.observed(|state| state.admit(now));
            match entry {
                Entry::Go(ticket) => {
                    patience.left = patience.left.saturating_sub(waited);
                    return Ok(self.permit(ticket, now));
                }
                Entry::Full => self.changed.notified().await,
                Entry::WaitUntil(at) => tokio::time::sleep_until(at.into()).await,
                Entry::Open(retry_at) => {
                    let left = patience.after(waited, now);
                    let retry_after = retry_at.map(|at| at.saturating_duration_since(now));
                    let wait = retry_after.unwrap_or(left);
                    if left.is_zero() || wait > left {
                        return Err(CircuitRefused {
                            retry_after: retry_after.unwrap_or_default(),
                        });
                    }
                    tokio::select! {
                        biased;
                        () = self.changed.notified() => {}
                        () = tokio::time::sleep(wait) => {}
                    }
                }
            }
        }
    }

    /// What a call is told whose time ended in the queue, if the circuit kept it there.
    pub(crate) fn refusal(&self) -> Option<CircuitRefused> {
        let now = now();
        let Verdict::Refused { retry_at } = self.state().breaker.as_ref()?.refusal(now)? else {
            return None;
        };
        let retry_after = retry_at.map(|at| at.saturating_duration_since(now));
        Some(CircuitRefused { retry_after: retry_after.unwrap_or_default() })
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

    /// Changes the state, and tells metrics and log what moved.
    fn observed<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let limit_before = state.concurrency.limit();
        let value = change(&mut state);
        let limit = state.concurrency.limit();
        let circuit = state.circuit_moved(now());
        drop(state);
        if let Some(limit) = limit.filter(|_| limit != limit_before) {
            telemetry::concurrency_limit(limit);
        }
        if let Some(circuit) = circuit {
            telemetry::circuit(circuit);
            match circuit {
                CircuitState::Open => tracing::warn!("circuit opened: the server keeps failing"),
                CircuitState::HalfOpen => tracing::info!("circuit half-open: probing"),
                CircuitState::Closed => tracing::info!("circuit closed: the server is well again"),
            }
        }
        value
    }
}

/// The clock of the driver, which tests can pause.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
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
