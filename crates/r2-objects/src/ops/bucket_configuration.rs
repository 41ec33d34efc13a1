//! The configurations of a bucket: each is read, replaced and removed in the same way.

use std::fmt;
use std::marker::PhantomData;

use http::Method;
use r2_resilience::Safety;
use r2_xml::{
    CorsConfiguration, LifecycleConfiguration, RequestDocument, ServerSideEncryptionConfiguration,
};

use crate::cost::CostClass;
use crate::error::{Error, ErrorKind};
use crate::names::BucketName;
use crate::operation::{Integrity, Operation, RequestParts, Target};
use crate::reply::Reply;

/// A document that configures a bucket.
pub trait BucketConfiguration: RequestDocument + Clone + fmt::Debug + Send + Sync {
    /// The parameter that selects it.
    const SUBRESOURCE: &'static str;
    /// The name of the operation that reads it.
    const GET: &'static str;
    /// The name of the operation that replaces it.
    const PUT: &'static str;
    /// The name of the operation that removes it.
    const DELETE: &'static str;
}

/// Which pages of other origins may read the bucket in a browser. New rules take up to 30 seconds
/// to work.
impl BucketConfiguration for CorsConfiguration {
    const SUBRESOURCE: &'static str = "cors";
    const GET: &'static str = "GetBucketCors";
    const PUT: &'static str = "PutBucketCors";
    const DELETE: &'static str = "DeleteBucketCors";
}

/// When objects and unfinished uploads are removed or moved. A new R2 bucket has one rule, which
/// ends unfinished uploads after 7 days; replacing the rules replaces it as well. Rules work within
/// about a day.
impl BucketConfiguration for LifecycleConfiguration {
    const SUBRESOURCE: &'static str = "lifecycle";
    const GET: &'static str = "GetBucketLifecycleConfiguration";
    const PUT: &'static str = "PutBucketLifecycleConfiguration";
    const DELETE: &'static str = "DeleteBucketLifecycle";
}

/// How the server encrypts. R2 always says AES256, and its documentation disagrees with itself on
/// whether that can be set: it may answer [`ErrorKind::NotImplemented`].
impl BucketConfiguration for ServerSideEncryptionConfiguration {
    const SUBRESOURCE: &'static str = "encryption";
    const GET: &'static str = "GetBucketEncryption";
    const PUT: &'static str = "PutBucketEncryption";
    const DELETE: &'static str = "DeleteBucketEncryption";
}

/// GetBucketCors.
pub type GetBucketCors = GetConfiguration<CorsConfiguration>;
/// PutBucketCors.
pub type PutBucketCors = PutConfiguration<CorsConfiguration>;
/// DeleteBucketCors.
pub type DeleteBucketCors = DeleteConfiguration<CorsConfiguration>;
/// GetBucketLifecycleConfiguration.
pub type GetBucketLifecycleConfiguration = GetConfiguration<LifecycleConfiguration>;
/// PutBucketLifecycleConfiguration.
pub type PutBucketLifecycleConfiguration = PutConfiguration<LifecycleConfiguration>;
/// DeleteBucketLifecycle.
pub type DeleteBucketLifecycle = DeleteConfiguration<LifecycleConfiguration>;
/// GetBucketEncryption.
pub type GetBucketEncryption = GetConfiguration<ServerSideEncryptionConfiguration>;
/// PutBucketEncryption.
pub type PutBucketEncryption = PutConfiguration<ServerSideEncryptionConfiguration>;
/// DeleteBucketEncryption.
pub type DeleteBucketEncryption = DeleteConfiguration<ServerSideEncryptionConfiguration>;

/// Reads a configuration. None set is
/// [`ErrorKind::NoSuchConfiguration`].
///
/// ```
/// use r2_objects::{BucketName, GetBucketCors, Operation};
///
/// let get = GetBucketCors::new(BucketName::new("photos")?);
/// assert_eq!(get.name(), "GetBucketCors");
/// assert_eq!(get.request()?.query(), [("cors".into(), None)]);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetConfiguration<D> {
    bucket: BucketName,
    document: PhantomData<fn() -> D>,
}

/// Replaces a configuration. R2's own rules are checked before it is sent, because its answer to a
/// broken one is `MalformedXML` without a reason.
///
/// ```
/// use r2_objects::{
///     BucketName, ErrorKind, LifecycleConfiguration, Operation, PutBucketLifecycleConfiguration,
/// };
///
/// let no_rules = LifecycleConfiguration::default();
/// let put = PutBucketLifecycleConfiguration::new(BucketName::new("photos")?, no_rules);
/// assert_eq!(put.request().unwrap_err().kind(), ErrorKind::InvalidInput);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutConfiguration<D> {
    bucket: BucketName,
    document: D,
}

/// Removes a configuration.
///
/// ```
/// use r2_objects::{BucketName, DeleteBucketCors, Operation};
///
/// let delete = DeleteBucketCors::new(BucketName::new("photos")?);
/// assert_eq!(delete.request()?.method(), http::Method::DELETE);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DeleteConfiguration<D> {
    bucket: BucketName,
    document: PhantomData<fn() -> D>,
}

impl<D> GetConfiguration<D> {
    /// Reads this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket, document: PhantomData }
    }
}

impl<D> PutConfiguration<D> {
    /// Replaces this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName, document: D) -> Self {
        Self { bucket, document }
    }
}

impl<D> DeleteConfiguration<D> {
    /// Removes this bucket's.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket, document: PhantomData }
    }
}

impl<D: BucketConfiguration> Operation for GetConfiguration<D> {
    type Output = D;

    fn name(&self) -> &'static str {
        D::GET
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
        Ok(RequestParts::new(Method::GET).flag(D::SUBRESOURCE))
    }

    fn decode(&self, reply: Reply) -> Result<D, Error> {
        reply.document()
    }
}

impl<D: BucketConfiguration> Operation for PutConfiguration<D> {
    type Output = ();

    fn name(&self) -> &'static str {
        D::PUT
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
        self.document.validate().map_err(|error| {
            Error::new(ErrorKind::InvalidInput, format!("the configuration is invalid: {error}"))
        })?;
        let parts = RequestParts::new(Method::PUT).flag(D::SUBRESOURCE);
        Ok(parts
            .header("content-type", "application/xml")?
            .payload(self.document.encode(), Integrity::Md5))
    }

    fn decode(&self, _reply: Reply) -> Result<(), Error> {
        Ok(())
    }
}

impl<D: BucketConfiguration> Operation for DeleteConfiguration<D> {
    type Output = ();

    fn name(&self) -> &'static str {
        D::DELETE
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
        Ok(RequestParts::new(Method::DELETE).flag(D::SUBRESOURCE))
    }

    fn decode(&self, _reply: Reply) -> Result<(), Error> {
        Ok(())
    }
}
