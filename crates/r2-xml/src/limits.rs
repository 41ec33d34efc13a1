//! How much of a document is read before it is refused.
//!
//! S3 bounds its documents by count (1,000 entries a page, 10,000 parts), not by bytes. The byte
//! limits follow from the counts: a key has at most 1,024 bytes, and escaping can make six bytes
//! of one.

/// Levels of elements, the root being the first. The deepest S3 document has six.
pub const DEPTH_MAX: usize = 16;

/// Attributes of one element. Servers write one or two: `xmlns`, `xsi:type`.
pub const ATTRIBUTES_MAX: usize = 16;

/// Entries of one kind in a page of a listing. S3 writes at most 1,000; some other servers let
/// the operator raise that.
pub const PAGE_ENTRIES_MAX: usize = 5_000;

/// Keys in one batch delete. R2's own limit, see [`crate::Delete`], is 1,000.
pub const DELETE_KEYS_MAX: usize = 5_000;

/// Parts in one completion: S3's limit for a multipart upload.
pub const PARTS_MAX: usize = 10_000;

/// Rules in a CORS, lifecycle or encryption configuration: R2's limit for lifecycle rules.
pub const RULES_MAX: usize = 1_000;

/// Repeated values inside one rule or entry (origins, methods, headers, algorithms, grants).
pub const VALUES_MAX: usize = 1_000;

/// Elements of an error document besides `Code` and `Message`.
pub const ERROR_EXTRAS_MAX: usize = 64;

/// Bytes of a page of a listing (objects, uploads, parts, buckets) or of a batch-delete reply.
pub const PAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of a batch-delete request: 1,000 keys of 1,024 bytes, every byte escaped.
pub const DELETE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of a completion request: 10,000 parts, each with its ETag and every checksum.
pub const COMPLETE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of a lifecycle configuration: 1,000 rules, each with an escaped prefix.
pub const LIFECYCLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of a CORS configuration. S3 documents 64 KiB.
pub const CORS_BYTES_MAX: usize = 256 * 1024;

/// Bytes of an error document. `SignatureDoesNotMatch` repeats the canonical request, once as
/// text and once as hexadecimal, and headers may have 16 KiB.
pub const ERROR_BYTES_MAX: usize = 256 * 1024;

/// Bytes of every other document. None holds more than a few names.
pub const SMALL_BYTES_MAX: usize = 64 * 1024;
