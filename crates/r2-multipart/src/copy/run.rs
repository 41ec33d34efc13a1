//! Copies an object, in one request or in parts.

use r2_objects::{
    BucketName, Client, CopyObject, ETag, MetadataDirective, ObjectAttributes, ObjectInfo,
    ObjectKey, Precondition,
};
use tracing::Instrument as _;

use super::options::CopyOptions;
use super::source::CopySource;
use crate::crc64::Crc64;
use crate::error::{Error, ErrorKind};
use crate::limits::COPY_PART_BYTES_DEFAULT;
use crate::machine::{OnFailure, UploadMachine};
use crate::place::Place;
use crate::plan::{PartPlan, PartSize};
use crate::transfer::{Interrupt, MultipartDefaults, TransferOptions};
use crate::upload::{Driver, Feed, Finished, Job, Made, ObjectSettings};

/// An object that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// The copy's tag. A copy in parts has another tag than its source, though the same content.
    pub etag: ETag,
    /// Its length in bytes, if the source's was asked for.
    pub bytes: Option<u64>,
    /// In how many parts it was copied; 0 for a single request.
    pub parts: u32,
}

/// Copies an object inside the service; no byte passes through this machine. Above the threshold
/// it is copied in equal parts, side by side, and aborted when that fails.
///
/// A copy in one request is pinned to one version of the source. For parts R2 has no such
/// condition, so the source is looked at before the first part and again after the last; a source
/// that was replaced in between makes the copy fail. Where source and copy have a CRC64NVME the
/// two are compared at the end.
///
/// ```
/// # use r2_objects::Client;
/// use r2_multipart::{CopyOptions, copy};
/// use r2_objects::{BucketName, ObjectKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// # client.objects().put("photos", "a.txt", "hello").await?;
/// let bucket = BucketName::new("photos")?;
/// let (from, to) = (ObjectKey::new("a.txt")?, ObjectKey::new("b.txt")?);
/// let copied = copy(&client, (&bucket, &from), (&bucket, &to), CopyOptions::new()).await?;
/// assert_eq!((copied.bytes, copied.parts), (Some(5), 0));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::kind`] says what failed.
///
/// # Cancel safety
///
/// As for [`upload`](crate::upload()): dropping the future leaves nothing running, but a copy in
/// parts stays on the server unfinished until it expires.
pub async fn copy(
    client: &Client,
    from: (&BucketName, &ObjectKey),
    to: (&BucketName, &ObjectKey),
    mut options: CopyOptions,
) -> Result<Copied, Error> {
    options.transfer = options.transfer.or(&MultipartDefaults::of(client));
    let place = Place { client, bucket: to.0, key: to.1, deadline: options.transfer.deadline };
    Interrupt::check(&options.transfer).map_err(|error| error.at(place))?;
    let span = tracing::debug_span!("copy", bucket = %to.0, key = %to.1);
    async move {
        let source_sse = options.source_sse.clone();
        let mut source = CopySource::new(&place, from.0, from.1, source_sse, options.etag.clone());
        if options.expected_bytes.is_some_and(|bytes| bytes <= options.threshold_bytes) {
            return whole(place, &source, &options, None).await;
        }
        let info = source.look().await?;
        match info.size {
            Some(size) if size > options.threshold_bytes => {
                in_parts(place, &source, &options, &info, size).await
            }
            size => whole(place, &source, &options, size).await,
        }
    }
    .instrument(span)
    .await
}

/// In one request.
async fn whole(
    place: Place<'_>,
    source: &CopySource<'_>,
    options: &CopyOptions,
    bytes: Option<u64>,
) -> Result<Copied, Error> {
    let (from_bucket, from_key) = (source.bucket.clone(), source.key.clone());
    let copy = CopyObject::new(from_bucket, from_key, place.bucket.clone(), place.key.clone())
        .metadata_directive(options.directive, options.attributes.clone());
    let pinned = source.etag().cloned().map(Precondition::unchanged);
    let copy = pinned.into_iter().fold(copy, CopyObject::source_condition);
    let conditions = options.conditions.iter().cloned();
    let copy = conditions.fold(copy, CopyObject::destination_condition);
    let copy = options.source_sse.iter().cloned().fold(copy, CopyObject::source_customer_key);
    let copy = options.sse.iter().cloned().fold(copy, CopyObject::customer_key);
    let (copied, _) = place.send(copy).await?;
    Ok(Copied { etag: copied.etag, bytes, parts: 0 })
}

