//! Errors without a reply: the transport's, a body's, and the executor's own.

use r2_resilience::{Applied, Failure};
use r2_transport::{BodyError, ErrorKind as Wire, TransportError};

use super::{Error, ErrorKind};

/// No reply.
pub(crate) fn from_transport(error: TransportError) -> Error {
    let kind = match error.kind() {
        Wire::Dns => ErrorKind::Dns,
        Wire::Connect | Wire::ConnectTimeout => ErrorKind::Connect,
        Wire::Tls => ErrorKind::Tls,
        Wire::PoolTimeout | Wire::FirstByteTimeout | Wire::Stalled => ErrorKind::Timeout,
        Wire::Deadline => ErrorKind::Deadline,
        // a peer that breaks off in the middle of a head looks like one that does not speak HTTP
        Wire::Reset | Wire::Protocol => ErrorKind::Reset,
        Wire::InsecureRefused => ErrorKind::InsecureRefused,
        Wire::Body | Wire::Length { .. } | Wire::TooLarge => ErrorKind::SourceBody,
        Wire::InvalidRequest => ErrorKind::InvalidInput,
        _ => ErrorKind::Other,
    };
    let message = match kind {
        ErrorKind::Dns => "the host name was not found",
        ErrorKind::Connect => "no connection to the server",
        ErrorKind::Tls => "no secure connection to the server",
        ErrorKind::Timeout => "no answer in time",
        ErrorKind::Deadline => "the time was over",
        ErrorKind::Reset => "the connection broke before the answer",
        ErrorKind::InsecureRefused => "plain http is not allowed to this host",
        ErrorKind::SourceBody => "the body to send could not be read as announced",
        _ => "the request could not be sent",
    };
    let applied = error.may_have_applied();
    let converted = Error::new(kind, message).with_source(error);
    if applied { converted.possibly_applied() } else { converted }
}

/// The reply broke off. What it answered had begun, so the operation may have taken effect.
pub(crate) fn from_reply_body(error: BodyError) -> Error {
    let (kind, message) = match error.kind() {
        Wire::TooLarge => (ErrorKind::ReplyTooLarge, "the reply is larger than allowed"),
        Wire::Stalled | Wire::FirstByteTimeout => (ErrorKind::Timeout, "the reply stalled"),
        Wire::Deadline => (ErrorKind::Deadline, "the time was over"),
        Wire::Shutdown | Wire::InvalidRequest => (ErrorKind::Other, "the reply could not be read"),
        _ => (ErrorKind::Reset, "the connection broke inside the reply"),
    };
    Error::new(kind, message).with_source(error).possibly_applied()
}

/// The executor gave up.
pub(crate) fn from_failure(failure: Failure<Error>) -> Error {
    let report = *failure.report();
    let error = match failure {
        Failure::Failed { error, .. } => error,
        Failure::BudgetSpent { error, .. } => budget_spent(error),
        Failure::CircuitOpen { retry_after, last_error, .. } => {
            let message = format!(
                "the circuit is open, the server failed too often: next try in {:.0} s",
                retry_after.as_secs_f64().ceil()
            );
            wrap(ErrorKind::CircuitOpen, message, last_error).with_retry_after(Some(retry_after))
        }
        Failure::Deadline { last_error, .. } => {
            let spent = report.spent;
            let message = format!(
                "the time was over: {:.1} s waiting, {:.1} s between attempts, {:.1} s in attempts",
                spent.queue.as_secs_f64(),
                spent.backoff.as_secs_f64(),
                spent.attempts.as_secs_f64()
            );
            wrap(ErrorKind::Deadline, message, last_error)
        }
        _ => Error::new(ErrorKind::Other, "the call failed"),
    };
    let error = error.with_attempts(report.attempts);
    if report.applied == Applied::Maybe { error.possibly_applied() } else { error }
}

/// There would be another attempt if the client had not made so many already.
pub(crate) fn budget_spent(last: Error) -> Error {
    let message = "the attempt failed and the budget for retries is used up";
    wrap(ErrorKind::RetryBudgetSpent, message, Some(last))
}

/// Keeps what the last attempt said, as the cause and in the facts.
fn wrap(
    kind: ErrorKind,
    message: impl Into<std::borrow::Cow<'static, str>>,
    last: Option<Error>,
) -> Error {
    let mut error = Error::new(kind, message);
    if let Some(last) = last {
        error.0.status = last.0.status;
        error.0.request_id.clone_from(&last.0.request_id);
        error.0.applied = last.0.applied;
        error.0.source = Some(last.into());
    }
    error
}
