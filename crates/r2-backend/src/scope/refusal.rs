//! Why something is not let into a scope.

use std::fmt;

use crate::storage::{StorageError, StorageErrorKind};

/// Why something is not let into a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// It is empty.
    Empty,
    /// With the scope before it, it is longer than a key can be.
    TooLong,
    /// Some reader would see a segment `.` or `..` in it.
    DotSegment,
    /// Some reader would see a path from the root in it, or a drive letter.
    Absolute,
    /// It holds a NUL, plain or encoded.
    Nul,
    /// Its percent-encoding is broken, is no text, or is layered too often.
    Encoding,
    /// It names another bucket.
    OtherBucket,
    /// It was made for another scope or another key, or not by us.
    OtherScope,
    /// It names a version, which a scope does not know.
    Version,
    /// The host cannot be understood.
    Host,
    /// The host belongs to no scope.
    UnknownHost,
    /// The scope, or the table of scopes, cannot work.
    Configuration,
}

/// A refusal: its kind, and what was refused.
///
/// ```
/// use r2_backend::scope::{RefusalKind, Scope};
///
/// let scope = Scope::new("enterprise/")?;
/// let refusal = scope.key("%2e%2e/development/a").unwrap_err();
/// assert_eq!(refusal.kind(), RefusalKind::DotSegment);
/// assert!(refusal.to_string().contains("write the name without it"));
/// # Ok::<(), r2_backend::scope::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: RefusalKind,
    message: String,
}

impl Refusal {
    pub(super) fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// About a name that a caller gave: what, and what to do.
    pub(super) fn of(kind: RefusalKind, what: &str, text: &str) -> Self {
        let why = match kind {
            RefusalKind::Empty => "is empty: give it a name",
            RefusalKind::TooLong => "is too long below its scope: shorten it",
            RefusalKind::DotSegment => {
                "has a segment that may be read as . or ..: write the name without it"
            }
            RefusalKind::Absolute => {
                "may be read as a path from the root: begin with the name itself"
            }
            RefusalKind::Nul => "holds a NUL: remove it",
            RefusalKind::Encoding => "is percent-encoded in a way that readers take differently",
            RefusalKind::OtherBucket => "names another bucket",
            RefusalKind::OtherScope => "was not made for this scope: begin anew",
            RefusalKind::Version => "names a version, which cannot be asked for here",
            RefusalKind::Host => "is no host name",
            RefusalKind::UnknownHost => "belongs to no scope",
            RefusalKind::Configuration => "cannot work",
        };
        let shown: String = text.chars().take(80).collect();
        let more = if shown.len() < text.len() { "..." } else { "" };
        Self::new(kind, format!("the {what} {shown:?}{more} {why}"))
    }

    /// Why, as something a program can act on.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for StorageError {
    fn from(refusal: Refusal) -> Self {
        Self::new(StorageErrorKind::OutsideScope, refusal.message.clone()).source(refusal)
    }
}
