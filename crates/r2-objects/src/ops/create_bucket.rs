//! CreateBucket.

use http::Method;
use r2_resilience::Safety;
use r2_xml::{CreateBucketConfiguration, Document as _};

use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Integrity, Operation, RequestParts, Target};
use crate::reply::Reply;

/// Near where a bucket should lie. R2 heeds the hint the first time a name is ever created
/// (Cloudflare's R2 page on data location).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LocationHint {
    /// Western North America.
    Wnam,
    /// Eastern North America.
    Enam,
    /// Western Europe.
    Weur,
    /// Eastern Europe.
    Eeur,
    /// Asia and the Pacific.
    Apac,
    /// Oceania.
    Oc,
}

impl LocationHint {
    /// The hint on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wnam => "wnam",
            Self::Enam => "enam",
            Self::Weur => "weur",
            Self::Eeur => "eeur",
            Self::Apac => "apac",
            Self::Oc => "oc",
        }
    }
}

/// Creates a bucket, in the jurisdiction of the client's endpoint. Needs a key with rights to the
/// account. One that exists is [`ErrorKind::BucketExists`](crate::ErrorKind::BucketExists).
///
/// ```
/// use r2_objects::{BucketName, CreateBucket, LocationHint, Operation};
///
/// let create = CreateBucket::new(BucketName::new("photos")?).location_hint(LocationHint::Weur);
/// let body = create.request()?.body().as_bytes().cloned().unwrap_or_default();
/// assert!(String::from_utf8_lossy(&body).contains("<LocationConstraint>weur<"));
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CreateBucket {
    bucket: BucketName,
    location: Option<String>,
}

/// A bucket that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedBucket {
    /// The reply's `Location`: the bucket's path.
    pub location: Option<String>,
}

impl CreateBucket {
    /// Creates this bucket.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket, location: None }
    }

    /// Says near where it should lie.
    #[must_use]
    pub fn location_hint(mut self, hint: LocationHint) -> Self {
        self.location = Some(hint.as_str().to_owned());
        self
    }

    /// Names the region of another service. R2 takes `auto` and hints.
    #[must_use]
    pub fn location_constraint(mut self, region: impl Into<String>) -> Self {
        self.location = Some(region.into());
        self
    }
}

impl Operation for CreateBucket {
    type Output = CreatedBucket;

    fn name(&self) -> &'static str {
        "CreateBucket"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    /// A second attempt would meet the first one's bucket.
    fn safety(&self) -> Safety {
        Safety::IfNotApplied
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        let parts = RequestParts::new(Method::PUT);
        let Some(location) = &self.location else { return Ok(parts) };
        let document = CreateBucketConfiguration { location_constraint: Some(location.clone()) };
        Ok(parts
            .header("content-type", "application/xml")?
            .payload(document.encode(), Integrity::Md5))
    }

    fn decode(&self, reply: Reply) -> Result<CreatedBucket, Error> {
        Ok(CreatedBucket { location: reply.header("location").map(str::to_owned) })
    }
}
