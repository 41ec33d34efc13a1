//! Lifecycle rules of a bucket: get, put, delete.

use http::Method;
use r2_resilience::Safety;
use r2_xml::LifecycleConfiguration;

use super::configuration;
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

const SUBRESOURCE: &str = "lifecycle";

/// Asks when objects and unfinished uploads of a bucket are removed or moved. A new R2 bucket has
/// one rule, which ends unfinished uploads after 7 days.
///
/// ```
/// use r2_objects::{BucketName, GetBucketLifecycleConfiguration, Operation};
///
/// let get = GetBucketLifecycleConfiguration::new(BucketName::new("photos")?);
/// assert_eq!(get.request()?.query(), [("lifecycle".into(), None)]);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetBucketLifecycleConfiguration {
    bucket: BucketName,
}

/// Replaces the rules, that of unfinished uploads included. They work within about a day.
///
/// ```
/// use r2_objects::{
///     BucketName, LifecycleConfiguration, Operation, PutBucketLifecycleConfiguration,
/// };
///
/// let rules = LifecycleConfiguration::default();
/// let put = PutBucketLifecycleConfiguration::new(BucketName::new("photos")?, rules);
/// assert_eq!(put.name(), "PutBucketLifecycleConfiguration");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutBucketLifecycleConfiguration {
    bucket: BucketName,
    configuration: LifecycleConfiguration,
}

/// Removes all rules.
///
/// ```
/// use r2_objects::{BucketName, DeleteBucketLifecycle, Operation};
///
/// let delete = DeleteBucketLifecycle::new(BucketName::new("photos")?);
/// assert_eq!(delete.request()?.method(), http::Method::DELETE);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteBucketLifecycle {
    bucket: BucketName,
}

impl GetBucketLifecycleConfiguration {
    /// Asks for this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl PutBucketLifecycleConfiguration {
    /// Replaces this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName, configuration: LifecycleConfiguration) -> Self {
        Self { bucket, configuration }
    }
}

impl DeleteBucketLifecycle {
    /// Removes this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl Operation for GetBucketLifecycleConfiguration {
    type Output = LifecycleConfiguration;

    fn name(&self) -> &'static str {
        "GetBucketLifecycleConfiguration"
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
        Ok(RequestParts::new(Method::GET).flag(SUBRESOURCE))
    }

    fn decode(&self, reply: Reply) -> Result<LifecycleConfiguration, Error> {
        reply.document()
    }
}

impl Operation for PutBucketLifecycleConfiguration {
    type Output = ();

    fn name(&self) -> &'static str {
        "PutBucketLifecycleConfiguration"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        configuration::put(SUBRESOURCE, &self.configuration)
    }

    fn decode(&self, _reply: Reply) -> Result<(), Error> {
        Ok(())
    }
}

impl Operation for DeleteBucketLifecycle {
    type Output = ();

    fn name(&self) -> &'static str {
        "DeleteBucketLifecycle"
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
        Ok(RequestParts::new(Method::DELETE).flag(SUBRESOURCE))
    }

    fn decode(&self, _reply: Reply) -> Result<(), Error> {
        Ok(())
    }
}
