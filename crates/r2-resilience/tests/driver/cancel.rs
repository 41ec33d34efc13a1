//! Dropping a call gives everything back and leaves nothing running.

use r2_resilience::{
    BreakerPolicy, Call, CircuitState, ConcurrencyPolicy, Executor, FailureClass, Hedge, KeyPacing,
    Policy, RatePolicy, RetryPolicy, Safety,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;

use crate::{TestOutcome, elapsed_ms, ms, read, retry};

/// Counts attempts that are alive.
struct Alive(Arc<AtomicU32>);

impl Alive {
    fn new(counter: &Arc<AtomicU32>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(counter))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn write() -> Call<'static> {
    Call::new("PutObject", Safety::Repeatable).write_key("bucket/key")
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_drops_its_attempts_and_frees_its_places() {
    let policy = Policy::new()
        .hedge(Hedge::After(ms(10)))
        .concurrency(ConcurrencyPolicy::Fixed(2))
        .key_pacing(KeyPacing::new());
    let executor = Executor::new(policy);
    let alive = Arc::new(AtomicU32::new(0));
    {
        let hang = |_| {
            let alive = Alive::new(&alive);
            async move {
                let _alive = alive;
                std::future::pending::<TestOutcome>().await
            }
        };
        let hanging = executor.run(read(), hang);
        assert!(tokio::time::timeout(ms(100), hanging).await.is_err());
        assert_eq!(executor.in_flight(), 0);
        let writing = executor.run(write(), hang);
        assert!(tokio::time::timeout(ms(100), writing).await.is_err());
    }
    assert_eq!(alive.load(Ordering::Relaxed), 0);
    assert_eq!(executor.in_flight(), 0);
    let start = Instant::now();
    executor.run(write(), |_| async { TestOutcome::Done(0) }).await.unwrap();
    assert_eq!(elapsed_ms(start), 1_000, "the dropped write may have reached the server");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_waiter_leaves_its_place_to_the_next() {
    let policy = Policy::new()
        .concurrency(ConcurrencyPolicy::Fixed(1))
        .rate(RatePolicy::new(1.0).burst(2))
        .breaker(None);
    let executor = Executor::new(policy);
    let start = Instant::now();
    let first = executor.run(read(), |_| async {
        tokio::time::sleep(ms(100)).await;
        TestOutcome::Done(1)
    });
    let impatient =
        tokio::time::timeout(ms(50), executor.run(read(), |_| async { TestOutcome::Done(2) }));
    let third = executor.run(read(), |_| async { TestOutcome::Done(3) });
    let (first, impatient, third) = tokio::join!(first, impatient, third);
    assert!(first.is_ok() && impatient.is_err() && third.is_ok());
    assert_eq!(elapsed_ms(start), 100, "and took no token of the rate with it");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_probe_does_not_block_the_circuit() {
    let breaker = BreakerPolicy::new().failures(1);
    let executor = Executor::new(Policy::new().retry(RetryPolicy::none()).breaker(breaker));
    let fails = |_| async { retry(1, FailureClass::Connect) };
    executor.run(read(), fails).await.unwrap_err();
    tokio::time::advance(ms(30_000)).await;
    let probe = executor.run(read(), |_| std::future::pending::<TestOutcome>());
    assert!(tokio::time::timeout(ms(10), probe).await.is_err());
    assert_eq!(executor.circuit(), CircuitState::HalfOpen);
    executor.run(read(), |_| async { TestOutcome::Done(0) }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_its_backoff_makes_no_further_attempt() {
    let made = AtomicU32::new(0);
    let executor = Executor::new(Policy::new());
    let call = executor.run(read(), |attempt| {
        made.fetch_add(1, Ordering::Relaxed);
        async move { retry(attempt.number, FailureClass::Server) }
    });
    assert!(tokio::time::timeout(ms(500), call).await.is_err());
    tokio::time::sleep(ms(120_000)).await;
    assert_eq!(made.load(Ordering::Relaxed), 1);
    assert_eq!(executor.in_flight(), 0);
}
