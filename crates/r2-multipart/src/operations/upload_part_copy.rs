//! UploadPartCopy: one part out of an object that is there already.

use http::Method;
use r2_objects::{
    BucketName, ByteRange, CostClass, Error, ObjectKey, Operation, Reply, RequestParts, Safety,
    SseCustomerKey, StorageClass, Target, copy_source,
};
use r2_xml::CopyPartResult;

use super::UploadedPart;
use super::headers::{crc64_from, customer_key, etag_from};
use crate::plan::PartNumber;

/// Makes one part of an upload from an object, or a range of it, inside the service.
///
/// R2 does not know conditions on the source here, so a source that is replaced between two parts
/// goes unnoticed unless somebody looks before and after, as [`copy`](crate::copy()) does. Copied
/// parts must be as long as uploaded ones (walgit#33, harbor#22063).
#[derive(Clone, Debug)]
pub struct UploadPartCopy {
    source_bucket: BucketName,
    source_key: ObjectKey,
    range: Option<ByteRange>,
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
    number: PartNumber,
    source_sse: Option<SseCustomerKey>,
    sse: Option<SseCustomerKey>,
    storage_class: StorageClass,
}

impl UploadPartCopy {
    /// Copies from the first bucket and key into part `number` of `upload_id` of the second.
    #[must_use]
    pub fn new(
        source_bucket: BucketName,
        source_key: ObjectKey,
        bucket: BucketName,
        key: ObjectKey,
        upload_id: impl Into<String>,
        number: PartNumber,
    ) -> Self {
        Self {
            source_bucket,
            source_key,
            range: None,
            bucket,
            key,
            upload_id: upload_id.into(),
            number,
            source_sse: None,
            sse: None,
            storage_class: StorageClass::Standard,
        }
    }

    /// Only these bytes of the source; all of it by default.
    #[must_use]
    pub fn range(mut self, range: ByteRange) -> Self {
        self.range = Some(range);
        self
    }

    /// The key that the source is encrypted with.
    #[must_use]
    pub fn source_customer_key(mut self, key: SseCustomerKey) -> Self {
        self.source_sse = Some(key);
        self
    }

    /// The key that the upload was created with (SSE-C).
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }

    /// The storage class that the upload was created with. It is not sent; the price of the
    /// request depends on it.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = class;
        self
    }
}

impl Operation for UploadPartCopy {
    type Output = UploadedPart;

    fn name(&self) -> &'static str {
        "UploadPartCopy"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::A
    }
    fn storage_class(&self) -> StorageClass {
        self.storage_class.clone()
    }
    fn safety(&self) -> Safety {
        Safety::Repeatable
    }
    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        let mut parts = RequestParts::new(Method::PUT)
            .param("partNumber", self.number)
            .param("uploadId", &self.upload_id)
            .header("x-amz-copy-source", copy_source(&self.source_bucket, &self.source_key))?
            .header_opt("x-amz-copy-source-range", self.range.as_ref())?;
        if let Some(key) = &self.source_sse {
            parts = key.apply_to_source(parts)?;
        }
        customer_key(parts, self.sse.as_ref())
    }
    fn decode(&self, reply: Reply) -> Result<UploadedPart, Error> {
        let result: CopyPartResult = reply.document()?;
        let etag = etag_from(&result.etag, &reply)?;
        let crc64 = crc64_from(result.checksums.crc64nvme.as_deref());
        Ok(UploadedPart { etag, crc64 })
    }
}
