//! Where the objects of a back end lie: bucket, prefix, public address.

use r2_objects::{BucketName, ObjectKey};
use r2_sign::encode;

use crate::storage::{StorageError, StorageErrorKind};

/// A bucket, or what lies below a prefix of one.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) bucket: BucketName,
    /// Empty, or ends in a slash and does not begin with one.
    pub(super) prefix: String,
    /// Without a slash at its end.
    pub(super) public_url: Option<String>,
}

impl Place {
    /// The key in the bucket.
    pub(super) fn inner(&self, key: &ObjectKey) -> Result<ObjectKey, StorageError> {
        if self.prefix.is_empty() {
            return Ok(key.clone());
        }
        Ok(ObjectKey::new(format!("{}{key}", self.prefix))?)
    }

    /// The key as the caller has it; `None` if it is not below the prefix.
    pub(super) fn outer(&self, key: &ObjectKey) -> Option<ObjectKey> {
        if self.prefix.is_empty() {
            return Some(key.clone());
        }
        ObjectKey::new(key.as_str().strip_prefix(&self.prefix)?).ok()
    }

    pub(super) fn public(&self, key: &ObjectKey) -> Result<String, StorageError> {
        let base = self.public_url.as_deref().ok_or_else(|| {
            let message = "objects have no public URL: set public_url to the bucket's domain";
            StorageError::new(StorageErrorKind::Unsupported, message)
        })?;
        url_of(base, self.inner(key)?.as_str())
    }
}

/// The URL of a key below a base without a slash at its end.
///
/// A reader folds `.` and `..` in a URL before it asks, so keys with such segments have none.
pub(crate) fn url_of(base: &str, key: &str) -> Result<String, StorageError> {
    if key.split('/').any(|segment| matches!(segment, "." | "..")) {
        let message = "a key with a segment . or .. has no URL: browsers would fold it";
        return Err(StorageError::new(StorageErrorKind::InvalidInput, message));
    }
    let mut url = format!("{base}/");
    encode::path_into(&mut url, key);
    Ok(url)
}

/// A base for public URLs, without the slash at its end.
pub(crate) fn check_base_url(field: &str, url: &str) -> Result<String, StorageError> {
    let bad = |why: &str| {
        let message = format!("{field} {url:?} {why}");
        StorageError::new(StorageErrorKind::Configuration, message)
    };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err(bad("has no scheme: write it as https://cdn.example.com"));
    };
    if rest.starts_with('/') || rest.is_empty() {
        return Err(bad("has no host: write it as https://cdn.example.com"));
    }
    if rest.contains(['?', '#', '@']) || url.contains(char::is_whitespace) {
        return Err(bad("must be scheme, host and path only: remove the rest"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}
