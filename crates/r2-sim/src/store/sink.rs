//! Bytes on their way in: hashed and written in large steps, away from the runtime.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::task::JoinHandle;

use super::blobs::IncomingBlob;
use super::failure::StoreError;
use super::seal::{End, SealKey, Sealer, stored_length};
use super::{Blobs, Claim};
use crate::checksum::{Digests, Hashers};
use crate::limits::{INLINE_BYTES_MAX, STEP_BYTES};

/// A body that is whole, hashed and stored, but not yet part of anything.
#[derive(Debug)]
pub(crate) struct NewBody {
    pub(crate) length: u64,
    /// Under a customer's key.
    pub(super) is_sealed: bool,
    pub(crate) blob: NewBlob,
}

impl NewBody {
    /// How many bytes of the store it takes.
    pub(super) fn stored_length(&self) -> u64 {
        if self.is_sealed { stored_length(self.length) } else { self.length }
    }
}

/// Where a new body waits for its commit.
#[derive(Debug)]
pub(crate) enum NewBlob {
    /// There are no bytes.
    Empty,
    /// Small enough for the index.
    Inline { id: u64, bytes: Bytes },
    /// In a file or in memory.
    Stored(Claim),
}

/// Collects the bytes of one body.
///
/// Bytes gather up to [`STEP_BYTES`]; each such step is hashed and written by a blocking task while
/// the next one gathers, so a body needs two steps of memory whatever its length. In memory mode
/// everything happens at once and on the spot, which keeps simulations deterministic.
#[derive(Debug)]
pub(crate) struct Sink {
    blobs: Arc<Blobs>,
    gathered: BytesMut,
    length: u64,
    is_sealed: bool,
    worker: Worker,
}

#[derive(Debug)]
enum Worker {
    Idle(Box<Work>),
    Busy(JoinHandle<Stepped>),
    /// Between two states, or after a failure.
    Gone,
}

type Stepped = Result<Box<Work>, StoreError>;

#[derive(Debug)]
struct Work {
    hashers: Hashers,
    sealer: Option<Sealer>,
    blob: Option<IncomingBlob>,
}

impl Work {
    /// A step on the blocking pool. What is left of a body that cannot be written goes at once: the
    /// disk may be full of it.
    fn step_or_sweep(self: Box<Self>, blobs: &Arc<Blobs>, chunk: Bytes) -> Stepped {
        let stepped = self.step(blobs, chunk, End::Later);
        if stepped.is_err() {
            blobs.sweep();
        }
        stepped
    }

    fn step(
        mut self: Box<Work>,
        blobs: &Arc<Blobs>,
        chunk: Bytes,
        end: End,
    ) -> Result<Box<Work>, StoreError> {
        blobs.fill_reserve()?;
        let chunk = self.hash_and_seal(chunk, end)?;
        let blob = match &mut self.blob {
            Some(blob) => blob,
            none => none.insert(blobs.create()?),
        };
        blob.write(chunk)?;
        Ok(self)
    }

    /// Digests are of the plain bytes, whatever is stored.
    fn hash_and_seal(&mut self, chunk: Bytes, end: End) -> Result<Bytes, StoreError> {
        self.hashers.update(&chunk);
        match &mut self.sealer {
            Some(sealer) => sealer.seal(&chunk, end),
            None => Ok(chunk),
        }
    }

    fn finish(
        mut self: Box<Work>,
        blobs: &Arc<Blobs>,
        last: Bytes,
    ) -> Result<(NewBlob, Digests), StoreError> {
        let blob = match self.blob.take() {
            None if last.is_empty() => NewBlob::Empty,
            None if last.len() <= INLINE_BYTES_MAX => {
                blobs.fill_reserve()?;
                let bytes = self.hash_and_seal(last, End::Here)?;
                NewBlob::Inline { id: blobs.new_id(), bytes }
            }
            blob => {
                self.blob = blob;
                // The last frame of a sealed blob says that it is the last, and may be empty.
                if !last.is_empty() || self.sealer.is_some() {
                    self = self.step(blobs, last, End::Here)?;
                }
                match self.blob.take() {
                    Some(blob) => NewBlob::Stored(blob.finish()?),
                    None => NewBlob::Empty,
                }
            }
        };
        Ok((blob, self.hashers.finish()))
    }
}

impl Sink {
    pub(super) fn new(blobs: Arc<Blobs>, hashers: Hashers) -> Sink {
        let worker = Worker::Idle(Box::new(Work { hashers, sealer: None, blob: None }));
        Sink { blobs, gathered: BytesMut::new(), length: 0, is_sealed: false, worker }
    }

    /// Stores the bytes under a customer's key, if there is one. To be called before any comes.
    pub(crate) fn sealed(mut self, key: Option<&SealKey>) -> Result<Sink, StoreError> {
        if let (Worker::Idle(work), Some(key)) = (&mut self.worker, key) {
            work.sealer = Some(Sealer::new(key)?);
            self.is_sealed = true;
        }
        Ok(self)
    }

    /// How many bytes came in so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Takes some bytes. Dropping the future leaves the sink unusable and nothing on the disk.
    pub(crate) async fn push(&mut self, mut bytes: Bytes) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.gathered.is_empty() && bytes.len() >= STEP_BYTES {
                // A large piece of memory is not copied.
                self.work(bytes.split_to(STEP_BYTES)).await?;
                continue;
            }
            let room = STEP_BYTES - self.gathered.len();
            let part = bytes.split_to(room.min(bytes.len()));
            self.gathered.extend_from_slice(&part);
            if self.gathered.len() == STEP_BYTES {
                let step = self.gathered.split().freeze();
                self.work(step).await?;
            }
        }
        Ok(())
    }

    async fn work(&mut self, chunk: Bytes) -> Result<(), StoreError> {
        let work = self.idle().await?;
        let blobs = Arc::clone(&self.blobs);
        self.worker = if blobs.is_memory() {
            Worker::Idle(work.step(&blobs, chunk, End::Later)?)
        } else {
            Worker::Busy(tokio::task::spawn_blocking(move || work.step_or_sweep(&blobs, chunk)))
        };
        Ok(())
    }

    async fn idle(&mut self) -> Result<Box<Work>, StoreError> {
        match std::mem::replace(&mut self.worker, Worker::Gone) {
            Worker::Idle(work) => Ok(work),
            Worker::Busy(task) => task.await.map_err(|_| StoreError::stopped())?,
            Worker::Gone => Err(StoreError::stopped()),
        }
    }

    /// Ends the body.
    pub(crate) async fn finish(mut self) -> Result<(NewBody, Digests), StoreError> {
        let work = self.idle().await?;
        let (blobs, last) = (Arc::clone(&self.blobs), self.gathered.split().freeze());
        // A small body needs no file, and hashing it is cheaper than a change of thread.
        let is_small = work.blob.is_none() && last.len() <= INLINE_BYTES_MAX;
        let here = blobs.is_memory() || is_small && !blobs.is_short();
        let (blob, digests) = if here {
            work.finish(&blobs, last)?
        } else {
            tokio::task::spawn_blocking(move || work.finish(&blobs, last))
                .await
                .map_err(|_| StoreError::stopped())??
        };
        Ok((NewBody { length: self.length, is_sealed: self.is_sealed, blob }, digests))
    }
}
