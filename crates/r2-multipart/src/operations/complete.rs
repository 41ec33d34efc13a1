//! CompleteMultipartUpload: the parts become an object.

use http::Method;
use r2_objects::{
    BucketName, ChecksumAlgorithm, CostClass, ETag, Error, Integrity, ObjectKey, Operation,
    Precondition, Reply, RequestParts, Safety, StorageClass, Target,
};
use r2_xml::{CompleteMultipartUploadResult, Document as _};

use super::headers::{checksum_of, conditions, crc64_from, etag_from};
use crate::crc64::Crc64;
use crate::plan::PartNumber;

/// Makes an object of the parts, in one step.
///
/// Without conditions it is repeated, with one catch: when the first attempt took effect and its
/// reply was lost, the second finds no upload any more (`NoSuchUpload`).
/// [`upload`](crate::upload()) looks at the object then; whoever sends this operation alone
/// should, too.
///
/// A condition that does not hold ends the upload on R2: there is nothing left to abort or to go
/// on with (R2 release notes, 2023-08-11).
#[derive(Clone, Debug)]
pub struct CompleteMultipartUpload {
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
    parts: Vec<CompletedPart>,
    whole: Option<Crc64>,
    conditions: Vec<Precondition>,
    storage_class: StorageClass,
}

/// A part as the completion names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompletedPart {
    /// Which part.
    pub number: PartNumber,
    /// The tag that sending it gave.
    pub etag: ETag,
    /// Its checksum, if it was sent with one.
    pub crc64: Option<Crc64>,
}

impl CompletedPart {
    /// Part `number`, whose tag is `etag`.
    #[must_use]
    pub fn new(number: PartNumber, etag: ETag, crc64: Option<Crc64>) -> Self {
        Self { number, etag, crc64 }
    }
}

/// What CompleteMultipartUpload gives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompletedUpload {
    /// The object's tag.
    pub etag: ETag,
    /// The whole object's checksum as the server combined it, if it says.
    pub crc64: Option<Crc64>,
}

impl CompleteMultipartUpload {
    /// Completes `upload_id` with these parts, in the order of their numbers.
    #[must_use]
    pub fn new(
        bucket: BucketName,
        key: ObjectKey,
        upload_id: impl Into<String>,
        mut parts: Vec<CompletedPart>,
    ) -> Self {
        // R2 sorts them itself since 2024-01-26, AWS refuses what is not sorted
        parts.sort_by_key(|part| part.number);
        Self {
            bucket,
            key,
            upload_id: upload_id.into(),
            parts,
            whole: None,
            conditions: Vec::new(),
            storage_class: StorageClass::Standard,
        }
    }

    /// Has the server compare the checksum of the whole object before it makes it.
    #[must_use]
    pub fn checksum(mut self, whole: Crc64) -> Self {
        self.whole = Some(whole);
        self
    }

    /// Adds a condition on the object that this one replaces.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.push(condition);
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

impl Operation for CompleteMultipartUpload {
    type Output = CompletedUpload;

    fn name(&self) -> &'static str {
        "CompleteMultipartUpload"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::A
    }
    fn storage_class(&self) -> StorageClass {
        self.storage_class.clone()
    }
    fn safety(&self) -> Safety {
        // after a lost reply a condition might meet our own object
        if self.conditions.is_empty() { Safety::Repeatable } else { Safety::IfNotApplied }
    }
    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        let part = |part: &CompletedPart| r2_xml::CompletedPart {
            part_number: part.number.get().into(),
            etag: format!("\"{}\"", part.etag.as_str()),
            checksums: r2_xml::Checksums {
                crc64nvme: part.crc64.map(|crc| checksum_of(crc).to_string()),
                ..Default::default()
            },
        };
        let parts = self.parts.iter().map(part).collect();
        let body = r2_xml::CompleteMultipartUpload { parts }.encode();
        let parts = RequestParts::new(Method::POST)
            .param("uploadId", &self.upload_id)
            .payload(body, Integrity::None);
        let parts = conditions(parts, &self.conditions)?;
        match self.whole {
            None => Ok(parts),
            Some(whole) => parts
                .header(ChecksumAlgorithm::Crc64Nvme.header(), checksum_of(whole))?
                .header("x-amz-checksum-type", "FULL_OBJECT"),
        }
    }
    fn decode(&self, reply: Reply) -> Result<CompletedUpload, Error> {
        let result: CompleteMultipartUploadResult = reply.document()?;
        let crc64 = crc64_from(result.checksums.crc64nvme.as_deref());
        Ok(CompletedUpload { etag: etag_from(&result.etag, &reply)?, crc64 })
    }
}
