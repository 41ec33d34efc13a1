//! The recorder.

use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::page::MetricsPage;
use super::registry::{Cell, Kind, Registry};
use super::text;

/// A recorder that keeps counters, gauges and histograms, and writes them as Prometheus reads them.
/// Clones share what was recorded. At most 10,000 series are kept; what is more is counted in
/// `r2_metrics_dropped_total`.
///
/// ```
/// use r2_backend::Prometheus;
/// # use r2_objects::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let prometheus = Prometheus::new();
/// prometheus.install()?;
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// client.buckets().create("photos").await?;
/// let text = prometheus.render();
/// assert!(text.contains("r2_billable_operations_total{class=\"A\"} 1\n"), "{text}");
/// assert!(text.contains("r2_cost_dollars 0.0000045\n"), "{text}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Prometheus(Arc<Registry>);

impl Prometheus {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes it the recorder of this process, and tells it what the metrics of the client mean.
    ///
    /// # Errors
    ///
    /// [`RecorderTaken`] when the process has a recorder already.
    pub fn install(&self) -> Result<(), RecorderTaken> {
        metrics::set_global_recorder(self.clone()).map_err(|_| RecorderTaken)?;
        r2_objects::describe_metrics();
        Ok(())
    }

    /// Everything recorded so far, in Prometheus' text format, version 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        text::render(&self.0.families())
    }

    /// The page that Prometheus asks for.
    #[must_use]
    pub fn page(&self) -> MetricsPage {
        MetricsPage::new(self.clone())
    }

    fn describe(&self, name: &KeyName, help: &SharedString) {
        let help = help.clone().into_owned();
        self.0.families().help.insert(name.as_str().to_owned(), help);
    }
}

/// The process has a recorder already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecorderTaken;

impl std::fmt::Display for RecorderTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("record metrics here, the process has a recorder already")
    }
}

impl std::error::Error for RecorderTaken {}

impl Recorder for Prometheus {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, help: SharedString) {
        self.describe(&name, &help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.0.cell(key, Kind::Counter) {
            Some(Cell::Number(number)) => Counter::from_arc(number),
            Some(Cell::Buckets(_)) | None => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.0.cell(key, Kind::Gauge) {
            Some(Cell::Number(number)) => Gauge::from_arc(number),
            Some(Cell::Buckets(_)) | None => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.0.cell(key, Kind::Histogram) {
            Some(Cell::Buckets(buckets)) => Histogram::from_arc(buckets),
            Some(Cell::Number(_)) | None => Histogram::noop(),
        }
    }
}
