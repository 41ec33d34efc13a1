//! From the errors of the client and its transfers to those of storage.

use r2_objects::ErrorKind as Request;

use crate::storage::{StorageError, StorageErrorKind};

/// An error of a single request.
pub(super) fn of_request(error: r2_objects::Error) -> StorageError {
    let storage = StorageError::of(kind_of(error.kind()));
    let storage = if error.is_retryable() { storage.retryable() } else { storage };
    let storage = if error.may_have_applied() { storage.possibly_applied() } else { storage };
    storage.source(error)
}

/// An error of an upload or a copy.
pub(super) fn of_transfer(error: r2_multipart::Error) -> StorageError {
    use r2_multipart::ErrorKind as Transfer;
    let request = error.request();
    let kind = match (error.kind(), request) {
        (Transfer::Source | Transfer::SourceChanged, _) => StorageErrorKind::Content,
        (Transfer::ObjectChanged, _) => StorageErrorKind::PreconditionFailed,
        (Transfer::TooLarge, _) => StorageErrorKind::TooLarge,
        (Transfer::Checksum, _) => StorageErrorKind::Corrupt,
        (Transfer::PartSize, _) => StorageErrorKind::InvalidInput,
        (Transfer::UploadVanished, _) => StorageErrorKind::Conflict,
        (Transfer::Deadline, _) => StorageErrorKind::Timeout,
        (_, Some(request)) => kind_of(request.kind()),
        _ => StorageErrorKind::Other,
    };
    let retryable = request.is_some_and(r2_objects::Error::is_retryable);
    let applied = request.is_some_and(r2_objects::Error::may_have_applied);
    let storage = StorageError::of(kind);
    let storage = if retryable { storage.retryable() } else { storage };
    let storage = if applied { storage.possibly_applied() } else { storage };
    storage.source(error)
}

pub(super) fn kind_of(kind: Request) -> StorageErrorKind {
    match kind {
        Request::NoSuchKey | Request::NotFound => StorageErrorKind::NotFound,
        Request::NoSuchBucket => StorageErrorKind::NoSuchStore,
        Request::PreconditionFailed => StorageErrorKind::PreconditionFailed,
        Request::Conflict | Request::NoSuchUpload => StorageErrorKind::Conflict,
        Request::InvalidRange => StorageErrorKind::InvalidRange,
        Request::InvalidInput
        | Request::InvalidObjectName
        | Request::InvalidRequest
        | Request::InvalidPart
        | Request::EntityTooSmall
        | Request::InvalidStorageClass
        | Request::MetadataTooLarge => StorageErrorKind::InvalidInput,
        Request::NotImplemented => StorageErrorKind::Unsupported,
        Request::Credentials
        | Request::Unauthorized
        | Request::SignatureMismatch
        | Request::ClockSkew
        | Request::Expired => StorageErrorKind::Unauthorized,
        Request::AccessDenied | Request::NotEntitled | Request::ObjectLocked | Request::CostCap => {
            StorageErrorKind::AccessDenied
        }
        Request::EntityTooLarge | Request::ReplyTooLarge => StorageErrorKind::TooLarge,
        Request::SourceBody | Request::IncompleteBody => StorageErrorKind::Content,
        Request::BadDigest | Request::ChecksumMismatch => StorageErrorKind::Corrupt,
        Request::ObjectChanged => StorageErrorKind::Changed,
        Request::TooManyRequests => StorageErrorKind::Throttled,
        Request::Timeout | Request::Deadline => StorageErrorKind::Timeout,
        Request::Internal
        | Request::Unavailable
        | Request::Edge
        | Request::ClientDisconnect
        | Request::Dns
        | Request::Connect
        | Request::Tls
        | Request::Reset
        | Request::CircuitOpen
        | Request::RetryBudgetSpent => StorageErrorKind::Unavailable,
        Request::InvalidConfiguration
        | Request::InvalidBucketName
        | Request::InsecureRefused
        | Request::Redirect => StorageErrorKind::Configuration,
        _ => StorageErrorKind::Other,
    }
}
