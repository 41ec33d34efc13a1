//! The retry table, row by row.

use proptest::prelude::*;
use r2_resilience::{
    Applied, Backoff, FailedAttempt, FailureClass, GiveUp, Jitter, RetryDecision, RetryPolicy,
    RetryState, Safety,
};
use std::time::Duration;

use crate::ms;

const CLASSES: [FailureClass; 7] = [
    FailureClass::Throttled,
    FailureClass::Server,
    FailureClass::Edge,
    FailureClass::Timeout,
    FailureClass::Reset,
    FailureClass::Connect,
    FailureClass::Skew,
];

fn failed(class: FailureClass, attempts: u32) -> FailedAttempt {
    FailedAttempt { class, after: None, applied: Applied::No, attempts }
}

/// The waits of a call that fails with `class` for ever.
fn waits(policy: &RetryPolicy, class: FailureClass) -> Vec<u64> {
    let (mut state, mut random) = (RetryState::new(), fastrand::Rng::with_seed(1));
    let mut waits = Vec::new();
    for attempts in 1.. {
        match policy.decide(&mut state, Safety::Repeatable, failed(class, attempts), &mut random) {
            RetryDecision::After(wait) => {
                waits.push(u64::try_from(wait.as_millis()).unwrap());
            }
            RetryDecision::GiveUp(GiveUp::Exhausted) => break,
            RetryDecision::GiveUp(why) => panic!("unexpected {why:?}"),
        }
    }
    waits
}

#[test]
fn each_class_has_its_row() {
    let policy = RetryPolicy::new().jitter(Jitter::None);
    let table: [(FailureClass, &[u64]); 7] = [
        (FailureClass::Throttled, &[1_000, 2_000, 4_000, 8_000, 16_000]),
        (FailureClass::Server, &[1_000, 2_000, 4_000]),
        (FailureClass::Edge, &[1_000, 2_000, 4_000]),
        (FailureClass::Timeout, &[500, 1_000, 2_000]),
        (FailureClass::Reset, &[500, 1_000, 2_000]),
        (FailureClass::Connect, &[500, 1_000, 2_000]),
        (FailureClass::Skew, &[0]),
    ];
    for (class, expected) in table {
        assert_eq!(waits(&policy, class), expected, "{class:?}");
    }
}

#[test]
fn waits_stop_growing_at_the_rows_maximum() {
    let row = Backoff::new(8, ms(1_000), ms(5_000));
    let policy = RetryPolicy::new().with_row(FailureClass::Server, row).jitter(Jitter::None);
    let expected = [1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000];
    assert_eq!(waits(&policy, FailureClass::Server), expected);
}

#[test]
fn classes_are_counted_apart_and_bounded_together() {
    let policy = RetryPolicy::new().attempts_max(6);
    let (mut state, mut random) = (RetryState::new(), fastrand::Rng::with_seed(1));
    let mut decide = |class, attempts| {
        policy.decide(&mut state, Safety::Repeatable, failed(class, attempts), &mut random)
    };
    for attempts in 1..=3 {
        assert!(matches!(decide(FailureClass::Reset, attempts), RetryDecision::After(_)));
    }
    for attempts in 4..=5 {
        assert!(matches!(decide(FailureClass::Server, attempts), RetryDecision::After(_)));
    }
    let exhausted = RetryDecision::GiveUp(GiveUp::Exhausted);
    assert_eq!(decide(FailureClass::Server, 6), exhausted);
}

#[test]
fn what_may_have_been_applied_is_repeated_only_where_that_is_harmless() {
    let policy = RetryPolicy::new();
    let decide = |safety, applied| {
        let failed = FailedAttempt { applied, ..failed(FailureClass::Reset, 1) };
        policy.decide(&mut RetryState::new(), safety, failed, &mut fastrand::Rng::with_seed(1))
    };
    let again = |decision| matches!(decision, RetryDecision::After(_));
    assert!(again(decide(Safety::Repeatable, Applied::No)));
    assert!(again(decide(Safety::Repeatable, Applied::Maybe)));
    assert!(again(decide(Safety::IfNotApplied, Applied::No)));
    let refused = RetryDecision::GiveUp(GiveUp::MayHaveApplied);
    assert_eq!(decide(Safety::IfNotApplied, Applied::Maybe), refused);
}

#[test]
fn the_servers_own_figure_is_kept_within_the_row() {
    let policy = RetryPolicy::new();
    // (asked for, least wait, longest wait)
    let table = [
        (ms(0), ms(1_000), ms(1_000)),
        (ms(4_000), ms(4_000), ms(4_500)),
        (ms(30_000), ms(30_000), ms(30_000)),
        (Duration::from_secs(86_400), ms(30_000), ms(30_000)),
        (Duration::MAX, ms(30_000), ms(30_000)),
    ];
    for (asked, least, longest) in table {
        for seed in 0..50 {
            let mut random = fastrand::Rng::with_seed(seed);
            let failed = FailedAttempt { after: Some(asked), ..failed(FailureClass::Throttled, 1) };
            let decision =
                policy.decide(&mut RetryState::new(), Safety::Repeatable, failed, &mut random);
            let RetryDecision::After(wait) = decision else { panic!("{decision:?}") };
            assert!((least..=longest).contains(&wait), "asked {asked:?}, waits {wait:?}");
        }
    }
}

#[test]
fn none_means_no_retry() {
    for class in CLASSES {
        assert!(waits(&RetryPolicy::none(), class).is_empty(), "{class:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_waits() {
    let policy = RetryPolicy::new();
    assert_eq!(waits(&policy, FailureClass::Server), waits(&policy, FailureClass::Server));
}

proptest! {
    #[test]
    fn waits_stay_within_the_row(
        seed: u64,
        events in prop::collection::vec((0_usize..7, prop::option::of(0_u64..100_000)), 1..40),
        full: bool,
    ) {
        let jitter = if full { Jitter::Full } else { Jitter::Decorrelated };
        let policy = RetryPolicy::new().jitter(jitter).attempts_max(u32::MAX);
        let (mut state, mut random) = (RetryState::new(), fastrand::Rng::with_seed(seed));
        let mut used = [0_u32; 7];
        for (attempts, (class, after)) in (1..).zip(events) {
            let row = policy.row(CLASSES[class]);
            let event = FailedAttempt {
                after: after.map(ms),
                ..failed(CLASSES[class], attempts)
            };
            match policy.decide(&mut state, Safety::Repeatable, event, &mut random) {
                RetryDecision::After(wait) => {
                    used[class] += 1;
                    prop_assert!(wait <= row.max);
                    prop_assert!(full || wait >= row.first);
                }
                RetryDecision::GiveUp(why) => {
                    prop_assert_eq!(why, GiveUp::Exhausted);
                    prop_assert_eq!(used[class], row.retries);
                }
            }
        }
    }
}
