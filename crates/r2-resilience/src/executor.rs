//! The one async driver: asks the policies, does the waiting, makes the attempts.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::ledger::{CircuitRefused, KeyGuard, Ledger, Patience, Permit, now};
use crate::retry::FailedAttempt;
use crate::{
    Applied, Attempt, AttemptKind, Call, CircuitState, Deadline, Failure, FailureClass, Hedge,
    Outcome, Policy, Report, RetryDecision, RetryState, Safety, Success, telemetry,
};

/// Runs calls under a [`Policy`]. Clones share the ledger: budget, circuit, rate and limits.
///
/// # Cancel safety
///
/// Dropping the future of [`run`](Self::run) drops the attempts under way, gives back every permit
/// and place in a queue, and leaves nothing running. What a dropped attempt did on the other side
/// is unknown.
#[derive(Clone)]
pub struct Executor {
    ledger: Arc<Ledger>,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("policy", &self.ledger.policy).finish_non_exhaustive()
    }
}

impl Executor {
    /// An executor with a new ledger.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { ledger: Arc::new(Ledger::new(policy)) }
    }

    /// The policy it was made with.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.ledger.policy
    }

    /// The state of the circuit, [`CircuitState::Closed`] without a breaker.
    #[must_use]
    pub fn circuit(&self) -> CircuitState {
        self.ledger.circuit()
    }

    /// How many attempts may be under way now, `None` without a limit.
    #[must_use]
    pub fn concurrency_limit(&self) -> Option<u32> {
        self.ledger.state().concurrency.limit()
    }

    /// Attempts under way.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.ledger.state().concurrency.in_flight()
    }

    /// Tokens left for retries and hedges, `None` without a budget.
    #[must_use]
    pub fn budget_left(&self) -> Option<u32> {
        self.ledger.state().budget.as_ref().map(crate::Budget::tokens)
    }

    /// Takes the price of a retry that the caller makes by itself, outside of [`run`](Self::run): a
    /// download that broke and is taken up again. False when the budget is used up.
    #[must_use]
    pub fn take_retry(&self) -> bool {
        let taken = self.ledger.state().budget.as_mut().is_none_or(crate::Budget::take_retry);
        if !taken {
            telemetry::retry_refused("budget");
        }
        taken
    }

    /// Gives the price of such a retry back: it was good for something.
    pub fn retry_succeeded(&self) {
        if let Some(budget) = &mut self.ledger.state().budget {
            budget.retry_succeeded();
        }
    }

    /// Makes attempts until one succeeds, fails for good, or a policy says stop.
    ///
    /// `attempt` is called for each attempt anew, so that it can sign afresh. With a hedge, two of
    /// its futures run side by side inside this one.
    ///
    /// # Errors
    ///
    /// [`Failure`] says which policy ended the call, with the last attempt's error.
    ///
    /// # Cancel safety
    ///
    /// See [`Executor`].
    pub async fn run<T, E, F, Fut>(
        &self,
        call: Call<'_>,
        attempt: F,
    ) -> Result<Success<T>, Failure<E>>
    where
        F: Fn(Attempt) -> Fut,
        Fut: Future<Output = Outcome<T, E>>,
    {
        Run::new(&self.ledger, &call, attempt).drive(&call).await
    }
}

/// One call under way.
struct Run<'a, F, E> {
    ledger: &'a Arc<Ledger>,
    attempt: F,
    operation: &'static str,
    safety: Safety,
    hedge: Hedge,
    attempts_max: u32,
    deadline: Deadline,
    patience: Patience,
    retries: RetryState,
    report: Report,
    last_error: Option<E>,
}

/// Why there is no permit.
enum Refused {
    Deadline,
    Circuit(CircuitRefused),
}

/// What follows a failed attempt.
enum Next {
    After(Duration),
    Failed,
    Deadline,
    BudgetSpent,
}

