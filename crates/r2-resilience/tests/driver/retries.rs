//! Attempts, waits and how a call ends.

use r2_resilience::{
    Applied, AttemptKind, BudgetPolicy, Call, Executor, Failure, FailureClass, Health, Jitter,
    Outcome, Policy, RetryPolicy, Safety,
};
use std::error::Error;
use std::sync::Mutex;
use tokio::time::Instant;

use crate::{Refusal, TestOutcome, elapsed_ms, ms, read, retry};

fn executor() -> Executor {
    Executor::new(Policy::new().retry(RetryPolicy::new().jitter(Jitter::None)).breaker(None))
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_made_anew_and_waits_are_kept() {
    let start = Instant::now();
    let seen = Mutex::new(Vec::new());
    let success = executor()
        .run(read(), |attempt| {
            seen.lock().unwrap().push((attempt.number, attempt.kind, elapsed_ms(start)));
            async move {
                match attempt.number {
                    1 => retry(1, FailureClass::Throttled),
                    2 => retry(2, FailureClass::Reset),
                    number => TestOutcome::Done(number),
                }
            }
        })
        .await
        .unwrap();
    assert_eq!(success.value, 3);
    assert_eq!(success.report.attempts, 3);
    assert_eq!(success.report.spent.backoff, ms(1_500));
    let expected = [
        (1, AttemptKind::First, 0),
        (2, AttemptKind::Retry(FailureClass::Throttled), 1_000),
        (3, AttemptKind::Retry(FailureClass::Reset), 1_500),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn gives_up_with_the_last_error_when_the_row_is_used_up() {
    let failure = executor()
        .run(read(), |attempt| async move { retry(attempt.number, FailureClass::Server) })
        .await
        .unwrap_err();
    assert_eq!(failure.to_string(), "call failed after 4 attempt(s)");
    assert_eq!(failure.source().unwrap().to_string(), "refused in attempt 4");
    assert!(matches!(failure, Failure::Failed { error: Refusal(4), .. }));
}

#[tokio::test(start_paused = true)]
async fn a_final_failure_is_not_tried_again() {
    let failure = executor()
        .run(read(), |attempt| async move {
            TestOutcome::Fail { error: Refusal(attempt.number), health: Health::Healthy }
        })
        .await
        .unwrap_err();
    assert_eq!(failure.report().attempts, 1);
    assert_eq!(failure.report().applied, Applied::No);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_not_be_repeated_stops_at_the_first_doubt() {
    let lost = |applied| {
        move |attempt: r2_resilience::Attempt| async move {
            TestOutcome::Retry {
                error: Refusal(attempt.number),
                class: FailureClass::Reset,
                after: None,
                applied,
            }
        }
    };
    let executor = executor();
    let call = || Call::new("CompleteMultipartUpload", Safety::IfNotApplied);
    let failure = executor.run(call(), lost(Applied::Maybe)).await.unwrap_err();
    assert_eq!((failure.report().attempts, failure.report().applied), (1, Applied::Maybe));
    let failure = executor.run(call(), lost(Applied::No)).await.unwrap_err();
    assert_eq!((failure.report().attempts, failure.report().applied), (4, Applied::No));
}

#[tokio::test(start_paused = true)]
async fn the_report_remembers_an_earlier_attempts_doubt() {
    let failure = executor()
        .run(read(), |attempt| async move {
            match attempt.number {
                1 => TestOutcome::Retry {
                    error: Refusal(1),
                    class: FailureClass::Reset,
                    after: None,
                    applied: Applied::Maybe,
                },
                number => Outcome::Fail { error: Refusal(number), health: Health::Healthy },
            }
        })
        .await
        .unwrap_err();
    assert_eq!(failure.report().applied, Applied::Maybe, "a 412 may answer our own first PUT");
}

#[tokio::test(start_paused = true)]
async fn a_call_may_lower_the_number_of_attempts() {
    let failure = executor()
        .run(read().attempts_max(1), |attempt| async move {
            retry(attempt.number, FailureClass::Server)
        })
        .await
        .unwrap_err();
    assert_eq!(failure.report().attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_used_up_budget_ends_retries_for_all_clones() {
    let policy = Policy::new().budget(BudgetPolicy::new().capacity(10)).breaker(None);
    let executor = Executor::new(policy);
    let clone = executor.clone();
    let fails = |attempt: r2_resilience::Attempt| async move {
        retry(attempt.number, FailureClass::Server)
    };
    let failure = executor.run(read(), fails).await.unwrap_err();
    assert!(matches!(failure, Failure::BudgetSpent { .. }), "{failure:?}");
    assert_eq!(failure.report().attempts, 3);
    let failure = clone.run(read(), fails).await.unwrap_err();
    assert_eq!(failure.report().attempts, 1);
    assert_eq!(failure.to_string(), "retry budget is used up after 1 attempt(s)");
    assert_eq!(clone.budget_left(), Some(0));
    // Calls that work earn it back.
    for _ in 0..5 {
        executor.run(read(), |_| async { TestOutcome::Done(0) }).await.unwrap();
    }
    assert_eq!(clone.budget_left(), Some(5));
}

#[tokio::test(start_paused = true)]
async fn skew_is_tried_again_at_once_and_once() {
    let start = Instant::now();
    let failure = executor()
        .run(read(), |attempt| async move { retry(attempt.number, FailureClass::Skew) })
        .await
        .unwrap_err();
    assert_eq!((failure.report().attempts, elapsed_ms(start)), (2, 0));
}

#[test]
fn the_future_can_move_between_threads() {
    fn is_send(_: &impl Send) {}
    let executor = executor();
    is_send(&executor.run(read(), |_| async { TestOutcome::Done(0) }));
}
