//! What can go wrong with storage, sorted by what to do next.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use r2_objects::ObjectKey;

use super::StorageOperation;

/// Why a back end did not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// There is no object of this key.
    NotFound,
    /// The bucket or the directory itself is not there.
    NoSuchStore,
    /// The condition of a read or a write did not hold.
    PreconditionFailed,
    /// The object is still the one that the caller knows.
    NotModified,
    /// The range lies outside the object.
    InvalidRange,
    /// The back end cannot keep an object of this key, or the options contradict each other.
    InvalidInput,
    /// The back end was configured with something that cannot work.
    Configuration,
    /// The key, host or token lies outside the scope, or cannot be shown to lie inside.
    OutsideScope,
    /// The back end cannot do this; [`Capabilities`](super::Capabilities) says so beforehand.
    Unsupported,
    /// The credentials are unknown, expired or wrong.
    Unauthorized,
    /// The credentials, or the rights of the process, do not allow this.
    AccessDenied,
    /// The object, or all of them together, would be larger than the back end takes.
    TooLarge,
    /// Something that is no object stands where it would be: a folder, a symbolic link, a pipe.
    InTheWay,
    /// The bytes to be written could not be read, or were not as many as announced.
    Content,
    /// What is stored is not what was written.
    Corrupt,
    /// The object was replaced while it was read.
    Changed,
    /// Another writer was faster; nothing was done.
    Conflict,
    /// The back end asks for fewer requests.
    Throttled,
    /// The back end does not answer, or answers that it cannot now.
    Unavailable,
    /// It took too long.
    Timeout,
    /// The disk or the network failed in another way.
    Io,
    /// An answer that is none of the above.
    Other,
}

impl StorageErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::NotFound => "there is no such object",
            Self::NoSuchStore => "the bucket or directory does not exist",
            Self::PreconditionFailed => "the condition does not hold",
            Self::NotModified => "the object was not modified",
            Self::InvalidRange => "the range lies outside the object",
            Self::InvalidInput => "this cannot work",
            Self::Configuration => "the configuration cannot work",
            Self::OutsideScope => "this lies outside the scope",
            Self::Unsupported => "this back end cannot do that",
            Self::Unauthorized => "the credentials are not accepted",
            Self::AccessDenied => "access is denied",
            Self::TooLarge => "it is too large",
            Self::InTheWay => "something that is no object is in the way",
            Self::Content => "the content could not be read",
            Self::Corrupt => "what is stored is damaged",
            Self::Changed => "the object was replaced while it was read",
            Self::Conflict => "another writer was faster",
            Self::Throttled => "there are too many requests",
            Self::Unavailable => "the back end is not available",
            Self::Timeout => "it took too long",
            Self::Io => "the disk or the network failed",
            Self::Other => "the back end failed",
        }
    }

    /// The kind that a failure of the file system comes to.
    #[must_use]
    pub fn of_io(kind: io::ErrorKind) -> Self {
        match kind {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::AccessDenied
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::TooLarge,
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Self::InTheWay,
            io::ErrorKind::TimedOut => Self::Timeout,
            _ => Self::Io,
        }
    }
}

/// An error of a back end: its kind, which back end, what it was doing, to which key, and why.
///
/// `Display` tells this level only; causes follow by [`source`](StdError::source).
///
/// ```
/// use r2_backend::storage::{StorageError, StorageErrorKind, StorageOperation};
///
/// let error = StorageError::new(StorageErrorKind::NotFound, "nothing is there")
///     .at("memory", StorageOperation::Get)
///     .key("a/b.txt");
/// assert!(error.is_not_found() && !error.is_retryable());
/// assert_eq!(error.to_string(), "get \"a/b.txt\" (memory): nothing is there");
/// ```
pub struct StorageError(Box<Inner>);

