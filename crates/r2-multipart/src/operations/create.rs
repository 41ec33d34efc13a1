//! CreateMultipartUpload: an upload begins.

use http::Method;
use r2_objects::{
    BucketName, ChecksumAlgorithm, CostClass, Error, ObjectAttributes, ObjectKey, Operation,
    Precondition, Reply, RequestParts, Safety, SseCustomerKey, StorageClass, Target,
};
use r2_xml::InitiateMultipartUploadResult;

use super::headers::{conditions, customer_key};

/// Begins an upload in parts. All that is kept beside the content is said here.
///
/// It may be repeated: a second attempt after a lost reply leaves an upload that nobody knows of,
/// but one without parts, which costs nothing and expires after seven days.
///
/// ```
/// use r2_multipart::CreateMultipartUpload;
/// use r2_objects::{BucketName, ObjectAttributes, ObjectKey, Operation};
///
/// let create = CreateMultipartUpload::new(BucketName::new("photos")?, ObjectKey::new("a.tar")?)
///     .attributes(ObjectAttributes::new().content_type("application/x-tar"))
///     .checksum_crc64();
/// assert_eq!(create.request()?.headers()["x-amz-checksum-type"], "FULL_OBJECT");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CreateMultipartUpload {
    bucket: BucketName,
    key: ObjectKey,
    attributes: ObjectAttributes,
    conditions: Vec<Precondition>,
    sse: Option<SseCustomerKey>,
    crc64: bool,
    create_bucket: bool,
}

/// What CreateMultipartUpload gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatedUpload {
    /// The id that all later requests of the upload name. R2's have about 340 characters, among
    /// them `+ / =` (apache/opendal#2904).
    pub upload_id: String,
}

impl CreateMultipartUpload {
    /// Begins an upload of `key`.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey) -> Self {
        Self {
            bucket,
            key,
            attributes: ObjectAttributes::new(),
            conditions: Vec::new(),
            sse: None,
            crc64: false,
            create_bucket: false,
        }
    }

    /// Sets what is kept beside the content.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// Adds a condition on the object that this one will replace. R2 looks at it now and answers
    /// 412; AWS knows conditions only at completion.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Has the server encrypt the object with this key. Every part needs it, too.
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }

    /// Says that parts and object carry CRC64NVME: `FULL_OBJECT`, the only type R2 has for it.
    #[must_use]
    pub fn checksum_crc64(mut self) -> Self {
        self.crc64 = true;
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

impl Operation for CreateMultipartUpload {
    type Output = CreatedUpload;

    fn name(&self) -> &'static str {
        "CreateMultipartUpload"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::A
    }
    fn storage_class(&self) -> StorageClass {
        self.attributes.storage_class.clone().unwrap_or_default()
    }
    fn safety(&self) -> Safety {
        Safety::Repeatable
    }
    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        let parts = self.attributes.apply(RequestParts::new(Method::POST).flag("uploads"))?;
        let parts = conditions(parts, &self.conditions)?;
        let mut parts = customer_key(parts, self.sse.as_ref())?;
        if self.crc64 {
            parts = parts
                .header("x-amz-checksum-algorithm", ChecksumAlgorithm::Crc64Nvme.name())?
                .header("x-amz-checksum-type", "FULL_OBJECT")?;
        }
        if self.create_bucket {
            parts = parts.header("cf-create-bucket-if-missing", "true")?;
        }
        Ok(parts)
    }
    fn decode(&self, reply: Reply) -> Result<CreatedUpload, Error> {
        let result: InitiateMultipartUploadResult = reply.document()?;
        if result.upload_id.is_empty() {
            return Err(reply.unexpected("the new upload has no id"));
        }
        Ok(CreatedUpload { upload_id: result.upload_id })
    }
}
