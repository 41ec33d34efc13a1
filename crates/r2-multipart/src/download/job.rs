//! What one download knows from its beginning to its end, and the requests it makes.

use std::sync::Arc;

use r2_objects::{
    ByteRange, ChecksumAlgorithm, ChecksumScope, GetObject, HeadObject, NotVerified, ObjectInfo,
    ObjectStream, Precondition, Verdict,
};

use super::options::DownloadOptions;
use crate::crc64::Crc64;
use crate::disk::PartFile;
use crate::error::{Error, ErrorKind};
use crate::place::Place;
use crate::plan::{Part, PartNumber, PartPlan};
use crate::transfer::Meter;

/// One download.
pub(super) struct Job<'a> {
    pub(super) place: Place<'a>,
    pub(super) options: &'a DownloadOptions,
    pub(super) meter: Meter,
}

/// The object that is being read: one content, whatever happens to its name meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) info: ObjectInfo,
    /// How it is cut; nothing when its length is not known, because something on the way recodes
    /// it. It comes in one piece then.
    pub(super) plan: Option<PartPlan>,
    /// Whether only a range of it was asked for, so that the headers may not tell all.
    pub(super) by_range: bool,
}

impl Object {
    /// Part `number`. What has no known length is one part without end.
    pub(super) fn part(&self, number: PartNumber) -> Option<Part> {
        match &self.plan {
            Some(plan) => plan.part(number),
            None => Some(Part { number, offset: 0, length: u64::MAX }),
        }
    }

    pub(super) fn count(&self) -> PartNumber {
        self.plan.map_or(PartNumber::FIRST, |plan| plan.count())
    }

    /// Compares what arrived with the checksum that the server keeps of the whole.
    pub(super) fn verdict(&self, whole: Crc64) -> Verdict {
        let composite = self.info.checksum_scope == Some(ChecksumScope::Composite);
        let kept = self.info.checksum(ChecksumAlgorithm::Crc64Nvme).filter(|_| !composite);
        match kept.and_then(Crc64::of_checksum) {
            None if self.plan.is_none() => Verdict::NotVerified(NotVerified::Recoded),
            None => Verdict::NotVerified(NotVerified::NoChecksum),
            Some(kept) if kept == whole => Verdict::Verified(ChecksumAlgorithm::Crc64Nvme),
            Some(_) => Verdict::Mismatch,
        }
    }
}

impl Job<'_> {
    fn get(&self) -> GetObject {
        let get = GetObject::new(self.place.bucket.clone(), self.place.key.clone());
        let get = get.with_checksums();
        let get = self.options.sse.iter().cloned().fold(get, GetObject::customer_key);
        self.options.accept_encoding.iter().cloned().fold(get, GetObject::accept_encoding)
    }

    async fn stream(&self, get: GetObject) -> Result<ObjectStream, Error> {
        let stream = self.place.client.objects().get_stream(get).await;
        stream.map_err(|error| self.request_failed(error))
    }

    /// An error of a request that was pinned to one content.
    pub(super) fn request_failed(&self, error: r2_objects::Error) -> Error {
        let error = Error::of_request(error).at(self.place);
        match error.request().map(r2_objects::Error::kind) {
            Some(r2_objects::ErrorKind::PreconditionFailed) => {
                error.meaning(ErrorKind::ObjectChanged)
            }
            _ => error,
        }
    }

    /// Opens the object with the request that already brings its first part, or all of it: an
    /// object of one part costs one request.
    pub(super) async fn open(&self) -> Result<(Object, ObjectStream), Error> {
        let size = self.options.transfer.part_size.unwrap_or_default();
        let get = self.get();
        let get = match &self.options.etag {
            Some(etag) => get.condition(Precondition::unchanged(etag.clone())),
            None => get,
        };
        let large = self.options.expected_bytes.is_some_and(|bytes| bytes > size.bytes());
        let mut by_range = true;
        let stream = match ByteRange::new(0..size.bytes()).ok().filter(|_| large) {
            Some(range) => match self.stream(get.clone().range(range)).await {
                // any range of an empty object is refused
                Err(error) if error.is_invalid_range() => {
                    by_range = false;
                    self.stream(get).await?
                }
                other => other?,
            },
            None => {
                by_range = false;
                self.stream(get).await?
            }
        };
        let info = stream.info().clone();
        let known = info.size.filter(|_| !info.etag.is_weak());
        let plan = known.map(|total| PartPlan::new(total, size)).transpose();
        let plan = plan.map_err(|error| error.at(self.place))?;
        Ok((Object { info, plan, by_range }, stream))
    }

    /// Asks for the object that an earlier run began to read.
    pub(super) async fn head(&self) -> Result<ObjectInfo, Error> {
        let head = HeadObject::new(self.place.bucket.clone(), self.place.key.clone());
        let head = self.options.sse.iter().cloned().fold(head, HeadObject::customer_key);
        let head = self.place.send(head.with_checksums()).await;
        let (info, _) = head?;
        info.met().map_err(Error::of_request)
    }

    /// Compares the whole with the checksum that the server keeps, and asks for it if the replies
    /// to ranges did not tell.
    pub(super) async fn verify(&self, object: &Object, whole: Crc64) -> Verdict {
        let verdict = object.verdict(whole);
        let untold = verdict == Verdict::NotVerified(NotVerified::NoChecksum) && object.by_range;
        if !untold {
            return verdict;
        }
        match self.head().await {
            Ok(info) if info.etag == object.info.etag => {
                Object { info, ..object.clone() }.verdict(whole)
            }
            // the object may be another by now: what was read is whole all the same
            _ => verdict,
        }
    }

    /// A stream of one part, pinned to the content that was opened.
    pub(super) async fn part(&self, object: &Object, part: &Part) -> Result<ObjectStream, Error> {
        let range = ByteRange::new(part.offset..part.end()).map_err(r2_objects::Error::from);
        let range = range.map_err(Error::of_request)?;
        let pinned = Precondition::unchanged(object.info.etag.clone());
        let stream = self.stream(self.get().range(range).condition(pinned)).await?;
        let fits = stream.info().content_range.as_ref();
        if fits.is_none_or(|fits| fits.range != (part.offset..part.end())) {
            let error = self.place.error(ErrorKind::Protocol);
            return Err(error.detail(format!("another range came than part {}", part.number)));
        }
        Ok(stream)
    }

    pub(super) fn target_failed(&self, error: std::io::Error) -> Error {
        Error::because(ErrorKind::Target, error).at(self.place)
    }
}

pub(super) type SharedFile = Arc<PartFile>;
