//! Names that come in a request: its path, and the source of a copy.

use r2_objects::ObjectKey;
use r2_sign::encode;

use super::refusal::{Refusal, RefusalKind};
use super::value::Scope;

/// What the path of a request names, below a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScopedPath {
    /// The bucket.
    pub bucket: String,
    /// The key in the store, if the path names an object.
    pub key: Option<ObjectKey>,
    /// The key as the client named it.
    pub shown: Option<String>,
}

impl Scope {
    /// Reads the raw path of a request, `/bucket/key`, whose percent-encoding is undone once, as
    /// S3 does it.
    ///
    /// # Errors
    ///
    /// A refusal; [`RefusalKind::Encoding`] for an encoding that is broken.
    ///
    /// ```
    /// use r2_backend::scope::Scope;
    ///
    /// let scope = Scope::new("enterprise/")?;
    /// let path = scope.path("/photos/a%20b/c.jpg")?;
    /// assert_eq!(path.key.expect("it names an object").as_str(), "enterprise/a b/c.jpg");
    /// assert!(scope.path("/photos/%2e%2e/development/c.jpg").is_err());
    /// assert!(scope.path("/photos//development/c.jpg").is_err());
    /// # Ok::<(), r2_backend::scope::Refusal>(())
    /// ```
    pub fn path(&self, raw: &str) -> Result<ScopedPath, Refusal> {
        let refuse = |kind| Refusal::of(kind, "path", raw);
        let rest = raw.strip_prefix('/').ok_or_else(|| refuse(RefusalKind::Encoding))?;
        // cut before it is decoded: an encoded slash does not end the bucket
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let decode = |text| decode_once(text).ok_or_else(|| refuse(RefusalKind::Encoding));
        let (bucket, shown) = (decode(bucket)?, decode(key)?);
        if bucket.contains(['/', '\\', '\0']) || matches!(bucket.as_str(), "." | "..") {
            return Err(refuse(RefusalKind::OtherBucket));
        }
        if shown.is_empty() {
            return Ok(ScopedPath { bucket, key: None, shown: None });
        }
        let key = self.key(&shown)?;
        Ok(ScopedPath { bucket, key: Some(key), shown: Some(shown) })
    }

    /// The key in the store that the header `x-amz-copy-source` names: `/bucket/key` or
    /// `bucket/key`, percent-encoded once. Only the bucket of the request itself can be a source.
    ///
    /// # Errors
    ///
    /// A refusal; [`RefusalKind::OtherBucket`] for another bucket, and [`RefusalKind::Version`] for
    /// a source with a version.
    ///
    /// ```
    /// use r2_backend::scope::Scope;
    ///
    /// let scope = Scope::new("enterprise/")?;
    /// assert_eq!(scope.copy_source("/photos/a%20b", "photos")?.as_str(), "enterprise/a b");
    /// assert!(scope.copy_source("photos/../other/a", "photos").is_err());
    /// assert!(scope.copy_source("other/a", "photos").is_err());
    /// # Ok::<(), r2_backend::scope::Refusal>(())
    /// ```
    pub fn copy_source(&self, header: &str, bucket: &str) -> Result<ObjectKey, Refusal> {
        let refuse = |kind| Refusal::of(kind, "copy source", header);
        if header.contains("?versionId=") {
            return Err(refuse(RefusalKind::Version));
        }
        let decoded = decode_once(header).ok_or_else(|| refuse(RefusalKind::Encoding))?;
        let rest = decoded.strip_prefix('/').unwrap_or(&decoded);
        let (named, key) = rest.split_once('/').unwrap_or((rest, ""));
        if named != bucket {
            return Err(refuse(RefusalKind::OtherBucket));
        }
        self.below("copy source", key)
    }
}

/// Strictly: every `%` begins an escape, and the bytes are text.
fn decode_once(text: &str) -> Option<String> {
    encode::decode_utf8(text).ok()
}
