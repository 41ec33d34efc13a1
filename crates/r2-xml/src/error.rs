//! Why a document was refused.

use std::fmt;

use crate::Invalid;

/// A document could not be read. Says why ([`Error::kind`]) and where ([`Error::offset`]).
///
/// ```
/// use r2_xml::{Document, ErrorKind, LocationConstraint};
///
/// let error = LocationConstraint::decode(b"<!DOCTYPE x><LocationConstraint/>").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Forbidden);
/// assert_eq!(error.offset(), 0);
/// assert_eq!(error.to_string(), "a document type declaration is not allowed, at byte 0");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    offset: usize,
    reason: String,
    invalid: Option<Invalid>,
    source: Option<quick_xml::Error>,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// More bytes than the document's limit in [`crate::limits`].
    TooLarge,
    /// Elements nested deeper than [`crate::limits::DEPTH_MAX`].
    TooDeep,
    /// More entries, rules, parts or attributes than the limit in [`crate::limits`].
    TooMany,
    /// Not UTF-8, or declared to be something else.
    Encoding,
    /// A document type declaration, or a reference to an entity that XML does not define.
    Forbidden,
    /// Not well-formed XML.
    Syntax,
    /// The document ends before its root element does.
    Truncated,
    /// Something follows the root element.
    Trailing,
    /// The root element is another document's.
    WrongRoot,
    /// An element that may stand once stands twice.
    Duplicate,
    /// An element that must be there is not.
    Missing,
    /// An element's text is not a value of its type: number, boolean, date, encoding.
    Value,
    /// An element or text where the document has no place for it.
    Unexpected,
    /// Well-formed, but against a rule of the service: see [`Error::invalid`].
    Invalid,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: usize, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self(Box::new(Inner { kind, offset, reason, invalid: None, source: None }))
    }

    pub(crate) fn syntax(offset: usize, source: quick_xml::Error) -> Self {
        let mut error = Self::new(ErrorKind::Syntax, offset, "not well-formed XML");
        error.0.source = Some(source);
        error
    }

    /// What went wrong, as a value to match on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The place in the input, in bytes from its beginning. 0 when the fault is not in one place.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The rule that a request broke, if it was well-formed.
    #[must_use]
    pub fn invalid(&self) -> Option<&Invalid> {
        self.0.invalid.as_ref()
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let mut error = Self::new(ErrorKind::Invalid, 0, invalid.to_string());
        error.0.invalid = Some(invalid);
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.reason)?;
        match self.0.kind {
            ErrorKind::Invalid => Ok(()),
            _ => write!(f, ", at byte {}", self.0.offset),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("offset", &self.0.offset)
            .field("reason", &self.0.reason)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// A piece of hostile input, fit for a message: escaped and cut.
pub(crate) fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut out = String::from("`");
    out.extend(text.chars().take(CHARS_MAX).flat_map(char::escape_debug));
    if text.chars().nth(CHARS_MAX).is_some() {
        out.push('…');
    }
    out.push('`');
    out
}
