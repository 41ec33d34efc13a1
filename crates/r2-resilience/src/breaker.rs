//! The circuit breaker: stop sending to a server that fails every time.

use std::time::{Duration, Instant};

use crate::deadline::later;

/// What a call does that meets an open circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenOpen {
    /// It fails at once: right for a service whose callers wait.
    #[default]
    Fail,
    /// It waits for the circuit to close: right for a batch that would rather be late than
    /// incomplete.
    Wait {
        /// The longest wait of one call, over all its attempts, counted while the circuit is not
        /// closed. To live through one open period, it must be longer than that. A call whose
        /// deadline comes before the next probe does not wait at all.
        at_most: Duration,
    },
}

/// The options of a [`Breaker`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BreakerPolicy {
    /// Failures in a row that open the circuit. Default: 5.
    pub failures: u32,
    /// How long it stays open before a probe is let through. Default: 30 s.
    pub open_for: Duration,
    /// Successful probes in a row that close it. Default: 3.
    pub successes: u32,
    /// What a call does that meets an open circuit. Default: [`WhenOpen::Fail`].
    pub when_open: WhenOpen,
}

impl BreakerPolicy {
    /// The defaults above.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            failures: 5,
            open_for: Duration::from_secs(30),
            successes: 3,
            when_open: WhenOpen::Fail,
        }
    }

    /// Sets how many failures in a row open the circuit; 0 is taken as 1.
    #[must_use]
    pub const fn failures(mut self, failures: u32) -> Self {
        self.failures = if failures == 0 { 1 } else { failures };
        self
    }

    /// Sets how long the circuit stays open.
    #[must_use]
    pub const fn open_for(mut self, open_for: Duration) -> Self {
        self.open_for = open_for;
        self
    }

    /// Sets how many successful probes close the circuit; 0 is taken as 1.
    #[must_use]
    pub const fn successes(mut self, successes: u32) -> Self {
        self.successes = if successes == 0 { 1 } else { successes };
        self
    }

    /// Sets what a call does that meets an open circuit.
    #[must_use]
    pub const fn when_open(mut self, when_open: WhenOpen) -> Self {
        self.when_open = when_open;
        self
    }
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a circuit, as the gauge `r2_circuit_state` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three states of a circuit breaker")]
pub enum CircuitState {
    /// Attempts pass. Gauge: 0.
    Closed,
    /// One probe at a time passes. Gauge: 1.
    HalfOpen,
    /// Nothing passes. Gauge: 2.
    Open,
}

/// Leave to make one attempt. Its end must be told to the breaker that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    epoch: u64,
    probe: bool,
}

impl Ticket {
    /// Is the attempt a probe of a half-open circuit?
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.probe
    }
}

/// The breaker's answer to "may I send?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum Verdict {
    /// Go on, and tell how it ended.
    Pass(Ticket),
    /// No. `retry_at` is when the next probe may pass; `None` while one is under way.
    Refused {
        /// When to ask again.
        retry_at: Option<Instant>,
    },
}

/// Counts failures in a row and decides whether to send at all.
///
/// The end of an attempt counts only in the period in which it began: answers that come in late,
/// after the circuit has opened or closed, change nothing.
///
/// ```
/// use r2_resilience::{Breaker, BreakerPolicy, CircuitState, Verdict};
/// # let now = tokio::time::Instant::now().into_std();
///
/// let mut breaker = Breaker::new(BreakerPolicy::new().failures(1));
/// let Verdict::Pass(ticket) = breaker.admit(now) else { unreachable!() };
/// breaker.failed(ticket, now);
/// assert_eq!(breaker.state(now), CircuitState::Open);
/// let retry_at = Some(now + BreakerPolicy::new().open_for);
/// assert_eq!(breaker.admit(now), Verdict::Refused { retry_at });
/// ```
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    phase: Phase,
    epoch: u64,
    unwell_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen { successes: u32, probing: bool },
}

impl Breaker {
    /// A closed circuit.
    #[must_use]
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, phase: Phase::Closed { failures: 0 }, epoch: 0, unwell_since: None }
    }

    /// The state at `now`: an open circuit whose time is over is half-open.
    #[must_use]
    pub fn state(&self, now: Instant) -> CircuitState {
        match self.phase {
            Phase::Closed { .. } => CircuitState::Closed,
            Phase::Open { until } if now < until => CircuitState::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => CircuitState::HalfOpen,
        }
    }

    /// Since when the circuit has not been closed, `None` if it is.
    #[must_use]
    pub fn unwell_since(&self) -> Option<Instant> {
        self.unwell_since
    }

    /// What [`admit`](Self::admit) would refuse with, without taking the probe's place.
    #[must_use]
    pub fn refusal(&self, now: Instant) -> Option<Verdict> {
        match self.phase {
            Phase::Open { until } if now < until => {
                Some(Verdict::Refused { retry_at: Some(until) })
            }
            Phase::HalfOpen { probing: true, .. } => Some(Verdict::Refused { retry_at: None }),
            Phase::Closed { .. } | Phase::Open { .. } | Phase::HalfOpen { .. } => None,
        }
    }

    /// Asks for leave to make one attempt.
    pub fn admit(&mut self, now: Instant) -> Verdict {
        if let Some(refused) = self.refusal(now) {
            return refused;
        }
        if let Phase::Open { .. } = self.phase {
            self.enter(Phase::HalfOpen { successes: 0, probing: false });
        }
        let probe = match &mut self.phase {
            Phase::HalfOpen { probing, .. } => {
                *probing = true;
                true
            }
            Phase::Closed { .. } | Phase::Open { .. } => false,
        };
        Verdict::Pass(Ticket { epoch: self.epoch, probe })
    }

    /// The attempt worked, or failed in a way that shows a healthy server.
    pub fn succeeded(&mut self, ticket: Ticket) {
        if ticket.epoch != self.epoch {
            return;
        }
        match &mut self.phase {
            Phase::Closed { failures } => *failures = 0,
            Phase::HalfOpen { successes, probing } => {
                *probing = false;
                *successes += 1;
                if *successes >= self.policy.successes {
                    self.unwell_since = None;
                    self.enter(Phase::Closed { failures: 0 });
                }
            }
            Phase::Open { .. } => {}
        }
    }

    /// The attempt failed in a way that shows an unwell server.
    pub fn failed(&mut self, ticket: Ticket, now: Instant) {
        if ticket.epoch != self.epoch {
            return;
        }
        let opens = match &mut self.phase {
            Phase::Closed { failures } => {
                *failures += 1;
                *failures >= self.policy.failures
            }
            Phase::HalfOpen { .. } => true,
            Phase::Open { .. } => false,
        };
        if opens {
            self.unwell_since.get_or_insert(now);
            self.enter(Phase::Open { until: later(now, self.policy.open_for) });
        }
    }

    /// The attempt said nothing about the server, or was dropped.
    pub fn undecided(&mut self, ticket: Ticket) {
        if ticket.epoch == self.epoch
            && let Phase::HalfOpen { probing, .. } = &mut self.phase
        {
            *probing = false;
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch += 1;
    }
}
