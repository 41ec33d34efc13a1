//! DeleteObject.

use http::{Method, StatusCode};
use r2_resilience::Safety;

use crate::cost::CostClass;
use crate::error::Error;
use crate::names::{BucketName, ObjectKey};
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

/// Deletes an object. An object that is not there counts as deleted, which is what R2 says itself.
///
/// ```
/// use r2_objects::{BucketName, CostClass, DeleteObject, ObjectKey, Operation};
///
/// let delete = DeleteObject::new(BucketName::new("photos")?, ObjectKey::new("a.jpg")?);
/// assert_eq!(delete.cost_class(), CostClass::Free);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteObject {
    bucket: BucketName,
    key: ObjectKey,
}

impl DeleteObject {
    /// Deletes this object.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey) -> Self {
        Self { bucket, key }
    }
}

impl Operation for DeleteObject {
    type Output = ();

    fn name(&self) -> &'static str {
        "DeleteObject"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::Free
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::DELETE))
    }

    fn accepts(&self, status: StatusCode) -> bool {
        status.is_success() || status == StatusCode::NOT_FOUND
    }

    fn decode(&self, reply: Reply) -> Result<(), Error> {
        if reply.status() != StatusCode::NOT_FOUND {
            return Ok(());
        }
        let error = crate::error::from_reply(reply.facts(), reply.bytes());
        if error.kind() == crate::ErrorKind::NoSuchKey {
            tracing::warn!("the object to delete was not found");
            return Ok(());
        }
        Err(error)
    }
}