async fn in_parts(
    place: Place<'_>,
    source: &CopySource<'_>,
    options: &CopyOptions,
    info: &ObjectInfo,
    size: u64,
) -> Result<Copied, Error> {
    let settings = ObjectSettings {
        attributes: attributes(options, info).map_err(|error| error.at(place))?,
        conditions: options.conditions.clone(),
        sse: options.sse.clone(),
    };
    let transfer = match options.transfer.part_size {
        Some(_) => options.transfer.clone(),
        None => default_part_size(options.transfer.clone())?,
    };
    let mut job = Job::new(place, &transfer, &settings);
    let plan = PartPlan::new(size, job.part_size).map_err(|error| error.at(place))?;
    job.part_size = plan.part_size();
    let ceiling = transfer.ceiling();
    let machine = UploadMachine::new(plan.count(), ceiling, OnFailure::CleanUp);
    let Finished { object, bytes, parts, .. } =
        Driver::new(&job, machine, Feed::Object { source, plan }).run().await?;
    compare(place, &settings, info, &object).await?;
    Ok(Copied { etag: object.etag, bytes: Some(bytes), parts })
}

fn default_part_size(transfer: TransferOptions) -> Result<TransferOptions, Error> {
    Ok(transfer.part_size(PartSize::new(COPY_PART_BYTES_DEFAULT)?))
}

/// What the copy has beside its content. Parts carry none of it, so it is said anew.
fn attributes(options: &CopyOptions, info: &ObjectInfo) -> Result<ObjectAttributes, Error> {
    let asked = options.attributes.clone();
    if options.directive == MetadataDirective::Replace {
        return Ok(asked);
    }
    if info.missing_metadata > 0 {
        let entries = info.missing_metadata;
        tracing::warn!(entries, "metadata with names outside ASCII cannot be copied in parts");
    }
    let mut kept = info.attributes.clone();
    kept.storage_class = asked.storage_class.clone();
    if options.directive != MetadataDirective::Merge {
        return Ok(kept);
    }
    kept.content_type = asked.content_type.or(kept.content_type);
    kept.cache_control = asked.cache_control.or(kept.cache_control);
    kept.content_disposition = asked.content_disposition.or(kept.content_disposition);
    kept.content_encoding = asked.content_encoding.or(kept.content_encoding);
    kept.content_language = asked.content_language.or(kept.content_language);
    kept.expires = asked.expires.or(kept.expires);
    for (name, value) in asked.metadata.iter() {
        let merged = kept.metadata.with(name, value).map_err(r2_objects::Error::from);
        kept.metadata = merged.map_err(Error::of_request)?;
    }
    Ok(kept)
}

/// Compares the checksums of source and copy, where both have one.
async fn compare(
    place: Place<'_>,
    settings: &ObjectSettings,
    source: &ObjectInfo,
    made: &Made,
) -> Result<(), Error> {
    let Some(expected) = source.checksums.iter().find_map(Crc64::of_checksum) else {
        return Ok(());
    };
    let found = match made.crc64 {
        Some(found) => Some(found),
        None => {
            let (info, _) = place.send(settings.head(&place)).await?;
            let info = info.met().map_err(Error::of_request)?;
            info.checksums.iter().find_map(Crc64::of_checksum).filter(|_| info.etag == made.etag)
        }
    };
    match found {
        Some(found) if found != expected => Err(place.error(ErrorKind::Checksum)),
        _ => Ok(()),
    }
}
