//! Why a body could not be read to its end.

use std::error::Error;
use std::{fmt, io};

use super::{BoxError, ErrorKind};

/// Why a body could not be read to its end.
///
/// ```
/// use r2_transport::{BodyError, ErrorKind};
///
/// let error = BodyError::length(10, 7);
/// assert_eq!(error.kind(), ErrorKind::Length { expected: 10, got: 7 });
/// ```
pub struct BodyError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    source: Option<BoxError>,
}

impl BodyError {
    /// An error of this kind, with its cause.
    ///
    /// If the cause is itself a `BodyError` it is handed back unchanged: the first one to see the
    /// failure knows its kind best.
    pub fn new(kind: ErrorKind, source: impl Into<BoxError>) -> Self {
        match source.into().downcast::<Self>() {
            Ok(first) => *first,
            Err(source) => Self(Box::new(Inner { kind, source: Some(source) })),
        }
    }

    /// An error of this kind, without a cause beneath it.
    pub fn from_kind(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, source: None }))
    }

    /// The body ended after `got` bytes, or went on past them, where `expected` were announced.
    pub fn length(expected: u64, got: u64) -> Self {
        Self::from_kind(ErrorKind::Length { expected, got })
    }

    /// The body is larger than its reader allows.
    pub fn too_large() -> Self {
        Self::from_kind(ErrorKind::TooLarge)
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
}

impl fmt::Debug for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, source } = &*self.0;
        f.debug_struct("BodyError").field("kind", kind).field("source", source).finish()
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<io::Error> for BodyError {
    fn from(error: io::Error) -> Self {
        Self::new(ErrorKind::Body, error)
    }
}
