//! Was it done already? After a lost reply, or a death between completion and the end.

use md5::{Digest as _, Md5};
use r2_objects::{ChecksumAlgorithm, ETag, ObjectInfo};

use super::job::{Job, Made};
use super::source::KnownSource;
use crate::crc64::{Crc64, Crc64Combiner};
use crate::error::Error;
use crate::plan::PartPlan;

/// The tag that R2 (since 2023-06-21), AWS and most others give an object made of these parts: the
/// MD5 of the parts' MD5s, and their number. Nothing when a part's tag is no MD5.
pub(super) fn multipart_etag<'a>(parts: impl Iterator<Item = &'a ETag>) -> Option<ETag> {
    let mut all = Md5::new();
    let mut count = 0;
    for part in parts {
        all.update(part.md5()?);
        count += 1;
    }
    etag_of(all, count)
}

fn etag_of(all: Md5, count: usize) -> Option<ETag> {
    let digest: String = all.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    ETag::parse(&format!("{digest}-{count}")).ok()
}

/// The object under the key, if it was written after this upload began: an older one is not ours,
/// even if it is equal.
pub(super) async fn look(job: &Job<'_>) -> Option<ObjectInfo> {
    let head = job.settings.head(&job.place);
    let (found, _) = job.place.send(head).await.ok()?;
    let found = found.met().ok()?;
    let began = r2_objects::LastModified::from(job.began());
    let ours = found.last_modified.is_some_and(|at| at.unix_seconds() >= began.unix_seconds());
    ours.then_some(found)
}

/// The object, if it is what the source holds. Reads the source, which is cheap beside sending it.
pub(super) async fn is_there(
    job: &Job<'_>,
    source: &KnownSource,
    plan: &PartPlan,
) -> Result<Option<Made>, Error> {
    let Some(found) = look(job).await else { return Ok(None) };
    if found.size != Some(plan.total_bytes()) {
        return Ok(None);
    }
    let crc = found.checksum(ChecksumAlgorithm::Crc64Nvme).and_then(Crc64::of_checksum);
    let parts = found.etag.parts() == Some(plan.count().get().into());
    if crc.is_none() && !parts {
        return Ok(None);
    }
    let (mut whole, mut all) = (Crc64Combiner::new(), Md5::new());
    for part in plan.parts() {
        let bytes = source.read(part, &job.buffers).await?;
        whole.push(bytes.crc(), part.length);
        if crc.is_none() {
            all.update(Md5::digest(bytes.bytes()));
        }
    }
    let etag = found.etag.clone();
    let equal = match crc {
        Some(crc) => crc == whole.finish(),
        None => etag_of(all, usize::from(plan.count().get())).as_ref() == Some(&etag),
    };
    let confirmed = crc.is_some();
    Ok(equal.then(|| Made { etag, crc64: Some(whole.finish()), confirmed }))
}
