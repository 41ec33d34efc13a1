//! Waiting to be let in: concurrency, rate, keys, deadline.

use r2_resilience::{
    Adaptive, Applied, Call, ConcurrencyPolicy, Executor, Failure, FailureClass, Jitter, KeyPacing,
    Policy, RatePolicy, RetryPolicy, Safety,
};
use std::sync::Mutex;
use tokio::time::Instant;

use crate::{TestOutcome, elapsed_ms, ms, read, retry};

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit_are_under_way_and_in_order() {
    let executor = Executor::new(Policy::new().concurrency(ConcurrencyPolicy::Fixed(2)));
    let start = Instant::now();
    let began = Mutex::new(Vec::new());
    let calls = (0..6).map(|call| {
        let (executor, began) = (&executor, &began);
        executor.run(read(), move |_| async move {
            began.lock().unwrap().push((call, elapsed_ms(start)));
            assert!(executor.in_flight() <= 2);
            tokio::time::sleep(ms(100)).await;
            TestOutcome::Done(call)
        })
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(*began.lock().unwrap(), [(0, 0), (1, 0), (2, 100), (3, 100), (4, 200), (5, 200)]);
    assert_eq!(executor.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn overload_narrows_the_limit_and_success_widens_it() {
    let adaptive = ConcurrencyPolicy::Adaptive(Adaptive::new().between(1, 10));
    let executor =
        Executor::new(Policy::new().concurrency(adaptive).retry(RetryPolicy::none()).breaker(None));
    let calls = (0..10).map(|_| {
        executor.run(read(), |_| async {
            tokio::time::sleep(ms(10)).await;
            retry(1, FailureClass::Throttled)
        })
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(executor.concurrency_limit(), Some(7), "ten refusals, one decrease");
    let calls = (0..50).map(|_| {
        executor.run(read(), |_| async {
            tokio::time::sleep(ms(10)).await;
            TestOutcome::Done(0)
        })
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(executor.concurrency_limit(), Some(10));
}

#[tokio::test(start_paused = true)]
async fn requests_are_spaced_by_the_rate() {
    let executor = Executor::new(Policy::new().rate(RatePolicy::new(10.0).burst(2)));
    let start = Instant::now();
    let went = Mutex::new(Vec::new());
    let calls = (0..5).map(|_| {
        executor.run(read(), |_| async {
            went.lock().unwrap().push(elapsed_ms(start));
            TestOutcome::Done(0)
        })
    });
    futures_util::future::join_all(calls).await;
    let went = went.into_inner().unwrap();
    for (went, due) in went.iter().zip([0, 0, 100, 200, 300]) {
        // tokio's timer rounds up to the next millisecond.
        assert!((due..=due + 5).contains(went), "{went} ms instead of {due} ms");
    }
}

fn write() -> Call<'static> {
    Call::new("PutObject", Safety::Repeatable).write_key("bucket/latest")
}

#[tokio::test(start_paused = true)]
async fn writes_to_one_key_take_turns() {
    let executor = Executor::new(Policy::new().key_pacing(KeyPacing::new()));
    let start = Instant::now();
    let began = Mutex::new(Vec::new());
    let put = |call: Call<'static>| {
        executor.run(call, |_| async {
            began.lock().unwrap().push(elapsed_ms(start));
            tokio::time::sleep(ms(100)).await;
            TestOutcome::Done(0)
        })
    };
    let other = Call::new("PutObject", Safety::Repeatable).write_key("bucket/other");
    let (first, second, third, fourth) =
        tokio::join!(put(write()), put(write()), put(write()), put(other));
    assert!([first, second, third, fourth].iter().all(Result::is_ok));
    assert_eq!(*began.lock().unwrap(), [0, 0, 1_100, 2_200]);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_write_keeps_its_distance_too() {
    let retries = RetryPolicy::new().jitter(Jitter::None);
    let executor = Executor::new(Policy::new().retry(retries).key_pacing(KeyPacing::new()));
    let start = Instant::now();
    let success = executor
        .run(write(), |attempt| async move {
            match attempt.number {
                1 => retry(1, FailureClass::Reset),
                number => TestOutcome::Done(number),
            }
        })
        .await
        .unwrap();
    assert_eq!((success.value, elapsed_ms(start)), (2, 1_000), "not the 500 ms of a reset");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_an_attempt_and_says_where_the_time_went() {
    let executor = Executor::new(Policy::new().concurrency(ConcurrencyPolicy::Fixed(1)));
    let start = Instant::now();
    let slow = |wait| {
        move |_| async move {
            tokio::time::sleep(ms(wait)).await;
            TestOutcome::Done(0)
        }
    };
    let (first, late) = tokio::join!(
        executor.run(read(), slow(300)),
        executor.run(read().timeout(ms(1_000)), slow(5_000)),
    );
    assert!(first.is_ok());
    assert_eq!(elapsed_ms(start), 1_000);
    let failure = late.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "deadline passed: 0.300 s queued, 0.000 s between attempts, 0.700 s in 1 attempt(s)"
    );
    assert_eq!(failure.report().applied, Applied::Maybe, "it was under way");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_miss_the_deadline_is_not_begun() {
    let policy = Policy::new().retry(RetryPolicy::new().jitter(Jitter::None)).deadline(ms(2_500));
    let start = Instant::now();
    let failure = Executor::new(policy)
        .run(read(), |attempt| async move { retry(attempt.number, FailureClass::Server) })
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::Deadline { last_error: Some(_), .. }), "{failure:?}");
    // 1 s, and then not the 2 s that would end after the deadline.
    assert_eq!((failure.report().attempts, elapsed_ms(start)), (2, 1_000));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_seen_while_queueing() {
    let executor = Executor::new(
        Policy::new().concurrency(ConcurrencyPolicy::Fixed(1)).key_pacing(KeyPacing::new()),
    );
    let forever = executor.run(write(), |_| std::future::pending::<TestOutcome>());
    let queued = executor.run(read().timeout(ms(50)), |_| async { TestOutcome::Done(0) });
    let key = executor.run(write().timeout(ms(50)), |_| async { TestOutcome::Done(0) });
    tokio::select! {
        biased;
        _ = forever => unreachable!("it never ends"),
        (queued, key) = futures_util::future::join(queued, key) => {
            for failure in [queued.unwrap_err(), key.unwrap_err()] {
                assert!(matches!(failure, Failure::Deadline { last_error: None, .. }));
                assert_eq!(failure.report().spent.queue, ms(50));
                assert_eq!(failure.report().applied, Applied::No, "nothing was sent");
            }
        }
    }
}