impl<'a, F, E> Run<'a, F, E> {
    fn new(ledger: &'a Arc<Ledger>, call: &Call<'_>, attempt: F) -> Self {
        let policy = &ledger.policy;
        let now = now();
        let own = match (call.deadline, call.timeout) {
            (None, None) => policy.deadline.map(|timeout| Deadline::within(now, timeout)),
            (at, timeout) => {
                let at = at.map_or(Deadline::NEVER, Deadline::at);
                let within = timeout.map(|timeout| Deadline::within(now, timeout));
                Some(at.earlier(within.unwrap_or(Deadline::NEVER)))
            }
        };
        let deadline = own.unwrap_or(Deadline::NEVER);
        let attempts_max = call.attempts_max.unwrap_or(u32::MAX).min(policy.retry.attempts_max);
        // Two writes to one key at one time are what key pacing is there to prevent.
        let may_hedge = call.safety == Safety::Repeatable && call.write_key.is_none();
        Self {
            ledger,
            attempt,
            operation: call.operation,
            safety: call.safety,
            hedge: if may_hedge { call.hedge.unwrap_or(policy.hedge) } else { Hedge::Off },
            attempts_max,
            deadline,
            patience: Patience::new(policy, deadline),
            retries: RetryState::new(),
            report: Report::default(),
            last_error: None,
        }
    }

