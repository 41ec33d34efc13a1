//! What one upload knows from its beginning to its end, and the requests it makes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use r2_objects::{ETag, Payload};

use super::already;
use super::settings::ObjectSettings;
use super::source::KnownSource;
use crate::buffers::{Buffers, PartBytes};
use crate::copy::CopySource;
use crate::crc64::{Crc64, Crc64Combiner};
use crate::error::{Error, ErrorKind};
use crate::machine::Pace;
use crate::operations::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, CompletedUpload, UploadPart,
};
use crate::place::Place;
use crate::plan::{Part, PartNumber, PartSize};
use crate::resume::{Fingerprint, ResumeStore, ResumeToken, TokenChecksum};
use crate::transfer::{Meter, TransferOptions};

/// A part that is on the server.
#[derive(Clone, Debug)]
pub(super) struct SentPart {
    pub(super) etag: ETag,
    pub(super) crc: Option<Crc64>,
    pub(super) length: u64,
}

pub(super) type SentParts = BTreeMap<PartNumber, SentPart>;

/// A source that must be at the end what it was at the beginning.
pub(super) enum Unchanged<'a> {
    Known(&'a KnownSource),
    Object(&'a CopySource<'a>),
    /// Read once, so it had no time to change.
    Stream,
}

impl Unchanged<'_> {
    async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Known(source) => source.check_unchanged().await,
            Self::Object(source) => source.check_unchanged().await,
            Self::Stream => Ok(()),
        }
    }
}

/// One upload in parts.
pub(crate) struct Job<'a> {
    pub(super) place: Place<'a>,
    pub(super) settings: &'a ObjectSettings,
    pub(super) transfer: &'a TransferOptions,
    pub(super) resume: Option<&'a dyn ResumeStore>,
    pub(super) meter: Meter,
    pub(super) buffers: Buffers,
    pub(super) checksum: TokenChecksum,
    pub(crate) part_size: PartSize,
    /// When the upload was created, by the server's clock. An object that is older is not ours.
    pub(super) began_unix_seconds: AtomicU64,
    /// What the source looks like, where the upload is to be kept.
    pub(super) keep: Option<Fingerprint>,
}

/// The object that an upload made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) etag: ETag,
    /// The checksum of the whole, where it was computed.
    pub(crate) crc64: Option<Crc64>,
    /// Whether the server named the same.
    pub(crate) confirmed: bool,
}

impl<'a> Job<'a> {
    /// An upload that carries no checksums and is not kept.
    pub(crate) fn new(
        place: Place<'a>,
        transfer: &'a TransferOptions,
        settings: &'a ObjectSettings,
    ) -> Self {
        Self {
            place,
            settings,
            transfer,
            resume: None,
            meter: Meter::new(transfer.progress.clone()),
            buffers: Buffers::new(),
            checksum: TokenChecksum::None,
            part_size: transfer.part_size.unwrap_or_default(),
            began_unix_seconds: AtomicU64::new(0),
            keep: None,
        }
    }
}

