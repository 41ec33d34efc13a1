//! The one loop: sign, send, classify, decode; again as the policy says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use r2_resilience::{Applied, Attempt, Call, FailureClass, Hedge, Outcome};
use r2_sign::Credentials;
use r2_transport::{Body, Deadline};
use tracing::Instrument as _;

use super::exchange::Exchange;
use super::handle::Inner;
use super::telemetry::CallTelemetry;
use crate::cost::Billed;
use crate::credentials;
use crate::error::{self, Error, ErrorKind, ReplyFacts};
use crate::limits::{ERROR_BYTES_MAX, REPLY_BYTES_MAX};
use crate::operation::{Operation, ReplyMode};
use crate::reply::Reply;
use crate::values::StorageClass;

/// What R2 refuses; a little less, because the `Date` header is rounded.
const SKEW_REFUSED: Duration = Duration::from_secs(15 * 60 - 5);

/// Options for one call, beside the client's policy.
///
/// ```
/// use r2_objects::CallOptions;
/// use std::time::Duration;
///
/// let options = CallOptions::new().timeout(Duration::from_secs(5)).attempts_max(1);
/// assert_eq!(options.attempts_max, Some(1));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long the call may take, attempts and waits together. Default: the client's timeout.
    pub timeout: Option<Duration>,
    /// At most so many attempts. Default: as many as the client's policy allows.
    pub attempts_max: Option<u32>,
    /// A second attempt beside a slow first one. Default: the client's policy. Only calls that may
    /// be repeated are hedged.
    pub hedge: Option<Hedge>,
}

impl CallOptions {
    /// The client's own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Limits the attempts.
    #[must_use]
    pub fn attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = Some(attempts);
        self
    }

    /// Sets hedging.
    #[must_use]
    pub fn hedge(mut self, hedge: Hedge) -> Self {
        self.hedge = Some(hedge);
        self
    }
}

/// Runs one call to its end.
pub(super) async fn run<O: Operation>(
    inner: &Inner,
    operation: &O,
    options: &CallOptions,
) -> Result<O::Output, Error> {
    let target = operation.target();
    let named = |error: Error| match error.operation() {
        None => error.with_operation(operation.name()).about(target),
        Some(_) => error,
    };
    let exchange = Exchange::new(inner, operation).await.map_err(&named)?;
    let telemetry = CallTelemetry::new(inner, operation, exchange.payload().length());
    let span = telemetry.span().clone();
    let running = Running {
        inner,
        operation,
        exchange: &exchange,
        telemetry: &telemetry,
        clock_corrected: AtomicBool::new(false),
    };
    let write_key = write_key(operation);
    let call = call(operation, options, &exchange, write_key.as_deref());
    let running = &running;
    let result = inner
        .executor
        .run(call, |attempt| running.attempt(attempt))
        .instrument(span)
        .await
        .map_err(|failure| named(error::from_failure(failure)));
    telemetry.finished(result.as_ref().err());
    result.map(|success| success.value)
}

fn call<'a, O: Operation>(
    operation: &O,
    options: &CallOptions,
    exchange: &Exchange,
    write_key: Option<&'a str>,
) -> Call<'a> {
    let mut call = Call::new(operation.name(), operation.safety());
    if let Some(key) = write_key {
        call = call.write_key(key);
    }
    if let Some(timeout) = options.timeout {
        call = call.timeout(timeout);
    }
    if let Some(hedge) = options.hedge {
        call = call.hedge(hedge);
    }
    let once = if exchange.payload().can_restart() { None } else { Some(1) };
    match once.or(options.attempts_max) {
        Some(attempts) => call.attempts_max(attempts),
        None => call,
    }
}

/// What paces writes: R2 takes one a second to one key. Parts of an upload write no key.
fn write_key<O: Operation>(operation: &O) -> Option<String> {
    let writes = matches!(
        operation.name(),
        "PutObject" | "CopyObject" | "DeleteObject" | "CompleteMultipartUpload"
    );
    let target = operation.target();
    match (target.bucket(), target.key()) {
        (Some(bucket), Some(key)) if writes => Some(format!("{bucket}/{key}")),
        _ => None,
    }
}

/// A call under way.
struct Running<'a, O> {
    inner: &'a Inner,
    operation: &'a O,
    exchange: &'a Exchange,
    telemetry: &'a CallTelemetry,
    clock_corrected: AtomicBool,
}

