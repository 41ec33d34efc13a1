//! Why a local store could not be opened, or a switch not be set.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What went wrong when a store folder was opened or a switch was set.
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

/// An error of this crate: opening a store and setting a switch by name are the only things that
/// fail outside the protocol.
///
/// Everything that happens to a request is an HTTP response, as on R2.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    /// Of a store; a switch has none.
    folder: Option<PathBuf>,
    why: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn folder(kind: ErrorKind, folder: &Path, why: impl Into<String>) -> Error {
        Error { kind, folder: Some(folder.to_owned()), why: why.into(), source: None }
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
        Error {
            kind,
            folder: Some(folder.to_owned()),
            why: why.into(),
            source: Some(source.into()),
        }
    }

    pub(crate) fn unknown_switch(why: impl Into<String>) -> Error {
        Error { kind: ErrorKind::UnknownSwitch, folder: None, why: why.into(), source: None }
    }

    pub(crate) fn switch_value(why: impl Into<String>) -> Error {
        Error { kind: ErrorKind::SwitchValue, folder: None, why: why.into(), source: None }
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The folder that was to be opened, if this is about one.
    #[must_use]
    pub fn folder_path(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.folder {
            Some(folder) => {
                write!(f, "open the local store in `{}`: {}", folder.display(), self.why)
            }
            None => f.write_str(&self.why),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
