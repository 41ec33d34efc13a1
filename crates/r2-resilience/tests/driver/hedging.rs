//! A second attempt beside a slow one.

use r2_resilience::{
    Applied, AttemptKind, BudgetPolicy, Call, ConcurrencyPolicy, Executor, FailureClass, Hedge,
    Policy, Safety,
};
use tokio::time::Instant;

use crate::{TestOutcome, elapsed_ms, ms, read, retry};

fn policy() -> Policy {
    Policy::new().hedge(Hedge::After(ms(100)))
}

/// The first attempt takes `first`, a hedge takes `hedge` milliseconds.
async fn race(executor: &Executor, call: Call<'_>, first: u64, hedge: u64) -> (u32, u64, u32) {
    let start = Instant::now();
    let success = executor
        .run(call, |attempt| async move {
            let takes = if attempt.kind == AttemptKind::Hedge { hedge } else { first };
            tokio::time::sleep(ms(takes)).await;
            TestOutcome::Done(attempt.number)
        })
        .await
        .unwrap();
    (success.value, elapsed_ms(start), success.report.hedges)
}

#[tokio::test(start_paused = true)]
async fn the_first_to_answer_wins_and_the_other_is_dropped() {
    let executor = Executor::new(policy());
    assert_eq!(race(&executor, read(), 50, 10).await, (1, 50, 0), "fast enough");
    assert_eq!(race(&executor, read(), 1_000, 30).await, (2, 130, 1));
    assert_eq!(race(&executor, read(), 150, 500).await, (1, 150, 1));
    assert_eq!(executor.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_must_not_happen_twice_is_not_hedged() {
    let executor = Executor::new(policy());
    for call in [
        Call::new("CompleteMultipartUpload", Safety::IfNotApplied),
        Call::new("PutObject", Safety::Repeatable).write_key("bucket/key"),
        read().attempts_max(1),
        read().hedge(Hedge::Off),
    ] {
        assert_eq!(race(&executor, call, 1_000, 1).await, (1, 1_000, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hedge_waits_for_nothing_and_is_paid_for() {
    let full = Executor::new(policy().concurrency(ConcurrencyPolicy::Fixed(1)));
    assert_eq!(race(&full, read(), 1_000, 1).await, (1, 1_000, 0), "no free place");
    let poor = Executor::new(policy().budget(BudgetPolicy::new().capacity(5).success_gain(0)));
    assert_eq!(race(&poor, read(), 1_000, 1).await, (2, 101, 1));
    assert_eq!(race(&poor, read(), 1_000, 1).await, (1, 1_000, 0), "no tokens");
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_one_leaves_the_call_to_the_other() {
    let success = Executor::new(policy())
        .run(read(), |attempt| async move {
            if attempt.kind == AttemptKind::Hedge {
                return retry(attempt.number, FailureClass::Server);
            }
            tokio::time::sleep(ms(500)).await;
            TestOutcome::Done(attempt.number)
        })
        .await
        .unwrap();
    assert_eq!((success.value, success.report.attempts), (1, 2));
    assert_eq!(success.report.applied, Applied::No);
}

#[tokio::test(start_paused = true)]
async fn the_delay_is_learned_from_what_the_operation_took() {
    let executor = Executor::new(Policy::new().hedge(Hedge::AfterP95 { at_least: ms(1) }));
    for _ in 0..20 {
        assert_eq!(race(&executor, read(), 40, 1).await, (1, 40, 0));
    }
    assert_eq!(race(&executor, read(), 1_000, 1).await, (2, 41, 1));
    let other = Call::new("HeadObject", Safety::Repeatable);
    assert_eq!(race(&executor, other, 1_000, 1).await, (1, 1_000, 0), "nothing known of it yet");
}
