//! The XML documents of the S3 API as R2 writes and reads them, in both directions.

mod acl;
mod bucket_location;
mod checksums;
mod codec;
mod complete_multipart;
mod copy;
mod cors;
mod delete;
mod document;
mod encryption;
mod error;
mod error_code;
mod error_document;
mod initiate_multipart;
mod invalid;
mod lifecycle;
pub mod limits;
mod list_buckets;
mod list_objects_v1;
mod list_objects_v2;
mod list_parts;
mod list_uploads;
mod listing;
mod timestamp;
pub mod url;
mod versioning;

pub use acl::{AccessControlPolicy, Grant};
pub use bucket_location::{CreateBucketConfiguration, LocationConstraint};
pub use checksums::Checksums;
pub use complete_multipart::{
    CompleteMultipartUpload, CompleteMultipartUploadResult, CompletedPart,
};
pub use copy::{CopyObjectResult, CopyPartResult};
pub use cors::{CorsConfiguration, CorsRule};
pub use delete::{Delete, DeleteError, DeleteResult, DeletedObject, ObjectIdentifier};
pub use document::{Document, Reply, RequestDocument};
pub use encryption::{DefaultEncryption, EncryptionRule, ServerSideEncryptionConfiguration};
pub use error::{Error, ErrorKind};
pub use error_code::ErrorCode;
pub use error_document::ErrorDocument;
pub use initiate_multipart::InitiateMultipartUploadResult;
pub use invalid::Invalid;
pub use lifecycle::{
    LifecycleConfiguration, LifecycleFilter, LifecycleRule, LifecycleTime, LifecycleTransition,
    RuleStatus,
};
pub use list_buckets::{Bucket, ListBucketsResult};
pub use list_objects_v1::ListObjectsV1Result;
pub use list_objects_v2::ListObjectsV2Result;
pub use list_parts::{ListPartsResult, Part};
pub use list_uploads::{ListMultipartUploadsResult, Upload};
pub use listing::{EncodingType, Object, Owner, bare_etag};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use versioning::VersioningConfiguration;
