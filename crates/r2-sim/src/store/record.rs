//! The rows of the index as JSON: field names are the format, so they change only with its version.

use serde::{Deserialize, Serialize};

use super::failure::StoreError;

/// A run of bytes of one blob. Objects and parts are lists of these.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "(u64, u64, u64)", from = "(u64, u64, u64)")]
pub(crate) struct Segment {
    /// Which blob.
    pub(crate) blob: u64,
    /// First byte inside the blob.
    pub(crate) start: u64,
    /// How many bytes.
    pub(crate) length: u64,
}

impl From<Segment> for (u64, u64, u64) {
    fn from(segment: Segment) -> (u64, u64, u64) {
        (segment.blob, segment.start, segment.length)
    }
}

impl From<(u64, u64, u64)> for Segment {
    fn from((blob, start, length): (u64, u64, u64)) -> Segment {
        Segment { blob, start, length }
    }
}

/// One row of `buckets`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct BucketRecord {
    /// Prefix of the bucket's object rows; never used twice.
    pub(crate) id: u32,
    /// Milliseconds since 1970.
    pub(crate) created: u64,
    /// The location hint as given, upper case, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<String>,
    /// The CORS document as it will be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cors: Option<String>,
    /// The lifecycle document as it will be answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle: Option<String>,
    /// The rules of its locks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) locks: Vec<LockRecord>,
}

/// A rule of a bucket lock: of an age, to a date, or without an end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct LockRecord {
    pub(crate) id: String,
    /// As keys are compared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) prefix: String,
    pub(crate) enabled: bool,
    /// Milliseconds after an object was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) age_ms: Option<u64>,
    /// Milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<u64>,
}

/// Headers stored with an object and answered with it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Headers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
    /// `x-amz-meta-*` without the prefix, lower case, decoded, in order of name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) metadata: Vec<(String, String)>,
}

/// A stored checksum: algorithm, kind and value as the protocol writes them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct ChecksumRecord {
    /// `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
    pub(crate) algorithm: String,
    /// Base64 of the big-endian value; a composite one ends with `-N`.
    pub(crate) value: String,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub(crate) kind: String,
}

/// One row of `objects`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct ObjectRecord {
    /// The key as last written, when that differs from its NFC form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) spelling: Option<String>,
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified: u64,
    /// 32 hexadecimal digits.
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) segments: Vec<Segment>,
    /// Lengths of the parts of a multipart object, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<u64>,
    #[serde(default)]
    pub(crate) headers: Headers,
    /// `STANDARD` or `STANDARD_IA`.
    pub(crate) class: String,
    /// Base64 MD5 of the customer's key, for SSE-C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sse_key_md5: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<ChecksumRecord>,
}

/// One row of `uploads`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct UploadRecord {
    /// The key as written, when that differs from its NFC form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) spelling: Option<String>,
    /// Milliseconds since 1970.
    pub(crate) initiated: u64,
    #[serde(default)]
    pub(crate) headers: Headers,
    pub(crate) class: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sse_key_md5: Option<String>,
    /// Algorithm and kind, when the upload named an algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<(String, String)>,
}

/// One row of `parts`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct PartRecord {
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified: u64,
    #[serde(default)]
    pub(crate) segments: Vec<Segment>,
    /// Algorithm and base64 value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<(String, String)>,
}

/// Reads a row.
pub(crate) fn decode<'a, T: Deserialize<'a>>(row: &'a [u8]) -> Result<T, StoreError> {
    Ok(serde_json::from_slice(row)?)
}

/// Writes a row.
pub(crate) fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>, StoreError> {
    Ok(serde_json::to_vec(record)?)
}

/// Reads a row of `objects`.
pub(crate) fn decode_object(row: &[u8]) -> Result<ObjectRecord, StoreError> {
    decode(row)
}
