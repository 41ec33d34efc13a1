//! The circuit breaker as a table of events.

use proptest::prelude::*;
use r2_resilience::{Breaker, BreakerPolicy, CircuitState, Ticket, Verdict};
use std::time::Duration;

use crate::start;

/// What happens at a second of the table.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// An attempt is let in and works at once.
    Works,
    /// An attempt is let in and fails at once.
    Fails,
    /// An attempt is let in and dropped.
    Dropped,
    /// An attempt is let in and stays under way.
    Stays,
    /// The attempt that stayed works.
    StayedWorks,
    /// The attempt that stayed fails.
    StayedFails,
    /// An attempt is refused, and may come back at that second (or when the probe ends).
    Refused(Option<u64>),
}

fn check(table: &[(u64, Event, CircuitState)]) {
    use Event::{Dropped, Fails, Refused, StayedFails, StayedWorks, Stays, Works};
    let start = start();
    let mut breaker = Breaker::new(BreakerPolicy::new());
    let mut stayed: Option<Ticket> = None;
    for (row, (second, event, state)) in table.iter().enumerate() {
        let now = start + Duration::from_secs(*second);
        match event {
            Works | Fails | Dropped | Stays => {
                let Verdict::Pass(ticket) = breaker.admit(now) else {
                    panic!("row {row}: refused");
                };
                match event {
                    Works => breaker.succeeded(ticket),
                    Fails => breaker.failed(ticket, now),
                    Dropped => breaker.undecided(ticket),
                    _ => stayed = Some(ticket),
                }
            }
            StayedWorks => breaker.succeeded(stayed.take().unwrap()),
            StayedFails => breaker.failed(stayed.take().unwrap(), now),
            Refused(at) => {
                let retry_at = at.map(|at| start + Duration::from_secs(at));
                assert_eq!(breaker.admit(now), Verdict::Refused { retry_at }, "row {row}");
            }
        }
        assert_eq!(breaker.state(now), *state, "row {row}");
    }
}

use CircuitState::{Closed, HalfOpen, Open};
use Event::{Dropped, Fails, Refused, StayedFails, StayedWorks, Stays, Works};

#[test]
fn five_failures_in_a_row_open_it() {
    check(&[
        (0, Fails, Closed),
        (0, Fails, Closed),
        (0, Fails, Closed),
        (0, Fails, Closed),
        (0, Works, Closed), // the row is broken
        (1, Fails, Closed),
        (1, Dropped, Closed), // says nothing
        (1, Fails, Closed),
        (1, Fails, Closed),
        (1, Fails, Closed),
        (2, Fails, Open),
        (2, Refused(Some(32)), Open),
        (31, Refused(Some(32)), Open),
    ]);
}

const OPENED: [(u64, Event, CircuitState); 5] = [
    (0, Fails, Closed),
    (0, Fails, Closed),
    (0, Fails, Closed),
    (0, Fails, Closed),
    (0, Fails, Open),
];

fn after_opening(rest: &[(u64, Event, CircuitState)]) {
    check(&[&OPENED[..], rest].concat());
}

#[test]
fn three_probes_one_at_a_time_close_it() {
    after_opening(&[
        (30, Stays, HalfOpen),
        (30, Refused(None), HalfOpen),
        (31, StayedWorks, HalfOpen),
        (31, Works, HalfOpen),
        (31, Works, Closed),
        (31, Works, Closed),
    ]);
}

#[test]
fn a_failed_probe_opens_it_again_for_the_whole_time() {
    after_opening(&[
        (40, Works, HalfOpen),
        (41, Fails, Open),
        (70, Refused(Some(71)), Open),
        (71, Works, HalfOpen),
    ]);
}

#[test]
fn a_dropped_probe_makes_room_for_the_next() {
    after_opening(&[(30, Dropped, HalfOpen), (30, Works, HalfOpen)]);
}

#[test]
fn late_answers_change_nothing() {
    // Sent before the circuit opened, answered afterwards.
    let mut table = vec![(0, Stays, Closed)];
    table.extend(OPENED);
    let mut fails = table.clone();
    table.extend([(1, StayedWorks, Open), (2, Refused(Some(30)), Open)]);
    check(&table);
    fails.extend([(30, Works, HalfOpen), (30, StayedFails, HalfOpen), (30, Works, HalfOpen)]);
    check(&fails);
}

proptest! {
    #[test]
    fn never_lets_anything_pass_while_open_and_never_two_probes(
        steps in prop::collection::vec((0_u64..20, 0_usize..4), 1..200),
    ) {
        let policy = BreakerPolicy::new();
        let mut breaker = Breaker::new(policy);
        let mut now = start();
        let mut opened_at = None;
        let mut under_way = Vec::new();
        for (seconds, event) in steps {
            now += Duration::from_secs(seconds);
            let before = breaker.state(now);
            match event {
                0 | 1 => {
                    let verdict = breaker.admit(now);
                    if let Some(at) = opened_at
                        && now < at + policy.open_for
                    {
                        let refused = matches!(verdict, Verdict::Refused { .. });
                        prop_assert!(refused);
                    }
                    if let Verdict::Pass(ticket) = verdict {
                        under_way.push(ticket);
                    }
                }
                2 if !under_way.is_empty() => breaker.succeeded(under_way.remove(0)),
                3 if !under_way.is_empty() => breaker.failed(under_way.remove(0), now),
                _ => {}
            }
            let after = breaker.state(now);
            if before != Open && after == Open {
                opened_at = Some(now);
            }
            if after == Closed {
                opened_at = None;
            }
            // Tickets of the half-open phase under way: at most one can still move it.
            if after == HalfOpen && before == HalfOpen {
                let mut copy = breaker.clone();
                let passes = std::iter::repeat_with(|| copy.admit(now))
                    .take(3)
                    .filter(|verdict| matches!(verdict, Verdict::Pass(_)))
                    .count();
                prop_assert!(passes <= 1);
            }
        }
    }
}
