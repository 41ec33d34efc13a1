//! What is measured, and what never is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use r2_objects::Client;
use r2_sim::{Emulator, Fault, Faulty, Plan};

use crate::world::credentials;

/// Name and labels to value.
type Values = Arc<Mutex<BTreeMap<String, f64>>>;

#[derive(Debug, Clone, Default)]
struct Collected(Values);

struct Cell(String, Values);

impl Cell {
    fn add(&self, value: f64) {
        let mut values = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        *values.entry(self.0.clone()).or_default() += value;
    }
}

impl CounterFn for Cell {
    fn increment(&self, value: u64) {
        self.add(f64::from(u32::try_from(value).unwrap_or(u32::MAX)));
    }
    fn absolute(&self, _value: u64) {}
}

impl GaugeFn for Cell {
    fn increment(&self, value: f64) {
        self.add(value);
    }
    fn decrement(&self, value: f64) {
        self.add(-value);
    }
    fn set(&self, _value: f64) {}
}

/// Counts how often something was recorded.
impl HistogramFn for Cell {
    fn record(&self, _value: f64) {
        self.add(1.0);
    }
}

impl Collected {
    fn cell(&self, key: &Key) -> Arc<Cell> {
        let mut labels: Vec<_> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        Arc::new(Cell(format!("{}{{{}}}", key.name(), labels.join(",")), self.0.clone()))
    }

    fn get(&self, name: &str) -> f64 {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        values.get(name).copied().unwrap_or_default()
    }
}

impl Recorder for Collected {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.cell(key))
    }
}

fn client(plan: Plan) -> Client {
    let server = Emulator::builder().credentials(credentials()).memory();
    Client::builder()
        .endpoint("http://r2.local")
        .credentials(credentials())
        .transport(Faulty::new(server, plan))
        .build()
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_metrics_have_the_names_that_dashboards_know() {
    let collected = Collected::default();
    let _guard = metrics::set_default_local_recorder(&collected);
    let client = client(Plan::script([None, Some(Fault::InternalError), None]));
    client.buckets().create("photos").await.unwrap();
    client.objects().put("photos", "secret-name", "hello").await.unwrap();
    client.objects().get("photos", "secret-name").await.unwrap();
    client.objects().get("photos", "none").await.unwrap_err();
    for (name, value) in [
        ("r2_requests_total{bucket=photos,operation=PutObject,status=500}", 1.0),
        ("r2_requests_total{bucket=photos,operation=PutObject,status=200}", 1.0),
        ("r2_requests_total{bucket=photos,operation=GetObject,status=404}", 1.0),
        ("r2_request_duration_seconds{bucket=photos,operation=PutObject}", 2.0),
        ("r2_bytes_transferred_total{bucket=photos,direction=upload,operation=PutObject}", 5.0),
        ("r2_bytes_transferred_total{bucket=photos,direction=download,operation=GetObject}", 5.0),
        ("r2_errors_total{bucket=photos,kind=no_such_key,operation=GetObject}", 1.0),
        ("r2_retries_total{reason=server}", 1.0),
        ("r2_billable_operations_total{class=A}", 3.0),
        ("r2_billable_operations_total{class=B}", 2.0),
        ("r2_requests_in_flight{}", 0.0),
    ] {
        assert!((collected.get(name) - value).abs() < 0.1, "{name} in {collected:#?}");
    }
    assert!(!format!("{collected:?}").contains("secret-name"), "a key is never a label");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_leaves_no_count_behind() {
    let collected = Collected::default();
    let _guard = metrics::set_default_local_recorder(&collected);
    let client = client(Plan::script([None, Some(Fault::SlowStart(Duration::from_secs(60)))]));
    client.buckets().create("photos").await.unwrap();
    let call = client.objects().put("photos", "a", "x");
    assert!(tokio::time::timeout(Duration::from_secs(1), call).await.is_err());
    assert!(collected.get("r2_requests_in_flight{}").abs() < 0.1);
}
