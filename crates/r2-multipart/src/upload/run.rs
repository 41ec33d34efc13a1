//! Chooses how a source goes, and whether an earlier upload is gone on with.

use std::sync::atomic::AtomicU64;

use r2_objects::{BucketName, Client, ObjectKey};
use tracing::Instrument as _;

use super::driver::{Driver, Feed, Finished};
use super::job::Job;
use super::options::{OnSourceChange, UploadOptions};
use super::outcome::{UploadVerdict, Uploaded};
use super::single;
use super::source::{KnownSource, Opened, Source, StreamSource};
use crate::error::{Error, ErrorKind};
use crate::machine::{OnFailure, UploadMachine};
use crate::place::Place;
use crate::plan::PartPlan;
use crate::resume::{Fingerprint, ResumeToken, TokenChecksum};
use crate::transfer::{Interrupt, MultipartDefaults};

/// Uploads a source as one object: one PUT below the threshold, equal parts from there on, always
/// parts for a stream of unknown length.
///
/// Memory is bounded by part size times requests in flight. On R2 each part travels with its
/// CRC64NVME, and the server compares the checksum of the whole, combined from those of the parts,
/// before it makes the object.
///
/// ```
/// # use r2_objects::Client;
/// use r2_multipart::{UploadOptions, UploadVerdict, upload};
/// use r2_objects::{BucketName, ObjectKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// let (bucket, key) = (BucketName::new("photos")?, ObjectKey::new("a.txt")?);
/// let uploaded = upload(&client, &bucket, &key, "hello", UploadOptions::new()).await?;
/// assert_eq!((uploaded.bytes, uploaded.parts), (5, 0));
/// assert_eq!(uploaded.verdict, UploadVerdict::Verified);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::kind`] says what failed. An upload in parts is aborted on the server before the error
/// is returned, whatever failed; it is kept when [`UploadOptions::resume`] was given and going on
/// can help, and [`Error::is_suspended`] says so.
///
/// # Cancel safety
///
/// Dropping the future leaves nothing running but a read or write of one file that has begun. What
/// it cannot do is tell the server: an upload in parts that is dropped stays there, invisible but
/// paid for, until it is aborted or expires (after seven days on R2). To end an upload and have it
/// aborted, use [`Stop`](crate::Stop); to go on with it later, [`UploadOptions::resume`].
pub async fn upload(
    client: &Client,
    bucket: &BucketName,
    key: &ObjectKey,
    source: impl Into<Source>,
    mut options: UploadOptions,
) -> Result<Uploaded, Error> {
    let defaults = MultipartDefaults::of(client);
    let threshold_bytes = options.threshold_bytes.unwrap_or(defaults.threshold_bytes);
    options.transfer = options.transfer.or(&defaults);
    let deadline = options.transfer.deadline;
    let place = Place { client, bucket, key, deadline };
    let span = tracing::debug_span!("upload", %bucket, %key);
    let source = source.into();
    Interrupt::check(&options.transfer).map_err(|error| error.at(place))?;
    async move {
        let result = match source.open().await {
            Ok(Opened::Stream(stream)) => of_stream(place, &options, stream).await,
            Ok(Opened::Known(source)) if source.length() < threshold_bytes => {
                single::put(place, &options, &source).await
            }
            Ok(Opened::Known(source)) => in_parts(place, &options, &source).await,
            Err(error) => Err(error),
        };
        match &result {
            Ok(uploaded) => tracing::info!(
                bytes = uploaded.bytes,
                parts = uploaded.parts,
                resumed = uploaded.parts_resumed,
                "uploaded"
            ),
            Err(error) => tracing::debug!(%error, "the upload failed"),
        }
        result
    }
    .instrument(span)
    .await
}

fn job<'a>(place: Place<'a>, options: &'a UploadOptions) -> Job<'a> {
    let checksums = place.client.sends_checksums();
    let mut job = Job::new(place, &options.transfer, &options.settings);
    job.resume = options.resume.as_deref();
    job.checksum = if checksums { TokenChecksum::Crc64Nvme } else { TokenChecksum::None };
    job
}

async fn of_stream(
    place: Place<'_>,
    options: &UploadOptions,
    stream: StreamSource,
) -> Result<Uploaded, Error> {
    if options.resume.is_some() {
        let error = place.error(ErrorKind::NotResumable);
        return Err(error.detail("a stream cannot be read again; put it into a file first"));
    }
    let job = job(place, options);
    let machine = UploadMachine::of_stream(options.transfer.ceiling());
    let finished = Driver::new(&job, machine, Feed::Stream(Some(stream))).run().await?;
    Ok(outcome(&job, finished))
}

async fn in_parts(
    place: Place<'_>,
    options: &UploadOptions,
    source: &KnownSource,
) -> Result<Uploaded, Error> {
    let mut job = job(place, options);
    let mut plan =
        PartPlan::new(source.length(), job.part_size).map_err(|error| error.at(place))?;
    job.part_size = plan.part_size();
    let ceiling = options.transfer.ceiling();
    let mut kept = None;
    if options.resume.is_some() {
        let fingerprint = source.fingerprint().await.map_err(|error| error.at(place))?;
        job.keep = Some(fingerprint);
        kept = kept_upload(&job, fingerprint, options.on_source_change).await?;
    }
    let feed = |plan| Feed::Known { source, plan };
    let Some(token) = kept else {
        let on_failure = if job.keep.is_some() { OnFailure::Keep } else { OnFailure::CleanUp };
        let machine = UploadMachine::new(plan.count(), ceiling, on_failure);
        let finished = Driver::new(&job, machine, feed(plan)).run().await?;
        return Ok(outcome(&job, finished));
    };
    if let Some(kept_plan) = token.plan() {
        // whatever the options say now: parts of one upload are equal
        plan = kept_plan;
        job.part_size = plan.part_size();
    }
    job.checksum = token.checksum;
    job.began_unix_seconds = AtomicU64::new(token.created_unix_seconds);
    let machine = UploadMachine::resumed(plan.count(), ceiling);
    let driver = Driver::new(&job, machine, feed(plan)).resumed(&token.upload_id);
    let finished = driver.run().await?;
    Ok(outcome(&job, finished))
}

/// The token of an earlier run, if it fits the source.
async fn kept_upload(
    job: &Job<'_>,
    source: Fingerprint,
    on_change: OnSourceChange,
) -> Result<Option<ResumeToken>, Error> {
    let Some(store) = job.resume else { return Ok(None) };
    let place = job.place;
    let token = store
        .load(&place.transfer_id())
        .await
        .map_err(|error| Error::because(ErrorKind::Resume, error).at(place))?;
    let Some(token) = token else { return Ok(None) };
    if token.source == source && token.plan().is_some() {
        return Ok(Some(token));
    }
    match on_change {
        OnSourceChange::Fail => Err(place.error(ErrorKind::SourceChanged).suspended()),
        OnSourceChange::StartAnew => {
            tracing::info!("the source has changed, starting its upload anew");
            job.abort(&token.upload_id).await;
            job.forget().await;
            Ok(None)
        }
    }
}

fn outcome(job: &Job<'_>, finished: Finished) -> Uploaded {
    let Finished { object, bytes, parts, parts_resumed } = finished;
    let verdict = match (job.checksums(), object.confirmed) {
        (false, _) => UploadVerdict::Unverified,
        (true, false) => UploadVerdict::Sent,
        (true, true) => UploadVerdict::Verified,
    };
    Uploaded { etag: object.etag, bytes, parts, parts_resumed, crc64: object.crc64, verdict }
}
