//! What can go wrong below the protocol: the disk is full, a file cannot be read, a row is damaged.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

/// Why a store operation failed. Cloneable, because one failed commit fails every request in it.
#[derive(Clone, Debug)]
pub(crate) struct StoreError {
    kind: StoreErrorKind,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What the layer above can act on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StoreErrorKind {
    /// No space, no quota, or a file larger than the system allows.
    Full,
    /// A file operation failed.
    Io,
    /// The index refused or lost its file.
    Index,
    /// A row or a blob is not what was written.
    Corrupt,
    /// The runtime stopped before the work was done.
    Stopped,
}

/// Why a piece of work on the store ended early: it said no, or the store failed.
#[derive(Clone, Debug)]
pub(crate) enum Halt<R> {
    /// The work's own decision. Nothing was written.
    Refused(R),
    /// The store failed.
    Failed(StoreError),
}

impl<R, E: Into<StoreError>> From<E> for Halt<R> {
    fn from(error: E) -> Halt<R> {
        Halt::Failed(error.into())
    }
}

impl StoreError {
    pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
        let source: Box<dyn StdError + Send + Sync> = what.into().into();
        StoreError { kind: StoreErrorKind::Corrupt, source: Some(source.into()) }
    }

    pub(crate) fn stopped() -> StoreError {
        StoreError { kind: StoreErrorKind::Stopped, source: None }
    }

    pub(crate) fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    fn index(error: redb::Error) -> StoreError {
        let kind = match &error {
            redb::Error::Io(io) => return StoreError::from_io(io.kind(), error),
            redb::Error::Corrupted(_) => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Index,
        };
        StoreError { kind, source: Some(Arc::new(error)) }
    }

    fn from_io(kind: io::ErrorKind, source: impl StdError + Send + Sync + 'static) -> StoreError {
        use io::ErrorKind::{FileTooLarge, InvalidData, QuotaExceeded, StorageFull, UnexpectedEof};
        let kind = match kind {
            StorageFull | QuotaExceeded | FileTooLarge => StoreErrorKind::Full,
            // How the index says that its file is none, or ends too early.
            InvalidData | UnexpectedEof => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Io,
        };
        StoreError { kind, source: Some(Arc::new(source)) }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Full => "no space left for the local store",
            StoreErrorKind::Io => "a file of the local store cannot be read or written",
            StoreErrorKind::Index => "the index of the local store failed",
            StoreErrorKind::Corrupt => "the local store is damaged",
            StoreErrorKind::Stopped => "the local store was stopped",
        })
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> StoreError {
        StoreError::from_io(error.kind(), error)
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> StoreError {
        StoreError { kind: StoreErrorKind::Corrupt, source: Some(Arc::new(error)) }
    }
}

macro_rules! from_index_errors {
    ($($error:ty),+) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> StoreError {
                StoreError::index(error.into())
            }
        }
    )+};
}

from_index_errors!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError
);
