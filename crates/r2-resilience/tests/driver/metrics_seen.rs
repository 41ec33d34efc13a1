//! What a metrics recorder sees.

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString,
    Unit,
};
use r2_resilience::{BreakerPolicy, Executor, FailureClass, Hedge, Policy};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::{TestOutcome, ms, read, retry};

/// Keeps the last value of every metric under `name{labels}`.
#[derive(Debug, Clone, Default)]
struct Seen(Arc<Mutex<BTreeMap<String, f64>>>);

struct Cell(String, Seen);

impl Cell {
    fn update(&self, change: impl FnOnce(f64) -> f64) {
        let mut seen = self.1.0.lock().unwrap();
        let value = seen.entry(self.0.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.update(|old| old + value as f64);
    }

    fn absolute(&self, value: u64) {
        self.update(|_| value as f64);
    }
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.update(|old| old + value);
    }

    fn decrement(&self, value: f64) {
        self.update(|old| old - value);
    }

    fn set(&self, value: f64) {
        self.update(|_| value);
    }
}

impl Recorder for Seen {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(Cell(named(key), self.clone())))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(Cell(named(key), self.clone())))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

fn named(key: &Key) -> String {
    let labels: Vec<_> = key.labels().map(|l| format!("{}={}", l.key(), l.value())).collect();
    format!("{}{{{}}}", key.name(), labels.join(","))
}

#[test]
fn retries_hedges_and_the_circuit_are_counted() {
    let seen = Seen::default();
    metrics::with_local_recorder(&seen, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(traffic(&seen));
    });
    let seen = seen.0.lock().unwrap();
    assert_eq!(seen["r2_retries_total{reason=server}"], 1.0);
    assert_eq!(seen["r2_retries_total{reason=throttled}"], 1.0);
    assert_eq!(seen["r2_hedges_total{result=sent}"], 1.0);
    assert_eq!(seen["r2_hedges_total{result=won}"], 1.0);
    assert_eq!(seen["r2_circuit_state{}"], 0.0);
}

async fn traffic(seen: &Seen) {
    let circuit = || seen.0.lock().unwrap()["r2_circuit_state{}"];
    let executor = Executor::new(Policy::new().breaker(BreakerPolicy::new().failures(2)));
    assert_eq!(circuit(), 0.0);
    executor
        .run(read(), |attempt| async move {
            match attempt.number {
                1 => retry(1, FailureClass::Server),
                2 => retry(2, FailureClass::Throttled),
                number => TestOutcome::Done(number),
            }
        })
        .await
        .unwrap();
    executor
        .run(read().hedge(Hedge::After(ms(1))), |attempt| async move {
            tokio::time::sleep(ms(if attempt.number == 1 { 1_000 } else { 1 })).await;
            TestOutcome::Done(attempt.number)
        })
        .await
        .unwrap();
    for _ in 0..2 {
        let fails = |_| async { retry(1, FailureClass::Connect) };
        executor.run(read().attempts_max(1), fails).await.unwrap_err();
    }
    assert_eq!(circuit(), 2.0);
    tokio::time::advance(ms(30_000)).await;
    for expected in [1.0, 1.0, 0.0] {
        executor.run(read(), |_| async { TestOutcome::Done(0) }).await.unwrap();
        assert_eq!(circuit(), expected);
    }
}