impl<O: Operation> Running<'_, O> {
    async fn attempt(&self, attempt: Attempt) -> Outcome<O::Output, Error> {
        let measure = self.telemetry.attempt(attempt.number);
        let result = self.try_once(attempt).await;
        measure.ended(self.telemetry, result.as_ref().err().map(|failed| &failed.error));
        match result {
            Ok(output) => Outcome::Done(output),
            Err(Failed { error, remedy: Remedy::Found }) => Outcome::Retry {
                error,
                class: FailureClass::Skew,
                after: None,
                applied: Applied::No,
            },
            Err(Failed { error, remedy: Remedy::None }) => error.into_outcome(),
        }
    }

    async fn try_once(&self, attempt: Attempt) -> Result<O::Output, Failed> {
        let credentials = self.credentials().await?;
        let body = self.exchange.payload().open()?;
        let body = self.telemetry.count_upload(body, self.exchange.payload().length());
        let skew_millis = self.inner.skew_millis.load(Ordering::Relaxed);
        let mut request = self.exchange.request(self.inner, credentials.as_ref(), body)?;
        if let Some(deadline) = attempt.deadline {
            request.extensions_mut().insert(Deadline(deadline.into()));
        }
        let storage = self.operation.storage_class();
        let billed = self.inner.ledger.bill(self.operation.cost_class(), &storage)?;
        self.telemetry.sending(attempt.number);
        let response = match self.inner.transport.send(request).await {
            Ok(response) => response,
            Err(error) => {
                if error.may_have_applied() {
                    self.telemetry.billed(&storage);
                } else {
                    self.inner.ledger.cancel(billed);
                }
                return Err(error::from_transport(error).into());
            }
        };
        let (parts, body) = response.into_parts();
        self.telemetry.replied(&ReplyFacts { status: parts.status, headers: &parts.headers });
        if self.operation.accepts(parts.status) {
            Ok(self.accepted(parts, body, billed).await?)
        } else {
            let signed = Signed { credentials: credentials.as_ref(), skew_millis };
            Err(self.refused(&parts, body, billed, signed).await)
        }
    }

    async fn credentials(&self) -> Result<Option<Credentials>, Error> {
        let Some(provider) = &self.inner.credentials else { return Ok(None) };
        if let Some(ready) = provider.ready() {
            return Ok(Some(ready));
        }
        provider.credentials().await.map(Some).map_err(|source| {
            Error::new(ErrorKind::Credentials, "no credentials to sign with").with_source(source)
        })
    }

    async fn accepted(
        &self,
        parts: http::response::Parts,
        body: Body,
        billed: Billed,
    ) -> Result<O::Output, Error> {
        let class = parts.headers.get("x-amz-storage-class").and_then(|value| value.to_str().ok());
        let infrequent =
            class.is_some_and(|class| StorageClass::from(class) == StorageClass::InfrequentAccess);
        if infrequent {
            self.inner.ledger.was_infrequent(billed);
            self.telemetry.billed(&StorageClass::InfrequentAccess);
        } else {
            self.telemetry.billed(&self.operation.storage_class());
        }
        let reply = match self.operation.reply_mode() {
            ReplyMode::Buffered => {
                let facts = ReplyFacts { status: parts.status, headers: &parts.headers };
                let bytes = body.collect(REPLY_BYTES_MAX).await;
                let bytes = bytes.map_err(|error| facts.about(error::from_reply_body(error)))?;
                if !self.exchange.is_head() {
                    facts.check_length(bytes.len())?;
                }
                self.telemetry.downloaded(bytes.len());
                Reply::buffered(parts.status, parts.headers, bytes)
            }
            ReplyMode::Streamed => {
                let ledger = infrequent.then(|| Arc::clone(&self.inner.ledger));
                let body = self.telemetry.count_download(body, ledger);
                Reply::streamed(parts.status, parts.headers, body)
            }
        };
        self.operation.decode(reply)
    }

    async fn refused(
        &self,
        parts: &http::response::Parts,
        body: Body,
        billed: Billed,
        signed: Signed<'_>,
    ) -> Failed {
        // an error whose text is lost still has its status
        let text = body.collect(ERROR_BYTES_MAX).await.unwrap_or_default();
        let facts = ReplyFacts { status: parts.status, headers: &parts.headers };
        let error = error::from_reply(facts, &text);
        // R2 does not bill what it refuses before it looks at the request
        if matches!(parts.status.as_u16(), 401 | 403) {
            self.inner.ledger.cancel(billed);
        } else {
            self.telemetry.billed(&self.operation.storage_class());
        }
        let remedy = match error.kind() {
            ErrorKind::ClockSkew => self.correct_clock(&facts, signed, Duration::ZERO),
            // a reply to HEAD has no code that would say so
            ErrorKind::AccessDenied if error.code().is_none() => {
                self.correct_clock(&facts, signed, SKEW_REFUSED)
            }
            ErrorKind::Unauthorized | ErrorKind::SignatureMismatch | ErrorKind::Expired => {
                self.other_credentials(signed.credentials).await
            }
            _ => Remedy::None,
        };
        Failed { error, remedy }
    }

    /// Takes the server's time for ours, once a call: a second refusal is not about time. If
    /// another call, or the hedge of this one, has done so since the attempt was signed, there is
    /// nothing left to do but to sign again.
    fn correct_clock(
        &self,
        facts: &ReplyFacts<'_>,
        signed: Signed<'_>,
        at_least: Duration,
    ) -> Remedy {
        if self.inner.skew_millis.load(Ordering::Relaxed) != signed.skew_millis {
            return Remedy::Found;
        }
        // a reply out of a cache has an old date
        let server = facts.date().filter(|_| !facts.headers.contains_key(http::header::AGE));
        let first = !self.clock_corrected.swap(true, Ordering::Relaxed);
        match server {
            Some(server) if first && self.inner.correct_clock(server, at_least) => Remedy::Found,
            _ => Remedy::None,
        }
    }

    /// Was the key that the server refused replaced meanwhile?
    async fn other_credentials(&self, used: Option<&Credentials>) -> Remedy {
        let (Some(used), Some(provider)) = (used, &self.inner.credentials) else {
            return Remedy::None;
        };
        provider.refused(used);
        match self.credentials().await {
            Ok(Some(now)) if !credentials::same(used, &now) => Remedy::Found,
            _ => Remedy::None,
        }
    }
}

/// What an attempt was signed with.
#[derive(Clone, Copy)]
struct Signed<'a> {
    credentials: Option<&'a Credentials>,
    skew_millis: i64,
}

/// A failed attempt, and whether its cause was removed, so that another one is due at once.
struct Failed {
    error: Error,
    remedy: Remedy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    Found,
    None,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, remedy: Remedy::None }
    }
}
