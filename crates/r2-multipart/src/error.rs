//! What can go wrong with a transfer, sorted by what to do next.

use std::error::Error as StdError;
use std::fmt;

use crate::machine::Failure;

/// Why a transfer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A request failed; [`Error::request`] has the client's error with code and request id.
    Request,
    /// The part size asked for is not one that R2 takes.
    PartSize,
    /// There are more bytes than an object, the part size, or the memory allowed can hold.
    TooLarge,
    /// The source could not be read.
    Source,
    /// The source is no longer what it was when the transfer began.
    SourceChanged,
    /// The object was replaced while it was read.
    ObjectChanged,
    /// The bytes that arrived are not the bytes of the object.
    Checksum,
    /// The file or writer that receives the object could not be written.
    Target,
    /// Another download is writing the same file.
    TargetBusy,
    /// The resume token or journal could not be read or written.
    Resume,
    /// Going on later was asked for, but this source or target cannot.
    NotResumable,
    /// The upload is gone from the server: aborted elsewhere, or expired after seven days.
    UploadVanished,
    /// The server's answer does not fit the request.
    Protocol,
    /// The caller's stop signal came.
    Stopped,
    /// The transfer's deadline came.
    Deadline,
}

impl ErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::Request => "send a request of the transfer",
            Self::PartSize => "use this part size",
            Self::TooLarge => "fit the object into its limit",
            Self::Source => "read the source",
            Self::SourceChanged => "go on, the source has changed since the transfer began",
            Self::ObjectChanged => "go on, the object was replaced while it was read",
            Self::Checksum => "verify the checksum of the whole object",
            Self::Target => "write the target",
            Self::TargetBusy => "write the target, another download is writing it",
            Self::Resume => "keep or read the state to resume from",
            Self::NotResumable => "make this transfer resumable",
            Self::UploadVanished => "find the upload on the server any more",
            Self::Protocol => "make sense of the server's answer",
            Self::Stopped => "finish before the stop signal",
            Self::Deadline => "finish before the deadline",
        }
    }
}

/// An error of a transfer: its kind, where it happened, and its cause.
///
/// ```
/// use r2_multipart::{ErrorKind, PartSize};
///
/// let error = PartSize::new(1024).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::PartSize);
/// assert_eq!(
///     error.to_string(),
///     "use this part size (1024 bytes, allowed are 5242880 to 5363466240)"
/// );
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    place: Option<String>,
    detail: Option<String>,
    suspended: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        let inner = Inner { kind, place: None, detail: None, suspended: false, source: None };
        Self(Box::new(inner))
    }

    pub(crate) fn because(
        kind: ErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let mut error = Self::new(kind);
        error.0.source = Some(source.into());
        error
    }

    /// An error of the client, sorted by what it means for a transfer.
    pub(crate) fn of_request(error: r2_objects::Error) -> Self {
        let kind = match error.kind() {
            r2_objects::ErrorKind::NoSuchUpload => ErrorKind::UploadVanished,
            r2_objects::ErrorKind::ObjectChanged => ErrorKind::ObjectChanged,
            r2_objects::ErrorKind::ChecksumMismatch => ErrorKind::Checksum,
            r2_objects::ErrorKind::SourceBody => ErrorKind::Source,
            _ => ErrorKind::Request,
        };
        Self::because(kind, error)
    }

    /// The same error as another kind: only the transfer knows what some answers mean.
    pub(crate) fn meaning(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Where it happened: `bucket/key`, or a file.
    pub(crate) fn at(mut self, place: impl fmt::Display) -> Self {
        self.0.place.get_or_insert_with(|| place.to_string());
        self
    }

    pub(crate) fn suspended(mut self) -> Self {
        self.0.suspended = true;
        self
    }

    /// What went wrong, as something a program can act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The client's error, when a request is what failed: code, status, request id, attempts.
    #[must_use]
    pub fn request(&self) -> Option<&r2_objects::Error> {
        self.0.source.as_ref()?.downcast_ref()
    }

    /// Whether the server found the range outside the object.
    pub(crate) fn is_invalid_range(&self) -> bool {
        self.request().is_some_and(|error| error.kind() == r2_objects::ErrorKind::InvalidRange)
    }

    /// Whether a failed request may have taken effect all the same: its reply was lost, or a
    /// repetition found the upload gone.
    pub(crate) fn may_have_applied(&self) -> bool {
        self.kind() == ErrorKind::UploadVanished
            || self.request().is_some_and(r2_objects::Error::may_have_applied)
    }

    /// What the failure of one part means for the whole transfer.
    pub(crate) fn failure(&self) -> Failure {
        match self.kind() {
            ErrorKind::UploadVanished | ErrorKind::ObjectChanged => Failure::Stale,
            ErrorKind::SourceChanged | ErrorKind::TooLarge | ErrorKind::Checksum => Failure::Final,
            ErrorKind::Request => match self.request().and_then(r2_objects::Error::status) {
                Some(429 | 500 | 503) => Failure::Pressure,
                _ => Failure::Fatal,
            },
            _ => Failure::Fatal,
        }
    }

    /// What a failure to read means: what is gone will not come back by waiting.
    pub(crate) fn reading_failure(&self) -> Failure {
        match self.request() {
            Some(error) if error.is_not_found() => Failure::Final,
            _ => self.failure(),
        }
    }

    /// What a failed completion means: some answers say that these parts never make an object.
    pub(crate) fn completion_failure(&self) -> Failure {
        use r2_objects::ErrorKind as Request;
        match self.request().map(r2_objects::Error::kind) {
            Some(
                Request::PreconditionFailed
                | Request::InvalidPart
                | Request::EntityTooSmall
                | Request::EntityTooLarge
                | Request::BadDigest
                | Request::InvalidDigest
                | Request::MalformedXml,
            ) => Failure::Final,
            _ => self.failure(),
        }
    }

    /// Whether the state to go on from was kept: the same call resumes the transfer.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        self.0.suspended
    }
}

/// Fits after "failed to": own level only.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, detail, .. } = &*self.0;
        f.write_str(kind.text())?;
        match (place, detail) {
            (Some(place), Some(detail)) => write!(f, " ({place}: {detail})"),
            (Some(text), None) | (None, Some(text)) => write!(f, " ({text})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, place, detail, suspended, source } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("place", place)
            .field("detail", detail)
            .field("suspended", suspended)
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
