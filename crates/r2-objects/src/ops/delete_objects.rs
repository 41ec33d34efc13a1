//! DeleteObjects: one batch.

use std::collections::HashSet;

use http::Method;
use r2_resilience::Safety;
use r2_xml::{Delete, DeleteResult, Document as _};

use crate::cost::CostClass;
use crate::error::{Error, ErrorKind};
use crate::names::{BucketName, ObjectKey};
use crate::operation::{Integrity, Operation, RequestParts, Target};
use crate::reply::Reply;

/// Most keys that R2 documents for one request.
const KEYS_MAX: usize = 1000;

/// Deletes up to 1,000 objects in one request. [`Objects::delete_objects`] takes any number, and
/// keeps to what R2 really bears.
///
/// [`Objects::delete_objects`]: crate::Objects::delete_objects
///
/// ```
/// use r2_objects::{BucketName, DeleteObjects, ObjectKey, Operation};
///
/// let keys = vec![ObjectKey::new("a")?, ObjectKey::new("b")?];
/// let delete = DeleteObjects::new(BucketName::new("photos")?, keys);
/// assert!(delete.request()?.body().length() > Some(0));
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteObjects {
    bucket: BucketName,
    keys: Vec<ObjectKey>,
}

/// What became of the keys of one or many batches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletedObjects {
    /// Gone, or never there.
    pub deleted: Vec<ObjectKey>,
    /// Still there, or nobody knows.
    pub failed: Vec<DeleteFailure>,
}

/// A key that was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeleteFailure {
    /// The key.
    pub key: ObjectKey,
    /// Why, as a value to match on.
    pub kind: ErrorKind,
    /// Why, in words.
    pub message: String,
}

impl DeleteFailure {
    pub(crate) fn new(key: ObjectKey, kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { key, kind, message: message.into() }
    }
}

impl DeleteObjects {
    /// Deletes these objects.
    #[must_use]
    pub fn new(bucket: BucketName, keys: Vec<ObjectKey>) -> Self {
        Self { bucket, keys }
    }
}

/// Can XML carry the key? It has no way to write most control characters.
pub(crate) fn fits_xml(key: &ObjectKey) -> bool {
    let foreign = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    !key.as_str().chars().any(foreign)
}

impl Operation for DeleteObjects {
    type Output = DeletedObjects;

    fn name(&self) -> &'static str {
        "DeleteObjects"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::Free
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        let count = self.keys.len();
        if !(1..=KEYS_MAX).contains(&count) {
            let message = format!("one request deletes 1 to {KEYS_MAX} keys, not {count}");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        if let Some(key) = self.keys.iter().find(|key| !fits_xml(key)) {
            let message =
                format!("key {:?} cannot stand in xml: delete it by itself", key.as_str());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let document = Delete::of(self.keys.iter().map(ObjectKey::as_str)).encode();
        let parts = RequestParts::new(Method::POST).flag("delete");
        // AWS, Ceph and Swift refuse the request without it
        Ok(parts.header("content-type", "application/xml")?.payload(document, Integrity::Md5))
    }

    fn decode(&self, reply: Reply) -> Result<DeletedObjects, Error> {
        let document: DeleteResult = reply.document()?;
        let mut failed = Vec::new();
        for error in document.errors {
            let key = ObjectKey::new(&error.key)
                .map_err(|_| reply.unexpected("the reply names a key that is none"))?;
            let kind = ErrorKind::of_code(error.code.as_str()).unwrap_or(ErrorKind::Other);
            let message = format!("{} ({})", error.message, error.code.as_str());
            failed.push(DeleteFailure::new(key, kind, message));
        }
        // Deleted is what was asked for and not refused. A server that is quiet, or answers with
        // another spelling of the key, has deleted it all the same.
        let refused: HashSet<_> = failed.iter().map(|failure| failure.key.nfc()).collect();
        let deleted =
            self.keys.iter().filter(|key| !refused.contains(&key.nfc())).cloned().collect();
        Ok(DeletedObjects { deleted, failed })
    }
}
