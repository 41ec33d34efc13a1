//! Bytes on their way out: a stream over segments that holds one step of them in memory.

use std::collections::VecDeque;
use std::io::SeekFrom;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};

use super::blobs::Holding;
use super::disk::Reading;
use super::failure::StoreError;
use super::seal::SealKey;
use super::snapshot::Source;
use super::{Blobs, Segment};
use crate::checksum::{Digests, Hashers};
use crate::limits::STEP_BYTES;

/// The bytes of an object or a part of it, findable until this is dropped.
#[derive(Debug)]
pub(crate) struct Content {
    sources: VecDeque<Source>,
    blobs: Arc<Blobs>,
    /// Kept, not read: files of replaced objects stay while somebody reads them.
    _holding: Option<Holding>,
    open: Option<(u64, Box<dyn Reading>)>,
    key: Option<SealKey>,
}

impl Content {
    pub(super) fn new(
        sources: Vec<Source>,
        blobs: Arc<Blobs>,
        holding: Option<Holding>,
    ) -> Content {
        Content { sources: sources.into(), blobs, _holding: holding, open: None, key: None }
    }

    /// Gives the key of the customer, without which sealed bytes are an error.
    pub(crate) fn with_key(mut self, key: Option<SealKey>) -> Content {
        self.key = key;
        self
    }

    /// The bytes in order. An error ends the stream.
    pub(crate) fn stream(self) -> impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static {
        stream::try_unfold(self, |mut content| async move {
            Ok(content.next().await?.map(|bytes| (bytes, content)))
        })
    }

    /// Reads everything and keeps only the digests.
    pub(crate) async fn digest(mut self, mut hashers: Hashers) -> Result<Digests, StoreError> {
        while let Some(bytes) = self.next().await? {
            hashers = if self.blobs.is_memory() {
                hashers.update(&bytes);
                hashers
            } else {
                let hash = move || {
                    hashers.update(&bytes);
                    hashers
                };
                tokio::task::spawn_blocking(hash).await.map_err(|_| StoreError::stopped())?
            };
        }
        Ok(hashers.finish())
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match self.sources.pop_front() {
            None => Ok(None),
            Some(Source::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Source::Sealed(sealed)) => {
                let key = self.key.clone();
                let key = key.ok_or_else(|| StoreError::corrupt("sealed bytes without a key"))?;
                let blobs = Arc::clone(&self.blobs);
                let step = move || sealed.step(&blobs, &key);
                let (bytes, rest) = if self.blobs.is_memory() {
                    step()?
                } else {
                    tokio::task::spawn_blocking(step).await.map_err(|_| StoreError::stopped())??
                };
                if let Some(rest) = rest {
                    self.sources.push_front(Source::Sealed(rest));
                }
                Ok(Some(bytes))
            }
            Some(Source::File(segment)) => {
                let (step, rest) = split(segment);
                if let Some(rest) = rest {
                    self.sources.push_front(Source::File(rest));
                }
                let (blobs, open) = (Arc::clone(&self.blobs), self.open.take());
                let (bytes, file) = tokio::task::spawn_blocking(move || read(&blobs, open, step))
                    .await
                    .map_err(|_| StoreError::stopped())??;
                if rest.is_some() {
                    self.open = Some((segment.blob, file));
                }
                Ok(Some(bytes))
            }
        }
    }
}

/// One step of a segment, and what is left of it.
fn split(segment: Segment) -> (Segment, Option<Segment>) {
    let length = segment.length.min(STEP_BYTES as u64);
    let rest =
        Segment { start: segment.start + length, length: segment.length - length, ..segment };
    (Segment { length, ..segment }, (rest.length > 0).then_some(rest))
}

fn read(
    blobs: &Blobs,
    open: Option<(u64, Box<dyn Reading>)>,
    segment: Segment,
) -> Result<(Bytes, Box<dyn Reading>), StoreError> {
    let mut file = match open {
        // Left at the right byte by the step before.
        Some((id, file)) if id == segment.blob => file,
        _ => {
            let mut file = blobs.open(segment.blob)?;
            file.seek(SeekFrom::Start(segment.start))?;
            file
        }
    };
    let length = usize::try_from(segment.length).unwrap_or(STEP_BYTES);
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            StoreError::corrupt(format!("the file of blob {:x} is short", segment.blob))
        }
        _ => error.into(),
    })?;
    Ok((bytes.into(), file))
}
