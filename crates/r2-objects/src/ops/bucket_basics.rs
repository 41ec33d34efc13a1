//! HeadBucket, DeleteBucket and GetBucketLocation: a name in, little out.

use http::Method;
use r2_resilience::Safety;
use r2_xml::LocationConstraint;

use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

/// Asks whether a bucket exists. Gives its region, `auto` on R2.
///
/// ```
/// use r2_objects::{BucketName, CostClass, HeadBucket, Operation};
///
/// assert_eq!(HeadBucket::new(BucketName::new("photos")?).cost_class(), CostClass::B);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct HeadBucket {
    bucket: BucketName,
}

/// Deletes an empty bucket.
///
/// ```
/// use r2_objects::{BucketName, CostClass, DeleteBucket, Operation};
///
/// assert_eq!(DeleteBucket::new(BucketName::new("photos")?).cost_class(), CostClass::Free);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteBucket {
    bucket: BucketName,
}

/// Asks where a bucket lies: the hint it was created with in capitals, or `auto`.
///
/// ```
/// use r2_objects::{BucketName, CostClass, GetBucketLocation, Operation};
///
/// assert_eq!(GetBucketLocation::new(BucketName::new("photos")?).cost_class(), CostClass::B);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetBucketLocation {
    bucket: BucketName,
}

impl HeadBucket {
    /// Asks for this bucket.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl DeleteBucket {
    /// Deletes this bucket.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl GetBucketLocation {
    /// Asks for this bucket.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl Operation for HeadBucket {
    type Output = Option<String>;

    fn name(&self) -> &'static str {
        "HeadBucket"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::B
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::HEAD))
    }

    fn decode(&self, reply: Reply) -> Result<Option<String>, Error> {
        Ok(reply.header("x-amz-bucket-region").map(str::to_owned))
    }
}

impl Operation for DeleteBucket {
    type Output = ();

    fn name(&self) -> &'static str {
        "DeleteBucket"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::Free
    }

    /// A second attempt would miss what the first one deleted.
    fn safety(&self) -> Safety {
        Safety::IfNotApplied
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::DELETE))
    }

    fn decode(&self, _reply: Reply) -> Result<(), Error> {
        Ok(())
    }
}

impl Operation for GetBucketLocation {
    type Output = String;

    fn name(&self) -> &'static str {
        "GetBucketLocation"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::B
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::GET).flag("location"))
    }

    fn decode(&self, reply: Reply) -> Result<String, Error> {
        Ok(reply.document::<LocationConstraint>()?.location)
    }
}
