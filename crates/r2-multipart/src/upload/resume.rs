//! Going on with an upload that an earlier run began.

use super::already;
use super::job::{Job, Made, SentPart, SentParts};
use super::source::KnownSource;
use crate::error::{Error, ErrorKind};
use crate::operations::{ListParts, ListedPart};
use crate::place::Place;
use crate::plan::PartPlan;

/// What an earlier run left.
pub(super) enum Found {
    /// These parts, whole.
    Parts(SentParts),
    /// The finished object: it died between the completion and the end.
    Object(Made),
}

impl Job<'_> {
    /// Lists what is on the server, and takes of it what is of the source.
    pub(super) async fn find(
        &self,
        upload_id: &str,
        source: &KnownSource,
        plan: &PartPlan,
    ) -> Result<Found, Error> {
        let listed = match self.list(upload_id).await {
            Ok(listed) => listed,
            Err(gone) if gone.kind() == ErrorKind::UploadVanished => {
                let object = already::is_there(self, source, plan).await?;
                return object.map(Found::Object).ok_or(gone);
            }
            Err(error) => return Err(error),
        };
        let mut finished = SentParts::new();
        for part in listed {
            if let Some(kept) = self.keep_part(&part, source, plan).await? {
                super::job::count_part(self.place, "upload", "resumed");
                finished.insert(part.number, kept);
            }
        }
        Ok(Found::Parts(finished))
    }

    /// Every part on the server, page by page. Each page begins after the one before, so there are
    /// never more pages than part numbers.
    async fn list(&self, upload_id: &str) -> Result<Vec<ListedPart>, Error> {
        let Place { bucket, key, .. } = self.place;
        let mut list = ListParts::new(bucket.clone(), key.clone(), upload_id);
        let mut parts = Vec::new();
        loop {
            let (page, _) = self.place.send(list.clone()).await?;
            parts.extend(page.parts);
            match page.next {
                Some(next) => list = list.after(next),
                None => return Ok(parts),
            }
        }
    }

    /// The listed part, if it is as long as the plan says and is what the source holds there. A
    /// part that is not is sent again, in its place.
    async fn keep_part(
        &self,
        listed: &ListedPart,
        source: &KnownSource,
        plan: &PartPlan,
    ) -> Result<Option<SentPart>, Error> {
        let planned = plan.part(listed.number).filter(|part| part.length == listed.size_bytes);
        let Some(part) = planned else { return Ok(None) };
        let mut kept = SentPart { etag: listed.etag.clone(), crc: None, length: part.length };
        if self.checksums() {
            // the checksum of the whole needs that of every part; reading is cheap beside sending,
            // and what the server says of its own bytes proves nothing about ours
            let crc = source.checksum(part, &self.buffers).await?;
            if listed.crc64.is_some_and(|theirs| theirs != crc) {
                tracing::debug!(part = %listed.number, "a part differs from the source");
                return Ok(None);
            }
            kept.crc = Some(crc);
        }
        Ok(Some(kept))
    }
}
