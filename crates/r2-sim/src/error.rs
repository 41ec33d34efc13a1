//! Why a local store could not be opened, checked or copied, a switch not be set, or a cassette not
//! be used.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What went wrong with a store as a whole, a switch or a cassette.
///
/// ```
/// use r2_sim::{Emulator, ErrorKind};
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("letter.txt"), "not a store")?;
/// let error = Emulator::builder().directory(folder.path()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotAStore);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The path is a file, or a folder with other things in it.
    NotAStore,
    /// Another process has the folder open.
    Locked,
    /// The folder or the cassette was written by a newer version of this code.
    NewerFormat,
    /// The folder's own files contradict each other.
    Damaged,
    /// The operating system refused: permissions, a full disk, a failing device.
    Io,
    /// A store in a folder cannot do what one in memory can, or the other way round.
    Unsupported,
    /// There is no bucket of this name.
    NoSuchBucket,
    /// More lock rules than a bucket may have, or two of one name.
    LockRules,
    /// There is no switch of this name.
    UnknownSwitch,
    /// The switch does not take this value.
    SwitchValue,
    /// The file is no cassette: not JSON, fields missing or too many, or beyond a limit.
    BadCassette,
    /// The cassette holds what lets others do what its recorder could do. The error names the
    /// place and never the secret.
    SecretInCassette,
}

/// An error of this crate: opening, checking and copying a store, setting a switch by name, and
/// reading and writing cassettes are the only things that fail outside the protocol.
///
/// Everything that happens to a request is an HTTP response, as on R2.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    subject: Subject,
    why: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Debug)]
enum Subject {
    Store {
        doing: &'static str,
        /// Empty for one in memory.
        folder: PathBuf,
    },
    Switch,
    /// The locks of a bucket.
    Locks(String),
    /// In a file, or in memory.
    Cassette(Option<PathBuf>),
}

impl Error {
    pub(crate) fn folder(kind: ErrorKind, folder: &Path, why: impl Into<String>) -> Error {
        let subject = Subject::Store { doing: "open", folder: folder.to_owned() };
        Error { kind, subject, why: why.into(), source: None }
    }

    pub(crate) fn io(folder: &Path, source: io::Error) -> Error {
        Error::with_source(ErrorKind::Io, folder, "it cannot be read or written", source)
    }

    pub(crate) fn with_source(
        kind: ErrorKind,
        folder: &Path,
        why: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Error {
        Error { source: Some(source.into()), ..Error::folder(kind, folder, why) }
    }

    /// The same, of another work than opening.
    pub(crate) fn doing(self, doing: &'static str) -> Error {
        match self.subject {
            Subject::Store { folder, .. } => {
                Error { subject: Subject::Store { doing, folder }, ..self }
            }
            subject => Error { subject, ..self },
        }
    }

    pub(crate) fn unknown_switch(why: impl Into<String>) -> Error {
        Error::switch(ErrorKind::UnknownSwitch, why)
    }

    pub(crate) fn switch_value(why: impl Into<String>) -> Error {
        Error::switch(ErrorKind::SwitchValue, why)
    }

    fn switch(kind: ErrorKind, why: impl Into<String>) -> Error {
        Error { kind, subject: Subject::Switch, why: why.into(), source: None }
    }

    pub(crate) fn locks(kind: ErrorKind, bucket: &str, why: impl Into<String>) -> Error {
        Error { kind, subject: Subject::Locks(bucket.to_owned()), why: why.into(), source: None }
    }

    pub(crate) fn cassette(kind: ErrorKind, why: impl Into<String>) -> Error {
        Error { kind, subject: Subject::Cassette(None), why: why.into(), source: None }
    }

    /// Says which file the cassette is in.
    pub(crate) fn in_file(self, path: &Path) -> Error {
        Error { subject: Subject::Cassette(Some(path.to_owned())), ..self }
    }

    pub(crate) fn caused_by(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error { source: Some(source.into()), ..self }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The store's folder, empty for a store in memory, or the cassette's file; `None` where there
    /// is neither.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.subject {
            Subject::Store { folder, .. } => Some(folder),
            Subject::Switch | Subject::Locks(_) => None,
            Subject::Cassette(path) => path.as_deref(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = &self.why;
        match &self.subject {
            Subject::Store { doing, folder } if folder.as_os_str().is_empty() => {
                write!(f, "{doing} the local store in memory: {why}")
            }
            Subject::Store { doing, folder } => {
                write!(f, "{doing} the local store in `{}`: {why}", folder.display())
            }
            Subject::Switch => f.write_str(why),
            Subject::Locks(bucket) => write!(f, "use the locks of `{bucket}`: {why}"),
            Subject::Cassette(Some(path)) => {
                write!(f, "use the cassette `{}`: {why}", path.display())
            }
            Subject::Cassette(None) => write!(f, "use the cassette: {why}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
