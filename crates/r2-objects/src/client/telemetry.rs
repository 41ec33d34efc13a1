//! Metrics and tracing of calls: in one place, so that every operation has them alike.

use std::sync::Arc;
use std::time::Duration;

use metrics::{
    Counter, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use r2_transport::Body;
use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;

use super::handle::Inner;
use crate::cost::{CostClass, Ledger, Money, PriceList};
use crate::error::{Error, ErrorKind, ReplyFacts};
use crate::operation::Operation;
use crate::values::StorageClass;

/// What is measured of one call. A key is never a label: there are too many, and they may tell
/// something.
pub(super) struct CallTelemetry {
    operation: &'static str,
    bucket: String,
    class: CostClass,
    span: Span,
    started: Instant,
}

impl CallTelemetry {
    pub(super) fn new<O: Operation>(inner: &Inner, operation: &O, length: Option<u64>) -> Self {
        let target = operation.target();
        let bucket = target.bucket().map_or_else(String::new, ToString::to_string);
        let span = tracing::debug_span!(
            "r2",
            operation = operation.name(),
            account = inner.endpoint.account_id().unwrap_or(inner.endpoint.host()),
            bucket,
            key = target.key().map(|key| key.as_str()),
            length,
            etag = Empty,
            attempt = Empty,
            status = Empty,
            request_id = Empty,
        );
        let class = operation.cost_class();
        Self { operation: operation.name(), bucket, class, span, started: Instant::now() }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Begins to measure an attempt.
    pub(super) fn attempt(&self, number: u32) -> Measure {
        self.span.record("attempt", number);
        gauge!("r2_requests_in_flight").increment(1.0);
        Measure { started: Instant::now() }
    }

    pub(super) fn sending(&self, attempt: u32) {
        tracing::debug!(attempt, "sending");
    }

    pub(super) fn replied(&self, facts: &ReplyFacts<'_>) {
        self.span.record("status", facts.status.as_u16());
        if let Some(id) = facts.request_id() {
            self.span.record("request_id", id);
        }
        if let Some(etag) = facts.headers.get(http::header::ETAG).and_then(|tag| tag.to_str().ok())
        {
            self.span.record("etag", etag);
        }
        self.requests(facts.status.as_str().to_owned());
    }

    fn requests(&self, status: String) {
        counter!(
            "r2_requests_total",
            "operation" => self.operation,
            "bucket" => self.bucket.clone(),
            "status" => status,
        )
        .increment(1);
    }

    pub(super) fn billed(&self, storage: &StorageClass) {
        counter!("r2_billable_operations_total", "class" => self.class.as_str()).increment(1);
        spent(PriceList::r2().operation(self.class, storage), 1);
    }

    fn bytes(&self, direction: &'static str) -> Counter {
        counter!(
            "r2_bytes_transferred_total",
            "operation" => self.operation,
            "bucket" => self.bucket.clone(),
            "direction" => direction,
        )
    }

    /// Counts a body as it is sent.
    pub(super) fn count_upload(&self, body: Body, length: Option<u64>) -> Body {
        if length == Some(0) {
            return body;
        }
        let bytes = self.bytes("upload");
        body.on_chunk(move |length| bytes.increment(to_u64(length)))
    }

    /// Counts a body as it arrives; on Infrequent Access every byte read is billed.
    pub(super) fn count_download(&self, body: Body, ledger: Option<Arc<Ledger>>) -> Body {
        let bytes = self.bytes("download");
        body.on_chunk(move |length| {
            bytes.increment(to_u64(length));
            if let Some(ledger) = &ledger {
                ledger.retrieved(to_u64(length));
                spent(PriceList::r2().infrequent.retrieved_byte, length);
            }
        })
    }

    pub(super) fn downloaded(&self, length: usize) {
        if length > 0 {
            self.bytes("download").increment(to_u64(length));
        }
    }

    /// The call is over.
    pub(super) fn finished(&self, error: Option<&Error>) {
        let elapsed_ms = millis(self.started.elapsed());
        let _entered = self.span.enter();
        let Some(error) = error else {
            tracing::info!(elapsed_ms, "done");
            return;
        };
        let kind = error.kind().label();
        counter!(
            "r2_errors_total",
            "operation" => self.operation,
            "bucket" => self.bucket.clone(),
            "kind" => kind,
        )
        .increment(1);
        let deletes = self.operation.starts_with("Delete");
        // answers that a caller may well have reckoned with
        let expected = match error.kind() {
            ErrorKind::NoSuchKey
            | ErrorKind::NotFound
            | ErrorKind::NoSuchUpload
            | ErrorKind::NoSuchConfiguration
            | ErrorKind::PreconditionFailed => true,
            ErrorKind::NoSuchBucket => deletes || self.operation == "HeadBucket",
            _ => false,
        };
        if expected && deletes {
            tracing::warn!(elapsed_ms, kind, "not found");
        } else if expected {
            tracing::info!(elapsed_ms, kind, "done");
        } else {
            tracing::error!(elapsed_ms, kind, %error, "failed");
        }
    }
}

/// Tells the installed recorder what this crate's metrics mean. Optional; call it once, after the
/// recorder is there.
///
/// It also says what those of the executor mean, and those of transfers in parts.
///
/// ```
/// r2_objects::describe_metrics();
/// ```
pub fn describe_metrics() {
    use metrics::Unit;
    describe_counter!("r2_requests_total", "attempts, by operation, bucket and status");
    describe_histogram!(
        "r2_request_duration_seconds",
        Unit::Seconds,
        "time of an attempt until its reply was read, or begun if it is streamed"
    );
    describe_gauge!("r2_requests_in_flight", "attempts under way");
    describe_counter!(
        "r2_bytes_transferred_total",
        Unit::Bytes,
        "bytes of bodies, by operation, bucket and direction"
    );
    describe_counter!("r2_errors_total", "calls that failed, by operation, bucket and kind");
    describe_counter!("r2_billable_operations_total", "attempts that R2 bills, by class");
    describe_gauge!(
        "r2_cost_dollars",
        "what these attempts cost one by one at R2's prices, before its free amounts"
    );
    describe_counter!("r2_retries_total", "attempts after the first, by reason");
    describe_counter!("r2_retries_refused_total", "attempts that were not made, by reason");
    describe_counter!("r2_hedges_total", "second attempts beside a slow first one, by result");
    describe_gauge!("r2_concurrency_limit", "requests that may be in flight");
    describe_gauge!("r2_circuit_state", "0 closed, 1 half open, 2 open");
    describe_counter!(
        "r2_multipart_parts_total",
        "parts that were sent or received, by bucket, direction and way"
    );
}

/// One attempt being measured. Dropped without an end, it was cancelled.
pub(super) struct Measure {
    started: Instant,
}

impl Drop for Measure {
    fn drop(&mut self) {
        gauge!("r2_requests_in_flight").decrement(1.0);
    }
}

impl Measure {
    pub(super) fn ended(self, telemetry: &CallTelemetry, error: Option<&Error>) {
        histogram!(
            "r2_request_duration_seconds",
            "operation" => telemetry.operation,
            "bucket" => telemetry.bucket.clone(),
        )
        .record(self.started.elapsed());
        // a reply was counted with its status when it came
        if let Some(error) = error.filter(|error| error.status().is_none()) {
            telemetry.requests(error.kind().label().to_owned());
        }
    }
}

/// Counts money. A counter holds whole numbers, and an operation costs millionths of a dollar: so
/// it is a gauge that only grows.
fn spent(price: Money, times: usize) {
    const PICO: f64 = 1e-12;
    let number = |number: u32| f64::from(number);
    let price = u32::try_from(price.picodollars()).map_or(f64::INFINITY, number);
    let times = u32::try_from(times).map_or(f64::INFINITY, number);
    if price > 0.0 {
        gauge!("r2_cost_dollars").increment(price * times * PICO);
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
