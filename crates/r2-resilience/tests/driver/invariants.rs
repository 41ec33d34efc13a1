//! What holds whatever the server does.

use futures_util::future::join_all;
use proptest::prelude::*;
use r2_resilience::{
    Applied, BreakerPolicy, Executor, FailureClass, Health, KeyPacing, Outcome, Policy, RatePolicy,
    WhenOpen,
};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;

use crate::{Refusal, TestOutcome, elapsed_ms, ms, read, retry};

fn paused<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(test)
}

/// How a simulated server treats one attempt.
#[derive(Debug, Clone, Copy)]
struct Treatment {
    takes_ms: u64,
    answer: u8,
    after_ms: Option<u64>,
}

fn treatments() -> impl Strategy<Value = Vec<Treatment>> {
    let one = (0_u64..3_000, 0_u8..10, prop::option::weighted(0.2, 0_u64..60_000))
        .prop_map(|(takes_ms, answer, after_ms)| Treatment { takes_ms, answer, after_ms });
    prop::collection::vec(one, 1..40)
}

async fn treat(treatment: Treatment) -> TestOutcome {
    tokio::time::sleep(ms(treatment.takes_ms)).await;
    let class = match treatment.answer {
        0..=2 => return Outcome::Done(0),
        3 => return Outcome::Fail { error: Refusal(0), health: Health::Healthy },
        4 => FailureClass::Throttled,
        5 => FailureClass::Server,
        6 => FailureClass::Edge,
        7 => FailureClass::Timeout,
        8 => FailureClass::Reset,
        _ => FailureClass::Connect,
    };
    let after = treatment.after_ms.map(ms);
    Outcome::Retry { error: Refusal(0), class, after, applied: Applied::No }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_call_outlives_its_deadline(
        seed: u64,
        treatments in treatments(),
        timeout in 1_u64..60_000,
        calls in 1_usize..12,
        patient: bool,
    ) {
        let at_most = if patient { ms(100_000) } else { ms(0) };
        let policy = Policy::new()
            .seed(seed)
            .rate(RatePolicy::new(20.0).burst(2))
            .key_pacing(KeyPacing::new())
            .breaker(BreakerPolicy::new().when_open(WhenOpen::Wait { at_most }));
        let next = AtomicU32::new(0);
        let reports = paused(async {
            let executor = Executor::new(policy);
            let calls = (0..calls).map(|call| {
                let (executor, next, treatments) = (&executor, &next, &treatments);
                async move {
                    let start = Instant::now();
                    let call = match call % 3 {
                        0 => read().write_key("bucket/key"),
                        _ => read(),
                    };
                    let result = executor
                        .run(call.timeout(ms(timeout)), |_| {
                            let next = next.fetch_add(1, Ordering::Relaxed) as usize;
                            treat(treatments[next % treatments.len()])
                        })
                        .await;
                    let report = match result {
                        Ok(success) => success.report,
                        Err(failure) => *failure.report(),
                    };
                    (start.elapsed(), report)
                }
            });
            let reports = join_all(calls).await;
            assert_eq!(executor.in_flight(), 0);
            reports
        });
        for (took, report) in reports {
            prop_assert!(took <= ms(timeout + 1), "{took:?} of {timeout} ms");
            prop_assert_eq!(report.spent.total(), took);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_run(seed: u64, treatments in treatments()) {
        let run = || paused(async {
            let executor = Executor::new(Policy::new().seed(seed));
            let next = AtomicU32::new(0);
            let start = Instant::now();
            let result = executor
                .run(read(), |_| {
                    let next = next.fetch_add(1, Ordering::Relaxed) as usize;
                    treat(treatments[next % treatments.len()])
                })
                .await;
            (format!("{result:?}"), elapsed_ms(start))
        });
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn a_dead_server_sees_at_most_a_tenth_more_attempts_than_calls() {
    let attempts = AtomicU32::new(0);
    let calls = 2_000;
    paused(async {
        let executor = Executor::new(Policy::new().breaker(None).seed(1));
        let calls = (0..calls).map(|_| {
            executor.run(read(), |attempt| {
                attempts.fetch_add(1, Ordering::Relaxed);
                async move { retry(attempt.number, FailureClass::Connect) }
            })
        });
        assert!(join_all(calls).await.iter().all(Result::is_err));
    });
    assert!(attempts.into_inner() <= calls + calls / 10);
}
