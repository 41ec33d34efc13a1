//! The XML documents of the S3 API as R2 writes and reads them, in both directions.
//!
//! Every document is a plain struct with public fields, named as in S3, that implements
//! [`Document`]: [`decode`](Document::decode) reads a whole body, [`encode`](Document::encode)
//! writes one to the byte as R2 does where that is known. A client decodes replies and encodes
//! requests; a server does the other half, with
//! [`decode_strict`](RequestDocument::decode_strict) where R2 checks what it gets.
//!
//! The crate knows text and nothing else: no HTTP, no names of buckets, no meaning of a field.
//!
//! # Listings
//!
//! A key can hold characters that XML cannot carry, so clients ask for `encoding-type=url`. The
//! document says how its names are written; `decode_url` makes them plain.
//!
//! ```
//! use r2_xml::{Document, ListObjectsV2Result};
//!
//! let body = br#"<?xml version="1.0" encoding="UTF-8"?>
//!     <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name>
//!     <Contents><Key>2026%2Fa%20b.jpg</Key><Size>7</Size><ETag>&quot;aa&quot;</ETag>
//!     <LastModified>2026-08-17T09:30:00.250Z</LastModified></Contents>
//!     <IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>
//!     <EncodingType>url</EncodingType></ListBucketResult>"#;
//! let page = ListObjectsV2Result::decode(body)?.decode_url()?;
//! assert_eq!(page.contents[0].key, "2026/a b.jpg");
//! assert_eq!(page.next_page(), Some("t"));
//! # Ok::<(), r2_xml::Error>(())
//! ```
//!
//! [`ListObjectsV2Result`], [`ListObjectsV1Result`], [`ListBucketsResult`],
//! [`ListMultipartUploadsResult`] and [`ListPartsResult`] all have `next_page`.
//!
//! # Multipart uploads and copies
//!
//! A 200 may hold an error, because the service answers before it is done: [`Reply`] reads both.
//!
//! ```
//! use r2_xml::{CompleteMultipartUploadResult, ErrorCode, Reply};
//!
//! let body = b"<Error><Code>InvalidPart</Code><Message>All non-trailing parts must have the \
//!     same length.</Message></Error>";
//! match Reply::<CompleteMultipartUploadResult>::decode(body)? {
//!     Reply::Document(result) => println!("{}", result.etag),
//!     Reply::Error(error) => assert_eq!(error.code, ErrorCode::InvalidPart),
//! }
//! # Ok::<(), r2_xml::Error>(())
//! ```
//!
//! # Requests
//!
//! ```
//! use r2_xml::{Delete, Document, Invalid, RequestDocument};
//!
//! let body = Delete::of(["a", "b"]).encode();
//! assert_eq!(Delete::decode_strict(body.as_bytes())?.objects[1].key, "b");
//!
//! let error = Delete::decode_strict(b"<Delete></Delete>").unwrap_err();
//! assert_eq!(error.invalid(), Some(&Invalid::DeleteKeyCount(0)));
//! # Ok::<(), r2_xml::Error>(())
//! ```
//!
//! # Bucket configurations
//!
//! ```
//! use r2_xml::{Document, LifecycleConfiguration, LifecycleTime};
//!
//! let body = b"<LifecycleConfiguration><Rule><Status>Enabled</Status>
//!     <Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>90</Days></Expiration>
//!     </Rule></LifecycleConfiguration>";
//! let rule = LifecycleConfiguration::decode(body)?.rules.remove(0);
//! assert_eq!(rule.filter.prefix(), "logs/");
//! assert_eq!(rule.expiration, Some(LifecycleTime::Days(90)));
//! # Ok::<(), r2_xml::Error>(())
//! ```
//!
//! # Errors
//!
//! ```
//! use r2_xml::{Document, ErrorCode, ErrorDocument};
//!
//! let error = ErrorDocument::new(ErrorCode::RouteNotFound, "No route matches this url.");
//! assert_eq!(
//!     error.encode(),
//!     "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>RouteNotFound</Code>\
//!      <Message>No route matches this url.</Message></Error>",
//! );
//! assert_eq!(ErrorDocument::decode(error.encode().as_bytes())?.code, ErrorCode::RouteNotFound);
//! assert_eq!(ErrorCode::RouteNotFound.default_status(), Some(404));
//! # Ok::<(), r2_xml::Error>(())
//! ```
//!
//! # Hostile input
//!
//! Nothing in a body can make this crate panic or use more memory or time than its size warrants.
//! Entities, document types, other encodings, deep nesting and floods are refused by an [`Error`]
//! that names the byte and the reason; the bounds are in [`limits`].
//!
//! ```
//! use r2_xml::{Document, ErrorDocument, ErrorKind};
//!
//! let error = ErrorDocument::decode(b"<Error><Code>&lol;</Code></Error>").unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Forbidden);
//! assert_eq!(error.offset(), 13);
//! ```

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
