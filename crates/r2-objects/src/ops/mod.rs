//! The operations, one a file: plain data with setters, the request it makes, the reply it reads.

mod attributes;
mod bucket_basics;
mod bucket_configuration;
mod conditional;
mod copy_object;
mod create_bucket;
mod delete_object;
mod delete_objects;
mod get_object;
mod head_object;
mod list_buckets;
mod list_objects;
mod list_objects_v2;
mod listed;
mod object_info;
mod put_object;
mod select;

pub use attributes::ObjectAttributes;
pub use bucket_basics::{DeleteBucket, GetBucketLocation, HeadBucket};
pub use bucket_configuration::{
    BucketConfiguration, DeleteBucketCors, DeleteBucketEncryption, DeleteBucketLifecycle,
    DeleteConfiguration, GetBucketCors, GetBucketEncryption, GetBucketLifecycleConfiguration,
    GetConfiguration, PutBucketCors, PutBucketEncryption, PutBucketLifecycleConfiguration,
    PutConfiguration,
};
pub use conditional::Conditional;
pub use copy_object::{CopiedObject, CopyObject, MetadataDirective, copy_source};
pub use create_bucket::{CreateBucket, CreatedBucket, LocationHint};
pub use delete_object::DeleteObject;
pub(crate) use delete_objects::fits_xml;
pub use delete_objects::{DeleteFailure, DeleteObjects, DeletedObjects};
pub use get_object::{FetchedObject, GetObject};
pub use head_object::HeadObject;
pub use list_buckets::{BucketsPage, ListBuckets, ListedBucket};
pub use list_objects::{ListObjects, ListPageV1};
pub use list_objects_v2::{ListObjectsV2, ListPage};
pub use listed::{ListedEntry, ListedObject};
pub use object_info::{ChecksumScope, ObjectInfo};
pub use put_object::{PutObject, PutOutcome, StoredObject};

#[cfg(test)]
mod tests;
