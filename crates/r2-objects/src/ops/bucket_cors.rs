//! CORS rules of a bucket: get, put, delete.

use http::Method;
use r2_resilience::Safety;
use r2_xml::CorsConfiguration;

use super::configuration;
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

const SUBRESOURCE: &str = "cors";

/// Asks which pages of other origins may read a bucket in a browser. Without rules:
/// [`ErrorKind::NoSuchConfiguration`](crate::ErrorKind::NoSuchConfiguration).
///
/// ```
/// use r2_objects::{BucketName, GetBucketCors, Operation};
///
/// let get = GetBucketCors::new(BucketName::new("photos")?);
/// assert_eq!(get.request()?.query(), [("cors".into(), None)]);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetBucketCors {
    bucket: BucketName,
}

/// Replaces the rules. They take up to 30 seconds to work.
///
/// ```
/// use r2_objects::{BucketName, CorsConfiguration, Operation, PutBucketCors};
///
/// let put = PutBucketCors::new(BucketName::new("photos")?, CorsConfiguration::default());
/// assert_eq!(put.name(), "PutBucketCors");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutBucketCors {
    bucket: BucketName,
    configuration: CorsConfiguration,
}

/// Removes all rules.
///
/// ```
/// use r2_objects::{BucketName, DeleteBucketCors, Operation};
///
/// let delete = DeleteBucketCors::new(BucketName::new("photos")?);
/// assert_eq!(delete.request()?.method(), http::Method::DELETE);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteBucketCors {
    bucket: BucketName,
}

impl GetBucketCors {
    /// Asks for this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl PutBucketCors {
    /// Replaces this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName, configuration: CorsConfiguration) -> Self {
        Self { bucket, configuration }
    }
}

impl DeleteBucketCors {
    /// Removes this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl Operation for GetBucketCors {
    type Output = CorsConfiguration;

    fn name(&self) -> &'static str {
        "GetBucketCors"
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

    fn decode(&self, reply: Reply) -> Result<CorsConfiguration, Error> {
        reply.document()
    }
}

impl Operation for PutBucketCors {
    type Output = ();

    fn name(&self) -> &'static str {
        "PutBucketCors"
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

impl Operation for DeleteBucketCors {
    type Output = ();

    fn name(&self) -> &'static str {
        "DeleteBucketCors"
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
