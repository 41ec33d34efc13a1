//! What headers tell about an object.

use crate::error::Error;
use crate::names::{ContentRange, ETag};
use crate::ops::ObjectAttributes;
use crate::reply::Reply;
use crate::values::{Checksum, ChecksumAlgorithm, LastModified, Metadata, StorageClass};

/// What a checksum was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumScope {
    /// The whole content.
    FullObject,
    /// The checksums of the parts.
    Composite,
}

/// What headers tell about an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// The tag of this content.
    pub etag: ETag,
    /// Size of the whole object in bytes. `None` when the server did not say, as R2's edge does
    /// when it recodes a reply.
    pub size: Option<u64>,
    /// Length of this reply's body in bytes, if announced.
    pub content_length: Option<u64>,
    /// Which part of the object the reply holds, if it is a part.
    pub content_range: Option<ContentRange>,
    /// When it was written.
    pub last_modified: Option<LastModified>,
    /// Headers and metadata that were kept with it.
    pub attributes: ObjectAttributes,
    /// Metadata entries that R2 holds but could not show, because their names are not ASCII.
    pub missing_metadata: u32,
    /// Checksums of the content that the server keeps. Those of a ranged reply are of the whole
    /// object all the same.
    pub checksums: Vec<Checksum>,
    /// What they were made of, if the server says so.
    pub checksum_scope: Option<ChecksumScope>,
    /// In how many parts it was uploaded, if a part was asked for.
    pub parts_count: Option<u32>,
    /// When and by which rule it will be deleted, in the server's words.
    pub expiration: Option<String>,
    /// Whether the server encrypts it with a key that the reader must bring.
    pub customer_encrypted: bool,
    /// How the server encrypts it otherwise, in its words: `AES256`, `aws:kms`.
    pub encryption: Option<String>,
}

impl ObjectInfo {
    /// Reads the headers of GET and HEAD.
    pub(super) fn from_reply(reply: &Reply) -> Result<Self, Error> {
        let etag = reply.header("etag").and_then(|etag| ETag::parse(etag).ok());
        let etag = etag.ok_or_else(|| reply.unexpected("the reply has no ETag"))?;
        // other servers send raw UTF-8
        let owned = |name: &str| {
            let value = reply.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let number = |name| reply.header(name)?.trim().parse().ok();
        let content_length: Option<u64> =
            reply.header("content-length").and_then(|length| length.trim().parse().ok());
        let content_range = reply.header("content-range").and_then(ContentRange::parse);
        let size = match &content_range {
            Some(part) => part.size,
            None => content_length,
        };
        let attributes = ObjectAttributes {
            content_type: owned("content-type"),
            cache_control: owned("cache-control"),
            content_disposition: owned("content-disposition"),
            content_encoding: owned("content-encoding"),
            content_language: owned("content-language"),
            expires: reply.header("expires").and_then(LastModified::parse_http),
            metadata: Metadata::from_headers(reply.headers()),
            storage_class: reply.header("x-amz-storage-class").map(StorageClass::from),
        };
        let checksum_scope = match reply.header("x-amz-checksum-type") {
            Some("FULL_OBJECT") => Some(ChecksumScope::FullObject),
            Some("COMPOSITE") => Some(ChecksumScope::Composite),
            _ => None,
        };
        Ok(Self {
            etag,
            size,
            content_length,
            content_range,
            last_modified: reply.header("last-modified").and_then(LastModified::parse_http),
            attributes,
            missing_metadata: number("x-amz-missing-meta").unwrap_or_default(),
            checksums: checksums(reply),
            checksum_scope,
            parts_count: number("x-amz-mp-parts-count"),
            expiration: owned("x-amz-expiration"),
            customer_encrypted: reply
                .header("x-amz-server-side-encryption-customer-algorithm")
                .is_some(),
            encryption: owned("x-amz-server-side-encryption"),
        })
    }

    /// The whole-object checksum of an algorithm.
    #[must_use]
    pub fn checksum(&self, algorithm: ChecksumAlgorithm) -> Option<&Checksum> {
        self.checksums.iter().find(|checksum| checksum.algorithm() == algorithm)
    }
}

/// The checksum headers of a reply. Composite ones do not parse, which is right: they are not of
/// the content.
pub(super) fn checksums(reply: &Reply) -> Vec<Checksum> {
    let read = |algorithm: &ChecksumAlgorithm| {
        Checksum::parse(*algorithm, reply.header(algorithm.header())?).ok()
    };
    ChecksumAlgorithm::ALL.iter().filter_map(read).collect()
}