impl Job<'_> {
    /// Notes when the upload was created.
    pub(super) fn begin(&self, at: SystemTime) {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.began_unix_seconds.store(since.as_secs(), Ordering::Relaxed);
    }

    pub(super) fn began(&self) -> SystemTime {
        let seconds = self.began_unix_seconds.load(Ordering::Relaxed);
        let since = std::time::Duration::from_secs(seconds);
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    pub(super) fn checksums(&self) -> bool {
        self.checksum != TokenChecksum::None
    }

    /// Creates the upload and has its token kept before anything is sent: from here on no death
    /// of this process leaves parts that nobody knows of.
    pub(super) async fn create(&self) -> Result<Arc<str>, Error> {
        self.begin(self.place.client.now());
        let mut operation = self.settings.create(&self.place);
        if self.checksums() {
            operation = operation.checksum_crc64();
        }
        let (upload, _) = self.place.send(operation).await?;
        if let (Some(store), Some(source)) = (self.resume, self.keep) {
            let (id, size) = (&upload.upload_id, self.part_size);
            let transfer = self.place.transfer_id();
            let token = ResumeToken::new(transfer, id, size, source, self.checksum);
            let token = token.created(self.began());
            if let Err(error) = store.save(&token).await {
                self.abort(&upload.upload_id).await;
                return Err(Error::because(ErrorKind::Resume, error).at(self.place));
            }
        }
        Ok(upload.upload_id.into())
    }

    pub(super) async fn send(
        &self,
        upload_id: &str,
        number: PartNumber,
        part: &PartBytes,
    ) -> Result<(SentPart, Pace), Error> {
        let Place { bucket, key, .. } = self.place;
        let payload = Payload::from(part.bytes().clone()).with_checksum(part.crc().value());
        let operation = UploadPart::new(bucket.clone(), key.clone(), upload_id, number, payload);
        let operation = self.settings.part(operation);
        let operation = if self.checksums() { operation } else { operation.without_checksum() };
        let (sent, pace) = self.place.send(operation).await?;
        if sent.crc64.is_some_and(|crc| crc != part.crc()) {
            let detail = format!("the server has something else as part {number}");
            return Err(self.place.error(ErrorKind::Checksum).detail(detail));
        }
        let crc = self.checksums().then_some(part.crc());
        Ok((SentPart { etag: sent.etag, crc, length: part.bytes().len() as u64 }, pace))
    }

    /// Has the server make a part of another object.
    pub(super) async fn send_copy(
        &self,
        upload_id: &str,
        part: Part,
        source: &CopySource<'_>,
    ) -> Result<(SentPart, Pace), Error> {
        let operation = source.part(&self.place, upload_id, &part)?;
        let operation = self.settings.part_copy(operation);
        let (sent, pace) = self.place.send(operation).await?;
        Ok((SentPart { etag: sent.etag, crc: None, length: part.length }, pace))
    }

    pub(super) async fn complete(
        &self,
        upload_id: &str,
        sent: &SentParts,
        source: &Unchanged<'_>,
    ) -> Result<Made, Error> {
        source.check().await.map_err(|error| error.at(self.place))?;
        let whole = whole(sent);
        let Place { bucket, key, .. } = self.place;
        let parts = sent
            .iter()
            .map(|(number, part)| CompletedPart::new(*number, part.etag.clone(), part.crc));
        let parts = parts.collect();
        let mut operation =
            CompleteMultipartUpload::new(bucket.clone(), key.clone(), upload_id, parts);
        if let Some(whole) = whole {
            operation = operation.checksum(whole);
        }
        let completed = match self.place.send(self.settings.complete(operation)).await {
            Ok((completed, _)) => completed,
            // the first attempt may have taken effect and its reply got lost
            Err(error) if error.may_have_applied() => {
                self.completed_before(sent).await.ok_or(error)?
            }
            Err(error) => return Err(error),
        };
        let (theirs, ours) = (completed.crc64, whole);
        if theirs.is_some_and(|theirs| ours.is_some_and(|ours| ours != theirs)) {
            return Err(self.place.error(ErrorKind::Checksum));
        }
        let confirmed = ours.is_some() && theirs == ours;
        Ok(Made { etag: completed.etag, crc64: ours.or(theirs), confirmed })
    }

    /// The object, if it is the one that these parts make.
    async fn completed_before(&self, sent: &SentParts) -> Option<CompletedUpload> {
        let etag = already::multipart_etag(sent.values().map(|part| &part.etag))?;
        let found = already::look(self).await?;
        let crc64 = found.checksums.iter().find_map(Crc64::of_checksum);
        (found.etag == etag).then_some(CompletedUpload { etag, crc64 })
    }

    /// Aborts the upload; a failure is logged and no more, because it never is the first one.
    pub(super) async fn abort(&self, upload_id: &str) {
        let Place { bucket, key, .. } = self.place;
        let abort = AbortMultipartUpload::new(bucket.clone(), key.clone(), upload_id);
        match self.place.clean_up(abort).await {
            Ok(()) => tracing::debug!(%bucket, "aborted the upload"),
            Err(error) if error.kind() == ErrorKind::UploadVanished => {}
            Err(error) => tracing::warn!(
                %bucket,
                error = &error as &dyn std::error::Error,
                "could not abort the upload, its parts stay until they expire"
            ),
        }
    }

    /// Forgets the kept token; a failure is logged and no more.
    pub(super) async fn forget(&self) {
        let (Some(store), Some(_)) = (self.resume, self.keep) else { return };
        if let Err(error) = store.remove(&self.place.transfer_id()).await {
            tracing::warn!(%error, "could not remove the resume token of a finished upload");
        }
    }

    /// Counts a part that arrived.
    pub(super) fn part_done(&self, length: u64, how: &'static str) {
        count_part(self.place, "upload", how);
        self.meter.bytes(length);
        self.meter.part_done();
    }
}

/// The checksum of the whole object, when all its parts have one.
pub(super) fn whole(sent: &SentParts) -> Option<Crc64> {
    let mut whole = Crc64Combiner::new();
    for part in sent.values() {
        whole.push(part.crc?, part.length);
    }
    Some(whole.finish())
}

pub(crate) fn count_part(place: Place<'_>, direction: &'static str, how: &'static str) {
    metrics::counter!(
        "r2_multipart_parts_total",
        "bucket" => place.bucket.as_str().to_owned(),
        "direction" => direction,
        "how" => how,
    )
    .increment(1);
}