struct Inner {
    kind: StorageErrorKind,
    message: Cow<'static, str>,
    backend: Option<Arc<str>>,
    operation: Option<StorageOperation>,
    key: Option<Box<str>>,
    applied: bool,
    retryable: Option<bool>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StorageError {
    /// An error of this kind. The message says what is wrong and what to do about it, in lower case
    /// and without a full stop.
    #[must_use]
    pub fn new(kind: StorageErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            backend: None,
            operation: None,
            key: None,
            applied: false,
            retryable: None,
            source: None,
        }))
    }

    /// An error of this kind with the words of the kind itself.
    #[must_use]
    pub fn of(kind: StorageErrorKind) -> Self {
        Self::new(kind, kind.text())
    }

    /// A failure of the file system.
    #[must_use]
    pub fn io(error: io::Error) -> Self {
        Self::of(StorageErrorKind::of_io(error.kind())).source(error)
    }

    /// A failure to read the body of an answer to its end.
    #[must_use]
    pub fn of_body(error: r2_transport::BodyError) -> Self {
        use r2_transport::ErrorKind as Body;
        // layers wrap the body of the layer below
        let (mut request, mut innermost) = (None, error.kind());
        let mut cause = StdError::source(&error);
        while let Some(below) = cause {
            if let Some(body) = below.downcast_ref::<r2_transport::BodyError>() {
                innermost = body.kind();
            }
            if let Some(known) = below.downcast_ref::<Self>() {
                let message = "the object could not be read to its end";
                return Self::new(known.kind(), message).source(error);
            }
            request = request.or(below.downcast_ref::<r2_objects::Error>());
            cause = below.source();
        }
        let kind = match (request.map(r2_objects::Error::kind), innermost) {
            (Some(r2_objects::ErrorKind::ObjectChanged), _) => StorageErrorKind::Changed,
            (Some(r2_objects::ErrorKind::ChecksumMismatch), _) => StorageErrorKind::Corrupt,
            (_, Body::TooLarge) => StorageErrorKind::TooLarge,
            (_, Body::Length { .. }) => StorageErrorKind::Corrupt,
            _ => StorageErrorKind::Unavailable,
        };
        Self::new(kind, "the object could not be read to its end").source(error)
    }

    /// Adds which back end it was and what it was doing. The first to know is believed: a layer
    /// above does not rename the back end that failed.
    #[must_use]
    pub fn at(mut self, backend: impl Into<Arc<str>>, operation: StorageOperation) -> Self {
        self.0.backend.get_or_insert_with(|| backend.into());
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Adds the key it was about, or replaces it: a layer shows keys as its caller spells them.
    #[must_use]
    pub fn key(mut self, key: impl AsRef<str>) -> Self {
        self.0.key = Some(key.as_ref().into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Marks that the operation may have taken effect although it failed.
    #[must_use]
    pub fn possibly_applied(mut self) -> Self {
        self.0.applied = true;
        self
    }

    /// Marks that the same call may succeed later, whatever the kind says.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.0.retryable = Some(true);
        self
    }

    /// What went wrong, as something a program can act on.
    #[must_use]
    pub fn kind(&self) -> StorageErrorKind {
        self.0.kind
    }

    /// Which back end failed, in its own words.
    #[must_use]
    pub fn backend(&self) -> Option<&str> {
        self.0.backend.as_deref()
    }

    /// What it was doing.
    #[must_use]
    pub fn operation(&self) -> Option<StorageOperation> {
        self.0.operation
    }

    /// The key that it was about.
    #[must_use]
    pub fn object_key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// What is wrong, without where.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Is what was asked for not there: the object, or all of the store?
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind(), StorageErrorKind::NotFound | StorageErrorKind::NoSuchStore)
    }

    /// Did a condition fail, of a write or of a read that must meet one version?
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.kind() == StorageErrorKind::PreconditionFailed
    }

    /// Might the same call succeed later, with nothing changed by the caller?
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable.unwrap_or(matches!(
            self.kind(),
            StorageErrorKind::Throttled
                | StorageErrorKind::Unavailable
                | StorageErrorKind::Timeout
                | StorageErrorKind::Conflict
        ))
    }

    /// May the operation have taken effect all the same? `false` is certain.
    #[must_use]
    pub fn may_have_applied(&self) -> bool {
        self.0.applied
    }

    /// The error of the S3 client beneath, if a request failed: status, code, request id, hint.
    #[must_use]
    pub fn request(&self) -> Option<&r2_objects::Error> {
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            if let Some(request) = error.downcast_ref() {
                return Some(request);
            }
            cause = error.source();
        }
        None
    }

    /// Adds operation, back end and key at once.
    pub(crate) fn about(
        self,
        backend: &Arc<str>,
        operation: StorageOperation,
        key: &ObjectKey,
    ) -> Self {
        let named = self.at(Arc::clone(backend), operation);
        if named.0.key.is_some() { named } else { named.key(key) }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { message, backend, operation, key, .. } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{operation}")?;
            if let Some(key) = key {
                write!(f, " {key:?}")?;
            }
            if let Some(backend) = backend {
                write!(f, " ({backend})")?;
            }
            f.write_str(": ")?;
        } else if let Some(key) = key {
            write!(f, "{key:?}: ")?;
        }
        f.write_str(message)
    }
}

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageError")
            .field("kind", &self.0.kind)
            .field("text", &self.to_string())
            .field("may_have_applied", &self.0.applied)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for StorageError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<r2_objects::NameError> for StorageError {
    fn from(error: r2_objects::NameError) -> Self {
        Self::new(StorageErrorKind::InvalidInput, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_end_that_failed_keeps_its_name_and_the_key_is_the_callers() {
        let inner = StorageError::of(StorageErrorKind::NotFound)
            .at("s3 photos", StorageOperation::Get)
            .key("enterprise/a");
        let outer = inner.key("a").at("scope enterprise/", StorageOperation::Head);
        assert_eq!(outer.to_string(), "get \"a\" (s3 photos): there is no such object");
    }

    #[test]
    fn only_what_passes_is_retryable() {
        let passing = StorageError::of(StorageErrorKind::Throttled);
        assert!(passing.is_retryable());
        assert!(!StorageError::of(StorageErrorKind::Io).is_retryable());
        assert!(StorageError::of(StorageErrorKind::Io).retryable().is_retryable());
    }
}
