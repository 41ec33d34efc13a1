//! The error type: one box of facts, and the questions it answers.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use r2_transport::BoxError;

use super::ErrorKind;
use crate::names::{BucketName, NameError, ObjectKey};
use crate::operation::Target;

/// Why a call did not do what it was asked to.
///
/// [`kind`](Error::kind) is what a program acts on; the predicates answer the common questions; the
/// rest is for people. `Display` tells this level only, causes follow by
/// [`source`](std::error::Error::source), what to try is in [`hint`](Error::hint).
///
/// ```
/// use r2_objects::{BucketName, Error, ErrorKind};
///
/// let error = Error::from(BucketName::new("No Good").unwrap_err());
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert!(!error.is_retryable() && !error.may_have_applied());
/// ```
pub struct Error(pub(super) Box<Inner>);

pub(super) struct Inner {
    pub(super) kind: ErrorKind,
    pub(super) message: Cow<'static, str>,
    pub(super) code: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) applied: bool,
    pub(super) retry_after: Option<Duration>,
    pub(super) operation: Option<&'static str>,
    pub(super) bucket: Option<BucketName>,
    pub(super) key: Option<ObjectKey>,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    pub(super) source: Option<BoxError>,
}

impl Error {
    /// An error of this kind. The message is lower case and has no full stop.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            code: None,
            status: None,
            applied: false,
            retry_after: None,
            operation: None,
            bucket: None,
            key: None,
            request_id: None,
            attempts: 0,
            source: None,
        }))
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds the operation's name, as in `PutObject`.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Adds what the operation was about.
    #[must_use]
    pub fn with_target(mut self, bucket: Option<&BucketName>, key: Option<&ObjectKey>) -> Self {
        self.0.bucket = bucket.cloned();
        self.0.key = key.cloned();
        self
    }

    /// Marks that the operation may have taken effect although it failed.
    #[must_use]
    pub fn possibly_applied(mut self) -> Self {
        self.0.applied = true;
        self
    }

    /// What went wrong, as a value to match on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Is what was asked for not there: bucket, object, upload or configuration?
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::NoSuchBucket
                | ErrorKind::NoSuchKey
                | ErrorKind::NoSuchUpload
                | ErrorKind::NoSuchConfiguration
                | ErrorKind::NotFound
        )
    }

    /// Might the same call succeed later, with nothing changed by the caller? What a client returns
    /// has been tried again as far as its policy went.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.class().is_some()
            || matches!(
                self.0.kind,
                ErrorKind::CircuitOpen | ErrorKind::Deadline | ErrorKind::RetryBudgetSpent
            )
    }

    /// May the operation have taken effect all the same? `false` is certain: nothing was sent, or
    /// the server said that it did nothing.
    #[must_use]
    pub fn may_have_applied(&self) -> bool {
        self.0.applied
    }

    /// The operation's name, as in `PutObject`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The bucket the operation was about.
    #[must_use]
    pub fn bucket(&self) -> Option<&BucketName> {
        self.0.bucket.as_ref()
    }

    /// The key the operation was about.
    #[must_use]
    pub fn key(&self) -> Option<&ObjectKey> {
        self.0.key.as_ref()
    }

    /// What to tell the provider's support: `cf-ray` on R2, `x-amz-request-id` elsewhere.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The status of the last reply.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The code in the server's words, as in `NoSuchKey`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// How many attempts were made; 0 when nothing was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the server, or the open circuit, asks to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The message alone, without what the operation was.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Adds the target, and with it what a 404 without a code meant.
    pub(crate) fn about(mut self, target: Target<'_>) -> Self {
        if self.0.kind == ErrorKind::NotFound && matches!(target, Target::Bucket(_)) {
            self.0.kind = ErrorKind::NoSuchBucket;
        }
        self.with_target(target.bucket(), target.key())
    }

    pub(crate) fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.0.retry_after = after;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, bucket, key, message, code, status, request_id, attempts, .. } =
            &*self.0;
        if let Some(operation) = operation {
            write_words(f, operation)?;
            match (bucket, key) {
                (Some(bucket), Some(key)) => {
                    write!(f, " {bucket}/{}", key.as_str().escape_debug())?;
                }
                (Some(bucket), None) => write!(f, " {bucket}")?,
                (None, _) => {}
            }
            f.write_str(": ")?;
        }
        f.write_str(message)?;
        let mut facts = Vec::new();
        match (status, code) {
            (Some(status), Some(code)) => facts.push(format!("{status} {code}")),
            (Some(status), None) => facts.push(format!("status {status}")),
            (None, Some(code)) => facts.push(code.clone()),
            (None, None) => {}
        }
        facts.extend(request_id.as_ref().map(|id| format!("request {id}")));
        if *attempts > 1 {
            facts.push(format!("{attempts} attempts"));
        }
        if facts.is_empty() { Ok(()) } else { write!(f, " ({})", facts.join(", ")) }
    }
}

/// `PutObject` as `put object`.
fn write_words(f: &mut fmt::Formatter<'_>, camel_case: &str) -> fmt::Result {
    for (at, letter) in camel_case.chars().enumerate() {
        if at > 0 && letter.is_ascii_uppercase() {
            f.write_str(" ")?;
        }
        write!(f, "{}", letter.to_ascii_lowercase())?;
    }
    Ok(())
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("text", &self.to_string())
            .field("may_have_applied", &self.0.applied)
            .field("hint", &self.hint())
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        Self::new(ErrorKind::InvalidInput, error.to_string())
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
