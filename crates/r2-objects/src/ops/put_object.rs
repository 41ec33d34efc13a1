//! PutObject.

use http::{Method, StatusCode};
use r2_resilience::Safety;

use super::{ObjectAttributes, object_info};
use crate::cost::CostClass;
use crate::error::{Error, ErrorKind};
use crate::limits::PUT_BYTES_MAX;
use crate::names::{BucketName, ETag, ObjectKey};
use crate::operation::{Integrity, Operation, RequestParts, Target};
use crate::payload::Payload;
use crate::reply::Reply;
use crate::values::{Checksum, Conditions, Metadata, Precondition, SseCustomerKey, StorageClass};

/// Writes an object in one request: at most 5 GiB less 5 MiB, of a length known beforehand.
///
/// With a condition it is tried again only when it certainly took no effect: after a lost reply the
/// condition might meet our own first attempt.
///
/// ```
/// use r2_objects::{BucketName, ObjectKey, Operation, Precondition, PutObject};
///
/// let put = PutObject::new(BucketName::new("photos")?, ObjectKey::new("a.txt")?, "hello")
///     .content_type("text/plain")
///     .condition(Precondition::absent());
/// assert_eq!(put.request()?.headers()["if-none-match"], "*");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PutObject {
    bucket: BucketName,
    key: ObjectKey,
    payload: Payload,
    attributes: ObjectAttributes,
    conditions: Conditions,
    sse: Option<SseCustomerKey>,
    checksum: Option<Checksum>,
    create_bucket: bool,
}

/// How a write ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "written, or there already")]
pub enum PutOutcome {
    /// The object was written.
    Stored(StoredObject),
    /// It was to be written [only if absent](Precondition::absent), and there is one.
    AlreadyExists,
}

/// An object that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredObject {
    /// The tag of the new content.
    pub etag: ETag,
    /// The checksums that the server computed or verified.
    pub checksums: Vec<Checksum>,
}

impl PutOutcome {
    /// What was stored, for callers who take "there already" for an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PreconditionFailed`] when the object existed.
    pub fn stored(self) -> Result<StoredObject, Error> {
        match self {
            Self::Stored(stored) => Ok(stored),
            Self::AlreadyExists => {
                Err(Error::new(ErrorKind::PreconditionFailed, "the object exists already"))
            }
        }
    }
}

impl PutObject {
    /// Writes this content.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey, payload: impl Into<Payload>) -> Self {
        Self {
            bucket,
            key,
            payload: payload.into(),
            attributes: ObjectAttributes::new(),
            conditions: Conditions::default(),
            sse: None,
            checksum: None,
            create_bucket: false,
        }
    }

    /// Sets what is kept beside the content.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// Sets the content type.
    #[must_use]
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_type = Some(value.into());
        self
    }

    /// Sets the metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.attributes.metadata = metadata;
        self
    }

    /// Sets the storage class.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.attributes.storage_class = Some(class);
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.set(condition);
        self
    }

    /// Has the server encrypt the object with this key and forget it.
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }

    /// Sends this checksum, whatever the client's policy, and no other: R2 takes one a request.
    #[must_use]
    pub fn checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// Has R2 create the bucket if it is missing (`cf-create-bucket-if-missing`). Needs a key with
    /// rights to the account.
    #[must_use]
    pub fn create_bucket_if_missing(mut self) -> Self {
        self.create_bucket = true;
        self
    }
}

impl Operation for PutObject {
    type Output = PutOutcome;

    fn name(&self) -> &'static str {
        "PutObject"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    fn storage_class(&self) -> StorageClass {
        self.attributes.storage_class.clone().unwrap_or_default()
    }

    fn safety(&self) -> Safety {
        if self.conditions.is_empty() { Safety::Repeatable } else { Safety::IfNotApplied }
    }

    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        if let Some(length) = self.payload.length().filter(|length| *length > PUT_BYTES_MAX) {
            let message =
                format!("{length} bytes are too many for one request, which takes {PUT_BYTES_MAX}");
            return Err(Error::new(ErrorKind::EntityTooLarge, message));
        }
        let mut parts = self.attributes.apply(RequestParts::new(Method::PUT))?;
        for (name, value) in self.conditions.headers() {
            parts = parts.header(format!("if-{name}"), value)?;
        }
        if let Some(key) = &self.sse {
            parts = key.apply(parts)?;
        }
        if let Some(checksum) = &self.checksum {
            parts = parts.header(checksum.algorithm().header(), checksum)?;
        }
        if self.create_bucket {
            parts = parts.header("cf-create-bucket-if-missing", "true")?;
        }
        Ok(parts.payload(self.payload.clone(), Integrity::Content))
    }

    fn accepts(&self, status: StatusCode) -> bool {
        let exists = status == StatusCode::PRECONDITION_FAILED && self.conditions.is_create_only();
        status.is_success() || exists
    }

    fn decode(&self, reply: Reply) -> Result<PutOutcome, Error> {
        if reply.status() == StatusCode::PRECONDITION_FAILED {
            return Ok(PutOutcome::AlreadyExists);
        }
        let etag = reply.header("etag").and_then(|etag| ETag::parse(etag).ok());
        let etag = etag.ok_or_else(|| reply.unexpected("the reply has no ETag"))?;
        let checksums = object_info::checksums(&reply);
        Ok(PutOutcome::Stored(StoredObject { etag, checksums }))
    }
}
