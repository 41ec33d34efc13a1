//! Why there is no response.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::{BodyError, BoxError, ErrorKind};

/// Why there is no response to a request.
///
/// ```
/// use r2_transport::{ErrorKind, TransportError};
///
/// let error = TransportError::new(ErrorKind::Reset, "peer went away");
/// assert!(error.may_have_applied());
/// let error = TransportError::new(ErrorKind::Dns, "no such host").at("example.invalid");
/// assert!(!error.may_have_applied());
/// assert_eq!(error.to_string(), "resolve the host name (example.invalid)");
/// ```
pub struct TransportError(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    at: Option<Cow<'static, str>>,
    source: Option<BoxError>,
    unsent: bool,
}

impl TransportError {
    /// An error of this kind, with its cause.
    pub fn new(kind: ErrorKind, source: impl Into<BoxError>) -> Self {
        Self::build(kind, Some(source.into()))
    }

    /// An error of this kind, without a cause beneath it.
    pub fn from_kind(kind: ErrorKind) -> Self {
        Self::build(kind, None)
    }

    /// Adds what was being reached or done: a host, an address, a header. Never a secret.
    #[must_use]
    pub fn at(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.0.at = Some(what.into());
        self
    }

    /// Marks that not one byte of the request reached the peer, whatever the kind says.
    #[must_use]
    pub fn unsent(mut self) -> Self {
        self.0.unsent = true;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request may have taken effect at the peer: `false` only when it certainly did
    /// not reach it.
    pub fn may_have_applied(&self) -> bool {
        !self.0.unsent && self.0.kind.leaves_doubt()
    }

    fn build(kind: ErrorKind, source: Option<BoxError>) -> Self {
        Self(Box::new(Inner { kind, at: None, source, unsent: false }))
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, at, source, unsent: _ } = &*self.0;
        f.debug_struct("TransportError")
            .field("kind", kind)
            .field("at", at)
            .field("may_have_applied", &self.may_have_applied())
            .field("source", source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)?;
        match &self.0.at {
            Some(at) => write!(f, " ({at})"),
            None => Ok(()),
        }
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<BodyError> for TransportError {
    fn from(error: BodyError) -> Self {
        Self::new(error.kind(), error)
    }
}
