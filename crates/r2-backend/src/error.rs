//! What can go wrong, sorted by what to do next.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// Why something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A request failed; [`Error::request`] has the client's error.
    Request,
    /// A transfer failed for another reason than a request; [`Error::transfer`] has it.
    Transfer,
    /// A directory or file could not be read.
    Read,
    /// A directory or file could not be written.
    Write,
    /// The directory to read from is not there.
    NotFound,
    /// An include or exclude pattern is not understood.
    Pattern,
    /// Source and destination cannot be synced with each other.
    InvalidInput,
    /// More would be deleted than is allowed; nothing was done.
    DeleteCap,
    /// Something else is in the way of a file: another name that this system takes for the same, a
    /// folder, or a symbolic link.
    InTheWay,
    /// A file changed since it was looked at.
    Changed,
    /// The plan could not be kept in its temporary file.
    PlanFile,
}

impl ErrorKind {
    fn text(self) -> &'static str {
        match self {
            Self::Request => "send a request",
            Self::Transfer => "transfer an object",
            Self::Read => "read from the disk",
            Self::Write => "write to the disk",
            Self::NotFound => "find the directory",
            Self::Pattern => "understand the pattern",
            Self::InvalidInput => "sync these two",
            Self::DeleteCap => "delete within the cap, so nothing was done",
            Self::InTheWay => "write the file, something else is in its way",
            Self::Changed => "go on, the file has changed since it was looked at",
            Self::PlanFile => "keep the plan in its temporary file",
        }
    }
}

/// An error of this crate: its kind, what it was about, and its cause.
///
/// ```
/// use r2_backend::{ErrorKind, Rules};
///
/// let error = Rules::new().include("[").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Pattern);
/// assert_eq!(error.to_string(), "understand the pattern (\"[\")");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    detail: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, detail: None, source: None }))
    }

    pub(crate) fn because(
        kind: ErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Inner { kind, detail: None, source: Some(source.into()) }))
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail.get_or_insert_with(|| detail.into());
        self
    }

    /// What went wrong, as something a program can act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The client's error, if a request failed; also the one inside a failed transfer.
    #[must_use]
    pub fn request(&self) -> Option<&r2_objects::Error> {
        let mut cause: Option<&(dyn StdError + 'static)> = self.source();
        while let Some(error) = cause {
            if let Some(request) = error.downcast_ref() {
                return Some(request);
            }
            cause = error.source();
        }
        None
    }

    /// The error of the transfer, if one failed.
    #[must_use]
    pub fn transfer(&self) -> Option<&r2_multipart::Error> {
        self.0.source.as_ref().and_then(|source| source.downcast_ref())
    }

    /// Did the stop signal end it?
    pub(crate) fn is_stop(&self) -> bool {
        self.transfer().is_some_and(|error| error.kind() == r2_multipart::ErrorKind::Stopped)
    }

    /// Is there no room left, or no right to write at all, on the disk?
    pub(crate) fn is_disk_full(&self) -> bool {
        let mut cause: Option<&(dyn StdError + 'static)> = self.source();
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>()
                && matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull
                        | io::ErrorKind::QuotaExceeded
                        | io::ErrorKind::ReadOnlyFilesystem
                )
            {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// Might the same work later, with nothing changed?
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind() == ErrorKind::Changed
            || self.request().is_some_and(r2_objects::Error::is_retryable)
    }
}

/// Fits after "failed to": own level only.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.text())?;
        match &self.0.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, detail, source } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("detail", detail)
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<r2_objects::Error> for Error {
    fn from(error: r2_objects::Error) -> Self {
        Self::because(ErrorKind::Request, error)
    }
}

impl From<r2_multipart::Error> for Error {
    fn from(error: r2_multipart::Error) -> Self {
        let kind = match error.kind() {
            r2_multipart::ErrorKind::Request => ErrorKind::Request,
            r2_multipart::ErrorKind::SourceChanged => ErrorKind::Changed,
            r2_multipart::ErrorKind::Source => ErrorKind::Read,
            r2_multipart::ErrorKind::Target => ErrorKind::Write,
            _ => ErrorKind::Transfer,
        };
        Self::because(kind, error)
    }
}
