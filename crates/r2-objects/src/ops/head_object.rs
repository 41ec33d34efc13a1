//! HeadObject.

use http::{Method, StatusCode};
use r2_resilience::Safety;

use super::select::Selection;
use super::{Conditional, ObjectInfo};
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::{BucketName, ObjectKey};
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;
use crate::values::{Precondition, SseCustomerKey};

/// Asks what is known of an object, without its content.
///
/// The reply to HEAD has no body and so no error code: what is missing may be the object or its
/// bucket ([`ErrorKind::NotFound`](crate::ErrorKind::NotFound)).
///
/// ```
/// use r2_objects::{BucketName, HeadObject, ObjectKey, Operation};
///
/// let head = HeadObject::new(BucketName::new("photos")?, ObjectKey::new("a.jpg")?);
/// assert_eq!(head.request()?.method(), http::Method::HEAD);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HeadObject {
    selection: Selection,
}

impl HeadObject {
    /// Asks for this object.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey) -> Self {
        Self { selection: Selection::new(bucket, key) }
    }

    /// Asks for one part of an object that was uploaded in parts: its length, and how many parts
    /// there are. Counts from 1.
    #[must_use]
    pub fn part_number(mut self, number: u32) -> Self {
        self.selection.part_number = Some(number);
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.selection.condition(condition);
        self
    }

    /// Brings the key that the object is encrypted with.
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.selection.sse = Some(key);
        self
    }

    /// Asks for the checksums that the server keeps.
    #[must_use]
    pub fn with_checksums(mut self) -> Self {
        self.selection.checksum_mode = true;
        self
    }
}

impl Operation for HeadObject {
    type Output = Conditional<ObjectInfo>;

    fn name(&self) -> &'static str {
        "HeadObject"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::B
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Object(&self.selection.bucket, &self.selection.key)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        self.selection.request(Method::HEAD)
    }

    fn accepts(&self, status: StatusCode) -> bool {
        matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED)
    }

    fn decode(&self, reply: Reply) -> Result<Self::Output, Error> {
        if reply.status() == StatusCode::NOT_MODIFIED {
            return Ok(Conditional::not_modified(&reply));
        }
        ObjectInfo::from_reply(&reply).map(Conditional::Met)
    }
}
