//! Encryption of a bucket: get, put, delete.

use http::Method;
use r2_resilience::Safety;
use r2_xml::ServerSideEncryptionConfiguration;

use super::configuration;
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

const SUBRESOURCE: &str = "encryption";

/// Asks how the server encrypts. R2 always answers AES256.
///
/// ```
/// use r2_objects::{BucketName, GetBucketEncryption, Operation};
///
/// let get = GetBucketEncryption::new(BucketName::new("photos")?);
/// assert_eq!(get.request()?.query(), [("encryption".into(), None)]);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetBucketEncryption {
    bucket: BucketName,
}

/// Sets how the server encrypts. R2 knows AES256 only, and its documentation disagrees with itself
/// on whether this request exists: it may be answered with
/// [`ErrorKind::NotImplemented`](crate::ErrorKind::NotImplemented).
///
/// ```
/// use r2_objects::{BucketName, ServerSideEncryptionConfiguration, Operation, PutBucketEncryption};
///
/// let put = PutBucketEncryption::new(
///     BucketName::new("photos")?,
///     ServerSideEncryptionConfiguration::aes256(),
/// );
/// assert_eq!(put.name(), "PutBucketEncryption");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutBucketEncryption {
    bucket: BucketName,
    configuration: ServerSideEncryptionConfiguration,
}

/// Returns to the service's own encryption. As uncertain on R2 as [`PutBucketEncryption`].
///
/// ```
/// use r2_objects::{BucketName, DeleteBucketEncryption, Operation};
///
/// let delete = DeleteBucketEncryption::new(BucketName::new("photos")?);
/// assert_eq!(delete.request()?.method(), http::Method::DELETE);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteBucketEncryption {
    bucket: BucketName,
}

impl GetBucketEncryption {
    /// Asks for this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl PutBucketEncryption {
    /// Replaces this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName, configuration: ServerSideEncryptionConfiguration) -> Self {
        Self { bucket, configuration }
    }
}

impl DeleteBucketEncryption {
    /// Removes this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket }
    }
}

impl Operation for GetBucketEncryption {
    type Output = ServerSideEncryptionConfiguration;

    fn name(&self) -> &'static str {
        "GetBucketEncryption"
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

    fn decode(&self, reply: Reply) -> Result<ServerSideEncryptionConfiguration, Error> {
        reply.document()
    }
}

impl Operation for PutBucketEncryption {
    type Output = ();

    fn name(&self) -> &'static str {
        "PutBucketEncryption"
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

impl Operation for DeleteBucketEncryption {
    type Output = ();

    fn name(&self) -> &'static str {
        "DeleteBucketEncryption"
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