    async fn drive<T, Fut>(mut self, call: &Call<'_>) -> Result<Success<T>, Failure<E>>
    where
        F: Fn(Attempt) -> Fut,
        Fut: Future<Output = Outcome<T, E>>,
    {
        let Ok(key) = self.key_turn(call.write_key).await else {
            return Err(self.out_of_time());
        };
        let mut kind = AttemptKind::First;
        loop {
            let permit = match self.admit().await {
                Ok(permit) => permit,
                Err(Refused::Deadline) => return Err(self.out_of_time()),
                Err(Refused::Circuit(refused)) => return Err(self.circuit_open(refused)),
            };
            let Some(outcome) = self.timed_attempt(kind, permit).await else {
                return Err(self.out_of_time());
            };
            let (error, class, after, applied) = match outcome {
                Outcome::Done(value) => {
                    self.succeeded(kind);
                    return Ok(Success { value, report: self.report });
                }
                Outcome::Fail { error, .. } => {
                    return Err(Failure::Failed { error, report: self.report });
                }
                Outcome::Retry { error, class, after, applied } => (error, class, after, applied),
            };
            self.report.applied = self.report.applied.max(applied);
            let paced = key.as_ref().and(self.ledger.policy.key_pacing).map(|keys| keys.interval);
            match self.next(class, after, applied, paced) {
                Next::After(wait) => self.back_off(class, wait).await,
                Next::Failed => return Err(Failure::Failed { error, report: self.report }),
                Next::BudgetSpent => {
                    return Err(Failure::BudgetSpent { error, report: self.report });
                }
                Next::Deadline => {
                    self.last_error = Some(error);
                    return Err(self.out_of_time());
                }
            }
            self.last_error = Some(error);
            kind = AttemptKind::Retry(class);
        }
    }

    async fn key_turn<'k>(&mut self, key: Option<&'k str>) -> Result<Option<KeyGuard<'k>>, ()> {
        let Some(key) = key else { return Ok(None) };
        let started = now();
        let turn = before(self.deadline, self.ledger.key_turn(key)).await;
        self.report.spent.queue += now().duration_since(started);
        turn.ok_or(())
    }

    async fn admit(&mut self) -> Result<Permit, Refused> {
        let started = now();
        let admitted = before(self.deadline, self.ledger.admit(&mut self.patience)).await;
        self.report.spent.queue += now().duration_since(started);
        match admitted {
            // the reason for the wait says more than its end
            None => Err(self.ledger.refusal().map_or(Refused::Deadline, Refused::Circuit)),
            Some(Err(refused)) => Err(Refused::Circuit(refused)),
            Some(Ok(permit)) => Ok(permit),
        }
    }

    /// `None` if the deadline passed while the attempt was under way.
    async fn timed_attempt<T, Fut>(
        &mut self,
        kind: AttemptKind,
        permit: Permit,
    ) -> Option<Outcome<T, E>>
    where
        F: Fn(Attempt) -> Fut,
        Fut: Future<Output = Outcome<T, E>>,
    {
        let started = now();
        let outcome = before(self.deadline, self.raced_attempt(kind, permit)).await;
        self.report.spent.attempts += now().duration_since(started);
        if outcome.is_none() {
            self.report.applied = Applied::Maybe;
        }
        outcome
    }

    async fn raced_attempt<T, Fut>(
        &mut self,
        kind: AttemptKind,
        mut permit: Permit,
    ) -> Outcome<T, E>
    where
        F: Fn(Attempt) -> Fut,
        Fut: Future<Output = Outcome<T, E>>,
    {
        permit.learn_latency_of = (self.hedge != Hedge::Off).then_some(self.operation);
        let delay = self.ledger.hedge_delay(self.hedge, self.operation);
        let first = pin!(settled(self.start(kind), permit));
        let Some(delay) = delay.filter(|_| self.report.attempts < self.attempts_max) else {
            return first.await;
        };
        let first = match select(first, pin!(tokio::time::sleep(delay))).await {
            Either::Left((outcome, _)) => return outcome,
            Either::Right(((), first)) => first,
        };
        let Some(mut permit) = self.ledger.admit_hedge() else {
            telemetry::hedged("refused");
            return first.await;
        };
        permit.learn_latency_of = Some(self.operation);
        telemetry::hedged("sent");
        self.report.hedges += 1;
        let second = pin!(settled(self.start(AttemptKind::Hedge), permit));
        let raced = select(first, second).await;
        if matches!(raced, Either::Right((Outcome::Done(_), _))) {
            telemetry::hedged("won");
        }
        match raced {
            Either::Left((Outcome::Retry { applied, .. }, second)) => {
                self.report.applied = self.report.applied.max(applied);
                second.await
            }
            Either::Right((Outcome::Retry { applied, .. }, first)) => {
                self.report.applied = self.report.applied.max(applied);
                first.await
            }
            Either::Left((outcome, _)) | Either::Right((outcome, _)) => {
                // The other one is dropped here, and nobody will know how it ended.
                self.report.applied = Applied::Maybe;
                outcome
            }
        }
    }

    /// Starts an attempt. The future does nothing before it is polled.
    fn start<T, Fut>(&mut self, kind: AttemptKind) -> Fut
    where
        F: Fn(Attempt) -> Fut,
        Fut: Future<Output = Outcome<T, E>>,
    {
        self.report.attempts += 1;
        (self.attempt)(Attempt {
            number: self.report.attempts,
            kind,
            deadline: self.deadline.instant(),
        })
    }

    /// Asks the table, then the deadline, then the budget: the one that is charged comes last.
    fn next(
        &mut self,
        class: FailureClass,
        after: Option<Duration>,
        applied: Applied,
        paced: Option<Duration>,
    ) -> Next {
        let attempts = self.report.attempts;
        if attempts >= self.attempts_max {
            return Next::Failed;
        }
        let failed = FailedAttempt { class, after, applied, attempts };
        let mut state = self.ledger.state();
        let decision = self.ledger.policy.retry.decide(
            &mut self.retries,
            self.safety,
            failed,
            &mut state.random,
        );
        let RetryDecision::After(wait) = decision else { return Next::Failed };
        let wait = wait.max(paced.unwrap_or_default());
        if !self.deadline.allows(now(), wait) {
            return Next::Deadline;
        }
        if !state.budget.as_mut().is_none_or(crate::Budget::take_retry) {
            drop(state);
            telemetry::retry_refused("budget");
            return Next::BudgetSpent;
        }
        Next::After(wait)
    }

    async fn back_off(&mut self, class: FailureClass, wait: Duration) {
        telemetry::retried(class);
        tracing::debug!(
            operation = self.operation,
            attempt = self.report.attempts,
            reason = class.as_str(),
            wait_ms = wait.as_millis(),
            "attempt failed, trying again"
        );
        let started = now();
        tokio::time::sleep(wait).await;
        self.report.spent.backoff += now().duration_since(started);
    }

    fn succeeded(&self, kind: AttemptKind) {
        let mut state = self.ledger.state();
        if let Some(budget) = &mut state.budget {
            match kind {
                AttemptKind::Retry(_) => budget.retry_succeeded(),
                AttemptKind::First | AttemptKind::Hedge => budget.first_try_succeeded(),
            }
        }
    }

    fn out_of_time(self) -> Failure<E> {
        Failure::Deadline { last_error: self.last_error, report: self.report }
    }

    fn circuit_open(self, refused: CircuitRefused) -> Failure<E> {
        Failure::CircuitOpen {
            retry_after: refused.retry_after,
            last_error: self.last_error,
            report: self.report,
        }
    }
}

/// Runs an attempt and tells the ledger how it ended.
async fn settled<T, E>(
    attempt: impl Future<Output = Outcome<T, E>>,
    permit: Permit,
) -> Outcome<T, E> {
    let outcome = attempt.await;
    permit.settle(&outcome);
    outcome
}

/// The future's value, or `None` when the deadline comes first.
async fn before<T>(deadline: Deadline, future: impl Future<Output = T>) -> Option<T> {
    match deadline.instant() {
        None => Some(future.await),
        Some(at) => tokio::time::timeout_at(at.into(), future).await.ok(),
    }
}
