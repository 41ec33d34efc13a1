//! UploadPart: one part's bytes.

use http::Method;
use r2_objects::{
    BucketName, CostClass, ETag, Error, Integrity, ObjectKey, Operation, Payload, Reply,
    RequestParts, Safety, SseCustomerKey, StorageClass, Target,
};

use super::headers::{crc64_of, customer_key, etag_of};
use crate::crc64::Crc64;
use crate::plan::PartNumber;

/// Sends one part of an upload. A part that is sent again replaces the earlier one, and is lost
/// with it when the second attempt fails (R2 release notes), so it may be repeated but not hedged
/// by hand.
///
/// The payload travels as the client's checksum policy says: on R2 with CRC64NVME.
#[derive(Clone, Debug)]
pub struct UploadPart {
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
    number: PartNumber,
    payload: Payload,
    integrity: Integrity,
    sse: Option<SseCustomerKey>,
    storage_class: StorageClass,
}

/// What UploadPart gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadedPart {
    /// The part's tag, which the completion names. On R2 the MD5 of its bytes.
    pub etag: ETag,
    /// The checksum that the server computed, if it says.
    pub crc64: Option<Crc64>,
}

impl UploadPart {
    /// Sends `payload` as part `number` of `upload_id`.
    #[must_use]
    pub fn new(
        bucket: BucketName,
        key: ObjectKey,
        upload_id: impl Into<String>,
        number: PartNumber,
        payload: impl Into<Payload>,
    ) -> Self {
        Self {
            bucket,
            key,
            upload_id: upload_id.into(),
            number,
            payload: payload.into(),
            integrity: Integrity::Content,
            sse: None,
            storage_class: StorageClass::Standard,
        }
    }

    /// Sends no checksum, whatever the client's policy: for an upload that was created without.
    #[must_use]
    pub fn without_checksum(mut self) -> Self {
        self.integrity = Integrity::None;
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

impl Operation for UploadPart {
    type Output = UploadedPart;

    fn name(&self) -> &'static str {
        "UploadPart"
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
        let parts = RequestParts::new(Method::PUT)
            .param("partNumber", self.number)
            .param("uploadId", &self.upload_id)
            .payload(self.payload.clone(), self.integrity);
        customer_key(parts, self.sse.as_ref())
    }
    fn decode(&self, reply: Reply) -> Result<UploadedPart, Error> {
        Ok(UploadedPart { etag: etag_of(&reply)?, crc64: crc64_of(&reply) })
    }
}
