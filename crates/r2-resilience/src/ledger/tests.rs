//! The ledger's all-or-nothing answers: one event, one answer, nothing taken by a refusal.

use std::time::{Duration, Instant};

use super::queue::now;
use super::state::{Entry, Signal, State};
use crate::{
    Applied, BreakerPolicy, BudgetPolicy, ConcurrencyPolicy, FailureClass, Outcome, Policy,
    RatePolicy, Ticket,
};

fn go(state: &mut State, now: Instant) -> Option<Ticket> {
    match state.admit(now) {
        Entry::Go(ticket) => ticket,
        refused => panic!("{refused:?}"),
    }
}

fn failed() -> Signal {
    Signal::of(&Outcome::<(), ()>::Retry {
        error: (),
        class: FailureClass::Connect,
        after: None,
        applied: Applied::No,
    })
}

#[test]
fn a_refusal_by_one_policy_charges_none() {
    let now = now();
    let second = Duration::from_secs(1);
    let policy = Policy::new()
        .concurrency(ConcurrencyPolicy::Fixed(1))
        .rate(RatePolicy::new(1.0).burst(2))
        .breaker(BreakerPolicy::new().failures(1));
    let mut state = State::new(&policy);
    let first = go(&mut state, now);
    for _ in 0..3 {
        assert_eq!(state.admit(now), Entry::Full, "and takes no token of the rate");
    }
    state.settle(first, Signal::DROPPED, now, now);
    let second_ticket = go(&mut state, now);
    state.settle(second_ticket, Signal::DROPPED, now, now);
    assert_eq!(state.admit(now), Entry::WaitUntil(now + second), "and takes no place");
    assert_eq!(state.concurrency.in_flight(), 0);

    let later = now + second;
    let third = go(&mut state, later);
    state.settle(third, failed(), later, later);
    let until = later + BreakerPolicy::new().open_for;
    assert_eq!(state.admit(later), Entry::Open(Some(until)));
    let probe = go(&mut state, until);
    assert!(probe.is_some_and(|ticket| ticket.is_probe()));
    assert_eq!(state.admit(until), Entry::Open(None), "before it looks at the full limit");
    state.settle(probe, Signal::DROPPED, until, until);
    assert!(go(&mut state, until).is_some_and(|ticket| ticket.is_probe()));
}

#[test]
fn a_hedge_is_charged_only_when_it_may_go_at_once() {
    let now = now();
    let policy = Policy::new()
        .concurrency(ConcurrencyPolicy::Fixed(2))
        .rate(RatePolicy::new(1.0).burst(3))
        .budget(BudgetPolicy::new().capacity(5).hedge_cost(5));
    let mut state = State::new(&policy);
    let (first, second) = (go(&mut state, now), go(&mut state, now));
    assert!(state.admit_hedge(now).is_none(), "no free place");
    state.settle(first, Signal::DROPPED, now, now);
    assert!(state.admit_hedge(now).is_some());
    state.settle(second, Signal::DROPPED, now, now);
    assert!(state.admit_hedge(now + Duration::from_secs(9)).is_none(), "no tokens left");

    let mut state = State::new(&policy.rate(RatePolicy::new(1.0).burst(1)));
    go(&mut state, now);
    assert!(state.admit_hedge(now).is_none(), "the rate's turn has not come");
    assert_eq!(state.budget.as_ref().map(crate::Budget::tokens), Some(5), "and nothing was paid");
}

#[test]
fn the_circuits_moves_are_told_once() {
    use crate::CircuitState::{Closed, HalfOpen, Open};
    let now = now();
    let policy = Policy::new().breaker(BreakerPolicy::new().failures(1).successes(1));
    let mut state = State::new(&policy);
    let ticket = go(&mut state, now);
    assert_eq!(state.circuit_moved(now), None);
    state.settle(ticket, failed(), now, now);
    assert_eq!((state.circuit_moved(now), state.circuit_moved(now)), (Some(Open), None));
    let later = now + Duration::from_secs(30);
    let ticket = go(&mut state, later);
    assert_eq!((state.circuit_moved(later), state.circuit_moved(later)), (Some(HalfOpen), None));
    state.settle(ticket, Signal::of(&Outcome::<(), ()>::Done(())), later, later);
    assert_eq!(state.circuit_moved(later), Some(Closed));
}
