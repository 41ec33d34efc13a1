//! The operations a request can mean.

use super::Refusal;

/// An operation that this emulator carries out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Operation {
    ListBuckets,
    HeadBucket,
    CreateBucket,
    DeleteBucket,
    GetBucketLocation,
    GetBucketEncryption,
    PutBucketEncryption,
    DeleteBucketEncryption,
    GetBucketCors,
    PutBucketCors,
    DeleteBucketCors,
    GetBucketLifecycleConfiguration,
    PutBucketLifecycleConfiguration,
    DeleteBucketLifecycle,
    GetBucketVersioning,
    GetBucketTagging,
    GetObjectLockConfiguration,
    GetBucketReplication,
    GetBucketAcl,
    ListObjectsV1,
    ListObjectsV2,
    ListMultipartUploads,
    DeleteObjects,
    /// A signed POST on a bucket that means nothing: R2 answers 200 without a body.
    PostBucket,
    GetObject,
    HeadObject,
    PutObject,
    CopyObject,
    DeleteObject,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
}

/// What a token must allow for an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// Reading buckets and their settings.
    AccountRead,
    /// Making, removing and configuring buckets.
    AccountWrite,
    /// Reading and listing objects.
    ObjectRead,
    /// Writing and deleting objects.
    ObjectWrite,
}

impl Operation {
    /// S3's name, as in temporary credentials' `actions` and in R2's messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Operation::ListBuckets => "ListBuckets",
            Operation::HeadBucket => "HeadBucket",
            Operation::CreateBucket => "CreateBucket",
            Operation::DeleteBucket => "DeleteBucket",
            Operation::GetBucketLocation => "GetBucketLocation",
            Operation::GetBucketEncryption => "GetBucketEncryption",
            Operation::PutBucketEncryption => "PutBucketEncryption",
            Operation::DeleteBucketEncryption => "DeleteBucketEncryption",
            Operation::GetBucketCors => "GetBucketCors",
            Operation::PutBucketCors => "PutBucketCors",
            Operation::DeleteBucketCors => "DeleteBucketCors",
            Operation::GetBucketLifecycleConfiguration => "GetBucketLifecycleConfiguration",
            Operation::PutBucketLifecycleConfiguration => "PutBucketLifecycleConfiguration",
            Operation::DeleteBucketLifecycle => "DeleteBucketLifecycle",
            Operation::GetBucketVersioning => "GetBucketVersioning",
            Operation::GetBucketTagging => "GetBucketTagging",
            Operation::GetObjectLockConfiguration => "GetObjectLockConfiguration",
            Operation::GetBucketReplication => "GetBucketReplication",
            Operation::GetBucketAcl => "GetBucketAcl",
            Operation::ListObjectsV1 => "ListObjectsV1",
            Operation::ListObjectsV2 => "ListObjectsV2",
            Operation::ListMultipartUploads => "ListMultipartUploads",
            Operation::DeleteObjects => "DeleteObjects",
            Operation::PostBucket => "PostBucket",
            Operation::GetObject => "GetObject",
            Operation::HeadObject => "HeadObject",
            Operation::PutObject => "PutObject",
            Operation::CopyObject => "CopyObject",
            Operation::DeleteObject => "DeleteObject",
            Operation::CreateMultipartUpload => "CreateMultipartUpload",
            Operation::UploadPart => "UploadPart",
            Operation::UploadPartCopy => "UploadPartCopy",
            Operation::CompleteMultipartUpload => "CompleteMultipartUpload",
            Operation::AbortMultipartUpload => "AbortMultipartUpload",
            Operation::ListParts => "ListParts",
        }
    }

    /// Whether a body belongs to it. Every other operation has no use for one.
    pub(crate) fn takes_body(self) -> bool {
        matches!(
            self,
            Operation::CreateBucket
                | Operation::PutBucketEncryption
                | Operation::PutBucketCors
                | Operation::PutBucketLifecycleConfiguration
                | Operation::DeleteObjects
                | Operation::PutObject
                | Operation::UploadPart
                | Operation::CompleteMultipartUpload
        )
    }

    pub(crate) fn need(self) -> Need {
        match self {
            Operation::ListBuckets
            | Operation::HeadBucket
            | Operation::GetBucketEncryption
            | Operation::GetBucketCors
            | Operation::GetBucketLifecycleConfiguration
            | Operation::GetBucketVersioning
            | Operation::GetBucketTagging
            | Operation::GetObjectLockConfiguration
            | Operation::GetBucketReplication
            | Operation::GetBucketAcl => Need::AccountRead,
            Operation::CreateBucket
            | Operation::DeleteBucket
            | Operation::PutBucketEncryption
            | Operation::DeleteBucketEncryption
            | Operation::PutBucketCors
            | Operation::DeleteBucketCors
            | Operation::PutBucketLifecycleConfiguration
            | Operation::DeleteBucketLifecycle => Need::AccountWrite,
            // Temporary credentials may name GetBucketLocation, so it belongs to the object rights.
            Operation::GetBucketLocation
            | Operation::ListObjectsV1
            | Operation::ListObjectsV2
            | Operation::ListMultipartUploads
            | Operation::ListParts
            | Operation::GetObject
            | Operation::HeadObject => Need::ObjectRead,
            Operation::DeleteObjects
            | Operation::PostBucket
            | Operation::PutObject
            | Operation::CopyObject
            | Operation::DeleteObject
            | Operation::CreateMultipartUpload
            | Operation::UploadPart
            | Operation::UploadPartCopy
            | Operation::CompleteMultipartUpload
            | Operation::AbortMultipartUpload => Need::ObjectWrite,
        }
    }
}

/// What routing finds: an operation, or R2's words for not having one.
pub(crate) type Route = Result<Operation, Refusal>;
