//! The circuit as calls meet it.

use r2_resilience::{
    BreakerPolicy, CircuitState, Executor, Failure, FailureClass, Health, Policy, RetryPolicy,
    WhenOpen,
};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;

use crate::{Refusal, TestOutcome, elapsed_ms, ms, read, retry};

fn executor(breaker: BreakerPolicy) -> Executor {
    Executor::new(Policy::new().retry(RetryPolicy::none()).breaker(breaker))
}

async fn fail(executor: &Executor, class: FailureClass) -> Failure<Refusal> {
    executor.run(read(), |attempt| async move { retry(attempt.number, class) }).await.unwrap_err()
}

async fn open(executor: &Executor) {
    for _ in 0..5 {
        fail(executor, FailureClass::Connect).await;
    }
    assert_eq!(executor.circuit(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_refuses_without_an_attempt_and_says_when_to_come_back() {
    let executor = executor(BreakerPolicy::new());
    open(&executor).await;
    tokio::time::advance(ms(10_000)).await;
    let failure = fail(&executor, FailureClass::Connect).await;
    assert_eq!(failure.to_string(), "circuit is open, next try in 20.0 s");
    assert_eq!(failure.report().attempts, 0);
    tokio::time::advance(ms(20_000)).await;
    assert_eq!(executor.circuit(), CircuitState::HalfOpen);
    for expected in [CircuitState::HalfOpen, CircuitState::HalfOpen, CircuitState::Closed] {
        executor.run(read(), |_| async { TestOutcome::Done(1) }).await.unwrap();
        assert_eq!(executor.circuit(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn answers_of_a_healthy_server_keep_it_closed() {
    let executor = executor(BreakerPolicy::new());
    for _ in 0..4 {
        fail(&executor, FailureClass::Server).await;
    }
    let not_found = |_| async { TestOutcome::Fail { error: Refusal(1), health: Health::Healthy } };
    executor.run(read(), not_found).await.unwrap_err();
    for _ in 0..20 {
        fail(&executor, FailureClass::Throttled).await;
    }
    assert_eq!(executor.circuit(), CircuitState::Closed);
    for _ in 0..5 {
        let unwell =
            |_| async { TestOutcome::Fail { error: Refusal(1), health: Health::Unhealthy } };
        executor.run(read(), unwell).await.unwrap_err();
    }
    assert_eq!(executor.circuit(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn a_call_in_its_backoff_meets_the_open_circuit_with_its_own_error() {
    let executor = Executor::new(Policy::new().breaker(BreakerPolicy::new().failures(2)));
    let failure = executor
        .run(read(), |attempt| async move { retry(attempt.number, FailureClass::Server) })
        .await
        .unwrap_err();
    let Failure::CircuitOpen { last_error, report, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((last_error, report.attempts), (Some(Refusal(2)), 2));
}

#[tokio::test(start_paused = true)]
async fn one_probe_at_a_time() {
    let executor = executor(BreakerPolicy::new());
    open(&executor).await;
    tokio::time::advance(ms(30_000)).await;
    let made = AtomicU32::new(0);
    let call = || {
        executor.run(read(), |_| async {
            made.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(ms(100)).await;
            TestOutcome::Done(1)
        })
    };
    let (probe, second, third) = tokio::join!(call(), call(), call());
    assert!(probe.is_ok());
    for refused in [second, third] {
        assert!(matches!(refused, Err(Failure::CircuitOpen { .. })));
    }
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_patient_call_waits_for_the_probe() {
    let patient = WhenOpen::Wait { at_most: ms(40_000) };
    let executor = executor(BreakerPolicy::new().when_open(patient));
    open(&executor).await;
    let start = Instant::now();
    let calls = (0..20).map(|_| {
        executor.run(read(), |_| async {
            tokio::time::sleep(ms(100)).await;
            TestOutcome::Done(1)
        })
    });
    let all = futures_util::future::join_all(calls).await;
    assert!(all.iter().all(Result::is_ok));
    // Three probes one by one, then the rest side by side.
    assert_eq!(elapsed_ms(start), 30_400);
    assert!(all.iter().all(|call| call.as_ref().unwrap().report.spent.queue >= ms(30_000)));
}

#[tokio::test(start_paused = true)]
async fn patience_ends() {
    let patient = WhenOpen::Wait { at_most: ms(40_000) };
    let executor = executor(BreakerPolicy::new().when_open(patient));
    open(&executor).await;
    let start = Instant::now();
    let dead = || fail(&executor, FailureClass::Connect);
    let (probe, second) = tokio::join!(dead(), dead());
    assert!(matches!(probe, Failure::Failed { .. }));
    assert!(matches!(second, Failure::CircuitOpen { .. }), "the probe failed, 30 s are too many");
    assert_eq!(elapsed_ms(start), 30_000);
}

#[tokio::test(start_paused = true)]
async fn patience_is_of_the_call_and_not_of_each_attempt() {
    let patient = WhenOpen::Wait { at_most: ms(40_000) };
    let breaker = BreakerPolicy::new().failures(2).when_open(patient);
    let executor = Executor::new(Policy::new().breaker(breaker));
    let start = Instant::now();
    // Two attempts open the circuit, then one open period and a probe that fails: enough.
    let failure = fail(&executor, FailureClass::Connect).await;
    let Failure::CircuitOpen { report, .. } = failure else { panic!("{failure:?}") };
    assert_eq!(report.attempts, 3);
    assert!(report.spent.queue <= ms(40_000), "{report:?}");
    assert!(elapsed_ms(start) < 60_000);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_front_of_an_open_circuit_says_that_it_is_open() {
    let patient = WhenOpen::Wait { at_most: ms(300_000) };
    let executor = executor(BreakerPolicy::new().when_open(patient));
    open(&executor).await;
    let start = Instant::now();
    // The next probe comes too late: there is nothing to wait for.
    let failure = executor
        .run(read().timeout(ms(20_000)), |_| async { TestOutcome::Done(1) })
        .await
        .unwrap_err();
    assert_eq!(failure.to_string(), "circuit is open, next try in 30.0 s");
    assert_eq!(elapsed_ms(start), 0);

    // In the queue behind another one that waits for the circuit, until the time is over.
    let waiting = executor.run(read(), |_| async { TestOutcome::Done(1) });
    let queued = executor.run(read().timeout(ms(20_000)), |_| async { TestOutcome::Done(1) });
    let (waiting, queued) = tokio::join!(waiting, queued);
    assert!(waiting.is_ok());
    assert_eq!(queued.unwrap_err().to_string(), "circuit is open, next try in 10.0 s");
}
