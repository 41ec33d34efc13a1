//! ListParts: what of an upload is on the server.

use http::Method;
use r2_objects::{
    BucketName, CostClass, ETag, Error, LastModified, ObjectKey, Operation, Reply, RequestParts,
    Safety, Target,
};
use r2_xml::ListPartsResult;

use super::headers::{crc64_from, etag_from};
use crate::crc64::Crc64;
use crate::plan::PartNumber;

/// One page of the parts of an upload, up to 1,000.
#[derive(Clone, Debug)]
pub struct ListParts {
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
    after: Option<PartNumber>,
    max: Option<u32>,
}

/// What ListParts gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartsPage {
    /// The parts, by number.
    pub parts: Vec<ListedPart>,
    /// Where the next page begins, if there is one: give it to [`ListParts::after`].
    pub next: Option<PartNumber>,
}

/// A part that is on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedPart {
    /// Which part.
    pub number: PartNumber,
    /// Its tag, which the completion names.
    pub etag: ETag,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its checksum, if the server keeps one.
    pub crc64: Option<Crc64>,
    /// When it was written, if the server says.
    pub last_modified: Option<LastModified>,
}

impl ListParts {
    /// The first page of the parts of `upload_id`.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey, upload_id: impl Into<String>) -> Self {
        Self { bucket, key, upload_id: upload_id.into(), after: None, max: None }
    }

    /// Only parts after this one.
    #[must_use]
    pub fn after(mut self, number: PartNumber) -> Self {
        self.after = Some(number);
        self
    }

    /// At most so many parts on the page; 1,000 by default and at most.
    #[must_use]
    pub fn max_parts(mut self, parts: u32) -> Self {
        self.max = Some(parts);
        self
    }
}

impl Operation for ListParts {
    type Output = PartsPage;

    fn name(&self) -> &'static str {
        "ListParts"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::A
    }
    fn safety(&self) -> Safety {
        Safety::Repeatable
    }
    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        Ok(RequestParts::new(Method::GET)
            .param("uploadId", &self.upload_id)
            .param_opt("max-parts", self.max)
            .param_opt("part-number-marker", self.after))
    }
    fn decode(&self, reply: Reply) -> Result<PartsPage, Error> {
        let page: ListPartsResult = reply.document()?;
        let number = |number| {
            PartNumber::new(number)
                .ok_or_else(|| reply.unexpected("a listed part has a number that none can have"))
        };
        let next = page.next_page().map(number).transpose()?;
        // a page that leads back to itself would be asked for without end
        if next.is_some() && next <= self.after {
            return Err(reply.unexpected("the list of parts does not go on where it ended"));
        }
        let parts = page.parts.into_iter().map(|part| {
            Ok(ListedPart {
                number: number(part.part_number)?,
                etag: etag_from(&part.etag, &reply)?,
                size_bytes: part.size,
                crc64: crc64_from(part.checksums.crc64nvme.as_deref()),
                last_modified: part.last_modified.map(LastModified::from),
            })
        });
        Ok(PartsPage { parts: parts.collect::<Result<_, Error>>()?, next })
    }
}
