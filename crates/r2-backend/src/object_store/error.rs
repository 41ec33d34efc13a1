//! Errors, as the two crates sort them.

use std::error::Error as StdError;

use ::object_store::Error;

use crate::storage::{StorageError, StorageErrorKind};

const STORE: &str = "r2-backend";

/// One that has no kind of its own.
pub(super) fn generic(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::Generic { store: STORE, source: source.into() }
}

/// The kind that a caller of that crate acts on; ours is the source, with all it says.
pub(super) fn to_theirs(error: StorageError) -> Error {
    let path = error.object_key().unwrap_or_default().to_owned();
    match error.kind() {
        StorageErrorKind::NotFound => Error::NotFound { path, source: error.into() },
        // who is told that another was faster reads again, and tries again
        StorageErrorKind::PreconditionFailed | StorageErrorKind::Conflict => {
            Error::Precondition { path, source: error.into() }
        }
        StorageErrorKind::NotModified => Error::NotModified { path, source: error.into() },
        StorageErrorKind::Unsupported => Error::NotImplemented {
            operation: error.message().to_owned(),
            implementer: error.backend().unwrap_or(STORE).to_owned(),
        },
        StorageErrorKind::Unauthorized => Error::Unauthenticated { path, source: error.into() },
        StorageErrorKind::AccessDenied | StorageErrorKind::OutsideScope => {
            Error::PermissionDenied { path, source: error.into() }
        }
        _ => generic(error),
    }
}

/// The same for a write that must create.
pub(super) fn of_create(error: StorageError) -> Error {
    match to_theirs(error) {
        Error::Precondition { path, source } => Error::AlreadyExists { path, source },
        other => other,
    }
}
