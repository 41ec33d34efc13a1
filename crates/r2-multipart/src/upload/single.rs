//! Below the threshold: one PUT.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use r2_objects::Payload;
use r2_transport::Body;

use super::UploadOptions;
use super::outcome::{UploadVerdict, Uploaded};
use super::source::KnownSource;
use crate::buffers::Buffers;
use crate::crc64::Crc64;
use crate::error::{Error, ErrorKind};
use crate::place::Place;
use crate::plan::{Part, PartNumber};
use crate::transfer::{Interrupt, Meter};

/// Sends the whole source in one request.
pub(super) async fn put(
    place: Place<'_>,
    options: &UploadOptions,
    source: &KnownSource,
) -> Result<Uploaded, Error> {
    let meter = Meter::new(options.transfer.progress.clone());
    meter.begin(Some(source.length()), Some(1), (0, 0));
    let mut interrupt = Interrupt::new(&options.transfer);
    let result = tokio::select! {
        biased;
        kind = interrupt.came() => Err(Error::new(kind)),
        result = send(place, options, source, &meter) => result,
    };
    match result {
        Ok(uploaded) => {
            meter.part_done();
            Ok(uploaded)
        }
        // a server that found another content than announced found a file that was changed
        Err(error) => match source.check_unchanged().await {
            Err(changed) if changed.kind() == ErrorKind::SourceChanged => Err(changed.at(place)),
            _ => Err(error.at(place)),
        },
    }
}

async fn send(
    place: Place<'_>,
    options: &UploadOptions,
    source: &KnownSource,
    meter: &Meter,
) -> Result<Uploaded, Error> {
    let whole = Part { number: PartNumber::FIRST, offset: 0, length: source.length() };
    let part_size = options.transfer.part_size.unwrap_or_default();
    let buffers = Buffers::new();
    let (payload, crc) = match source {
        // more than a part is not held in memory: read once for the checksum, once to send it
        KnownSource::File(file) if whole.length > part_size.bytes() => {
            let crc = source.checksum(whole, &buffers).await?;
            let file = file.clone();
            let open = move || Body::file(file.file.clone(), 0..whole.length);
            (Payload::from(counted(meter.clone(), open)), crc)
        }
        _ => {
            let part = source.read(whole, &buffers).await?;
            let (bytes, crc) = (part.bytes().clone(), part.crc());
            (Payload::from(bytes), crc)
        }
    };
    source.check_unchanged().await?;
    let in_memory = payload.as_bytes().is_some();
    let put = options.settings.put(&place, payload.with_checksum(crc.value()));
    let (outcome, _) = place.send(put).await?;
    let stored = outcome.stored().map_err(Error::of_request)?;
    if in_memory {
        meter.bytes(whole.length);
    }
    let theirs = stored.checksums.iter().find_map(Crc64::of_checksum);
    let verdict = match theirs {
        Some(theirs) if theirs == crc => UploadVerdict::Verified,
        Some(_) => return Err(Error::new(ErrorKind::Checksum)),
        None if place.client.sends_checksums() => UploadVerdict::Sent,
        None => UploadVerdict::Unverified,
    };
    Ok(Uploaded {
        etag: stored.etag,
        bytes: whole.length,
        parts: 0,
        parts_resumed: 0,
        crc64: Some(crc),
        verdict,
    })
}

/// A body that counts what leaves, and takes it back when it has to begin again.
fn counted(meter: Meter, open: impl Fn() -> Body + Send + Sync + 'static) -> Body {
    let sent = Arc::new(AtomicU64::new(0));
    Body::restartable(move || {
        meter.take_back(sent.swap(0, Ordering::Relaxed));
        let (meter, sent) = (meter.clone(), Arc::clone(&sent));
        open().on_chunk(move |bytes| {
            let bytes = bytes as u64;
            sent.fetch_add(bytes, Ordering::Relaxed);
            meter.bytes(bytes);
        })
    })
}
