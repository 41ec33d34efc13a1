//! Writing an object in parts, on any back end.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use r2_multipart::PartNumber;
use r2_objects::ObjectKey;
use r2_transport::{Body, BoxFuture};

use super::{PutOptions, StorageBackend, StorageError, StorageErrorKind, StorageOperation, Stored};
use crate::blocking::blocking;

/// An object on its way, part by part, in any order and several at once. Nothing of it is seen
/// before it is complete.
///
/// Parts but the last must be equally long and have 5 MiB at least, because R2 wants it so;
/// back ends that do not care take any.
///
/// Dropping it is giving it up without telling: a server keeps the parts until they expire.
pub trait PartsUpload: fmt::Debug + Send {
    /// Sends a part. Sending a number again replaces it. The futures may run side by side.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::put`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may lose an earlier part of the same number.
    fn put_part(
        &mut self,
        number: PartNumber,
        content: Body,
    ) -> BoxFuture<'static, Result<(), StorageError>>;

    /// Makes the object of the parts, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::put`]; [`StorageErrorKind::InvalidInput`] while a part is under way, or
    /// when it was completed or aborted before.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves open whether the object was made.
    fn complete(&mut self) -> BoxFuture<'_, Result<Stored, StorageError>>;

    /// Gives the object up, and removes the parts.
    ///
    /// # Errors
    ///
    /// What keeps the parts from being removed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave parts, which expire.
    fn abort(&mut self) -> BoxFuture<'_, Result<(), StorageError>>;
}

/// Begins an upload in parts: the back end's own way, or else parts that are gathered in a
/// temporary file and written when they are complete.
///
/// # Errors
///
/// As [`StorageBackend::put`].
///
/// # Cancel safety
///
/// As [`StorageBackend::own_parts`].
///
/// ```
/// use std::sync::Arc;
/// use r2_backend::{MemoryBackend, StorageBackendExt as _};
/// use r2_backend::storage::{PutOptions, begin_parts};
/// use r2_multipart::PartNumber;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let storage = Arc::new(MemoryBackend::new());
/// let key = "a".try_into()?;
/// let mut upload = begin_parts(storage.clone(), &key, PutOptions::new()).await?;
/// upload.put_part(PartNumber::new(2).expect("from 1 to 10,000"), "world".into()).await?;
/// upload.put_part(PartNumber::FIRST, "hello ".into()).await?;
/// assert!(storage.find(&key).await?.is_none());
/// upload.complete().await?;
/// assert_eq!(storage.get_bytes(&key, 100).await?, "hello world");
/// # Ok(())
/// # }
/// ```
pub async fn begin_parts(
    backend: Arc<dyn StorageBackend>,
    key: &ObjectKey,
    options: PutOptions,
) -> Result<Box<dyn PartsUpload>, StorageError> {
    if let Some(own) = backend.own_parts(key, options.clone()).await? {
        return Ok(own);
    }
    let spool = blocking(tempfile::tempfile).await.map_err(|error| {
        let message = "no temporary file can be made to gather the parts";
        let error = StorageError::new(StorageErrorKind::Io, message).source(error);
        error.about(&backend.name(), StorageOperation::Parts, key)
    })?;
    let state = State { end: 0, parts: BTreeMap::new(), under_way: 0 };
    let shared = Arc::new(Shared { spool: Arc::new(spool), state: Mutex::new(state) });
    Ok(Box::new(Spooled { backend, key: key.clone(), options, shared: Some(shared) }))
}

