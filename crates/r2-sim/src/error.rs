//! Why a local store could not be opened, checked or copied, or a switch not be set.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What went wrong with a store as a whole, or with a switch.
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
    /// The folder was written by a newer version of this code.
    NewerFormat,
    /// The folder's own files contradict each other.
    Damaged,
    /// The operating system refused: permissions, a full disk, a failing device.
    Io,
    /// There is no switch of this name.
    UnknownSwitch,
    /// The switch does not take this value.
    SwitchValue,
}

/// An error of this crate: opening, checking and copying a store and setting a switch by name are
/// the only things that fail outside the protocol.
///
/// Everything that happens to a request is an HTTP response, as on R2.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    doing: &'static str,
    /// Of a store, empty for one in memory; a switch has none.
    folder: Option<PathBuf>,
    why: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn folder(kind: ErrorKind, folder: &Path, why: impl Into<String>) -> Error {
        let folder = Some(folder.to_owned());
        Error { kind, doing: "open", folder, why: why.into(), source: None }
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
        let (folder, source) = (Some(folder.to_owned()), Some(source.into()));
        Error { kind, doing: "open", folder, why: why.into(), source }
    }

    /// The same, of another work than opening.
    pub(crate) fn doing(self, doing: &'static str) -> Error {
        Error { doing, ..self }
    }

    pub(crate) fn unknown_switch(why: impl Into<String>) -> Error {
        Error::switch(ErrorKind::UnknownSwitch, why.into())
    }

    pub(crate) fn switch_value(why: impl Into<String>) -> Error {
        Error::switch(ErrorKind::SwitchValue, why.into())
    }

    fn switch(kind: ErrorKind, why: String) -> Error {
        Error { kind, doing: "set", folder: None, why, source: None }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The folder of the store, if this is about one; empty for a store in memory.
    #[must_use]
    pub fn folder_path(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Error { doing, folder, why, .. } = self;
        match folder {
            Some(folder) if folder.as_os_str().is_empty() => {
                write!(f, "{doing} the local store in memory: {why}")
            }
            Some(folder) => write!(f, "{doing} the local store in `{}`: {why}", folder.display()),
            None => f.write_str(why),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