/// Parts in a temporary file, each after those that came before it.
#[derive(Debug)]
struct Spooled {
    backend: Arc<dyn StorageBackend>,
    key: ObjectKey,
    options: PutOptions,
    /// `None` once it is over.
    shared: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    spool: Arc<File>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Where the next piece goes.
    end: u64,
    /// The pieces of each part.
    parts: BTreeMap<PartNumber, Vec<Range<u64>>>,
    under_way: usize,
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a part, piece by piece, between the pieces of others.
    async fn append(self: Arc<Self>, number: PartNumber, mut body: Body) -> PartResult {
        let _under_way = UnderWay::begin(&self);
        let mut pieces: Vec<Range<u64>> = Vec::new();
        while let Some(chunk) = body.next_chunk().await {
            let chunk =
                chunk.map_err(|error| StorageError::of(StorageErrorKind::Content).source(error))?;
            let shared = Arc::clone(&self);
            let written = blocking(move || shared.write(&chunk)).await;
            let piece = written.map_err(|error| {
                let message = "the temporary file that gathers the parts cannot be written";
                StorageError::new(StorageErrorKind::Io, message).source(error)
            })?;
            match pieces.last_mut() {
                Some(last) if last.end == piece.start => last.end = piece.end,
                _ => pieces.push(piece),
            }
        }
        self.state().parts.insert(number, pieces);
        Ok(())
    }

    fn write(&self, chunk: &[u8]) -> std::io::Result<Range<u64>> {
        // the lock is held while the file is written: its position is shared, too
        let mut state = self.state();
        let mut file = &*self.spool;
        file.seek(SeekFrom::Start(state.end))?;
        file.write_all(chunk)?;
        let start = state.end;
        state.end += chunk.len() as u64;
        Ok(start..state.end)
    }
}

type PartResult = Result<(), StorageError>;

/// Counts a part for as long as it is being written, dropped futures included.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn begin(shared: &Arc<Shared>) -> Self {
        shared.state().under_way += 1;
        Self(Arc::clone(shared))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

impl Spooled {
    fn over(&self) -> StorageError {
        let message = "this upload was completed or aborted before: begin another";
        self.named(StorageError::new(StorageErrorKind::InvalidInput, message))
    }

    fn named(&self, error: StorageError) -> StorageError {
        error.about(&self.backend.name(), StorageOperation::Parts, &self.key)
    }

    /// All parts in order, as one body that can be read any number of times.
    fn whole(shared: &Shared) -> Body {
        let pieces: Vec<_> = shared.state().parts.values().flatten().cloned().collect();
        let length = pieces.iter().map(|piece| piece.end - piece.start).sum();
        let spool = Arc::clone(&shared.spool);
        Body::restartable(move || {
            let spool = Arc::clone(&spool);
            let bodies = pieces.clone().into_iter();
            let bodies = bodies.map(move |piece| Body::file(Arc::clone(&spool), piece));
            Body::one_shot(futures_util::stream::iter(bodies).flatten(), Some(length))
        })
    }
}

impl PartsUpload for Spooled {
    fn put_part(
        &mut self,
        number: PartNumber,
        content: Body,
    ) -> BoxFuture<'static, Result<(), StorageError>> {
        let Some(shared) = self.shared.clone() else {
            return Box::pin(std::future::ready(Err(self.over())));
        };
        let (name, key) = (self.backend.name(), self.key.clone());
        Box::pin(async move {
            let result = shared.append(number, content).await;
            result.map_err(|error| error.about(&name, StorageOperation::Parts, &key))
        })
    }

    fn complete(&mut self) -> BoxFuture<'_, Result<Stored, StorageError>> {
        Box::pin(async move {
            let shared = self.shared.clone().ok_or_else(|| self.over())?;
            if shared.state().under_way > 0 {
                let message = "a part is still under way: wait for it, or send it again";
                return Err(self.named(StorageError::new(StorageErrorKind::InvalidInput, message)));
            }
            let body = Self::whole(&shared);
            let stored = self.backend.put(&self.key, body, self.options.clone()).await?;
            self.shared = None;
            Ok(stored)
        })
    }

    fn abort(&mut self) -> BoxFuture<'_, Result<(), StorageError>> {
        self.shared = None;
        Box::pin(std::future::ready(Ok(())))
    }
}
