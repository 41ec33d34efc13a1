//! The handle that operations use: read a snapshot, make a change, move bytes in and out.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase as _};
use tokio::sync::oneshot;

use super::blobs::{Blobs, Durability};
use super::commit::{Change, Leader, Queue};
use super::disk::{Disk, System};
use super::failure::{Halt, StoreError, StoreErrorKind};
use super::folder::Folder;
use super::index::{Index, IndexFile};
use super::reader::Content;
use super::record::Segment;
use super::sink::Sink;
use super::snapshot::{Snapshot, Source};
use super::txn::Txn;
use crate::checksum::Hashers;
use crate::error::{Error, ErrorKind};

/// Locks a mutex that is never held across anything that could leave its value half-changed.
pub(crate) fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A store; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// What is there now: a state that is restored takes its place as a whole.
    current: Arc<RwLock<Arc<Inner>>>,
}

#[derive(Debug)]
pub(super) struct Inner {
    // Before the blobs, whose lock must be the last thing to be given up.
    pub(super) index: Index,
    pub(super) queue: Mutex<Queue>,
    /// How many there were, in memory.
    pub(super) commits: AtomicU64,
    pub(super) blobs: Arc<Blobs>,
}

impl Inner {
    /// The database, opened again if it was lost; then what lost commits left behind is settled.
    pub(super) fn database(&self) -> Result<Arc<Database>, StoreError> {
        if let Some(database) = self.index.current() {
            return Ok(database);
        }
        let database = self.index.reopen()?;
        let unsettled = self.blobs.take_unsettled();
        if !unsettled.is_empty() {
            let reading = database.begin_read()?;
            settle(&self.blobs, &reading, unsettled)?;
        }
        Ok(database)
    }
}

fn settle(blobs: &Blobs, reading: &ReadTransaction, ids: Vec<u64>) -> Result<(), StoreError> {
    let snapshot = Snapshot::new(reading, blobs);
    for id in ids {
        blobs.resolve(id, snapshot.has_blob(id)?)?;
    }
    Ok(())
}

/// What the store's user is told of a failure outside a request.
fn failure(folder: &Path, error: StoreError) -> Error {
    match error.kind() {
        StoreErrorKind::Corrupt => {
            Error::with_source(ErrorKind::Damaged, folder, "its index is damaged", error)
        }
        _ => Error::with_source(ErrorKind::Io, folder, "its index cannot be read", error),
    }
}

impl Store {
    pub(crate) fn memory(secret: u64) -> Result<Store, StoreError> {
        let index = Index::memory(secret)?;
        Ok(Store::new(index, Blobs::memory()))
    }

    /// Opens or creates a folder. Blocking: reads and locks files, may wait for another process.
    pub(crate) fn directory(
        path: &Path,
        secret: u64,
        durability: Durability,
    ) -> Result<Store, Error> {
        Store::on_disk(Arc::new(System), path, secret, durability)
    }

    pub(crate) fn on_disk(
        disk: Arc<dyn Disk>,
        path: &Path,
        secret: u64,
        durability: Durability,
    ) -> Result<Store, Error> {
        let folder = Folder::open(path, Arc::clone(&disk))?;
        let open = || {
            let file = IndexFile { path: folder.index(), disk, durability };
            let index = Index::file(file, secret)?;
            let store = Store::new(index, Blobs::folder(folder, durability));
            store.recover()?;
            Ok(store)
        };
        open().map_err(|error: StoreError| failure(path, error))
    }

    pub(super) fn new(index: Index, blobs: Blobs) -> Store {
        let (queue, commits) = (Mutex::default(), AtomicU64::default());
        let inner = Inner { index, queue, commits, blobs: Arc::new(blobs) };
        Store { current: Arc::new(RwLock::new(Arc::new(inner))) }
    }

    pub(super) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what another store holds. Work under way ends on what was there before.
    pub(super) fn replace(&self, by: &Store) {
        let by = by.inner();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = by;
    }

    /// An error of the store as a whole.
    pub(crate) fn failure(&self, error: StoreError) -> Error {
        failure(&self.root(), error)
    }

    /// The folder; empty for a store in memory.
    pub(crate) fn root(&self) -> PathBuf {
        self.inner().blobs.directory().map(|folder| folder.root().to_owned()).unwrap_or_default()
    }

    /// What a start has to do: place or remove incoming files, and remove garbage.
    fn recover(&self) -> Result<(), StoreError> {
        let inner = self.inner();
        let (blobs, database) = (&inner.blobs, inner.database()?);
        let reading = database.begin_read()?;
        let incoming = blobs.directory().map_or(Ok(Vec::new()), Folder::incoming_ids)?;
        let (highest, garbage) = Snapshot::new(&reading, blobs).blob_state()?;
        let highest = incoming.iter().copied().fold(highest, u64::max);
        blobs.start_ids_at(highest.saturating_add(1));
        settle(blobs, &reading, incoming)?;
        blobs.remove_garbage(garbage);
        Ok(())
    }

    pub(crate) fn is_memory(&self) -> bool {
        self.inner().blobs.is_memory()
    }

    /// Reads a consistent state.
    ///
    /// Cancel safe: nothing is changed.
    pub(crate) async fn read<T, R, F>(&self, read: F) -> Result<T, Halt<R>>
    where
        F: FnOnce(&Snapshot<'_>) -> Result<T, Halt<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        self.blocking(move |inner| inner.snapshot(read)).await
    }

    /// Like [`read`](Store::read), and finds the bytes of the segments that `read` names.
    pub(crate) async fn open<T, R, F>(&self, read: F) -> Result<(T, Content), Halt<R>>
    where
        F: FnOnce(&Snapshot<'_>) -> Result<(T, Vec<Segment>), Halt<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        self.blocking(move |inner| {
            let looking = inner.blobs.look();
            let (value, sources) = inner.snapshot(|snapshot| {
                let (value, segments) = read(snapshot)?;
                Ok((value, snapshot.sources(&segments)?))
            })?;
            let files = sources.iter().filter_map(|source| match source {
                Source::File(segment) => Some(segment.blob),
                Source::Sealed(sealed) => sealed.file(),
                Source::Bytes(_) => None,
            });
            let files: Vec<u64> = files.collect();
            let holding = (!files.is_empty()).then(|| inner.blobs.hold(files));
            drop(looking);
            let blobs = Arc::clone(&inner.blobs);
            let content = Content::new(sources, blobs, holding);
            Ok((value, content))
        })
        .await
    }

    /// Makes a change. When this returns `Ok`, the change is as durable as the store promises.
    ///
    /// `change` must not write before it has decided to succeed: all changes of a commit share one
    /// transaction. Dropping the future does not undo a change that is already queued.
    pub(crate) async fn write<T, R, F>(&self, change: F) -> Result<T, Halt<R>>
    where
        F: FnOnce(&mut Txn<'_>) -> Result<T, Halt<R>> + Send + 'static,
        T: Send + 'static,
        R: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let inner = self.inner();
        let lead = locked(&inner.queue).push(Box::new(Change::new(change, reply)));
        if lead {
            let is_memory = inner.blobs.is_memory();
            let leader = Leader::new(inner);
            if is_memory {
                leader.lead();
            } else {
                // Not awaited: it works for everybody in the queue, and ends when that is empty.
                drop(tokio::task::spawn_blocking(move || leader.lead()));
            }
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::stopped().into()))
    }

    /// Starts to take a body in.
    pub(crate) fn sink(&self, hashers: Hashers) -> Sink {
        Sink::new(Arc::clone(&self.inner().blobs), hashers)
    }

    pub(super) async fn blocking<T, R>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Halt<R>> + Send + 'static,
    ) -> Result<T, Halt<R>>
    where
        T: Send + 'static,
        R: Send + 'static,
    {
        let inner = self.inner();
        if inner.blobs.is_memory() {
            return work(&inner);
        }
        // Whoever comes next clears away what broken uploads and finished readers left.
        let work = move || {
            inner.blobs.sweep();
            work(&inner)
        };
        let stopped = |_| Err(StoreError::stopped().into());
        tokio::task::spawn_blocking(work).await.unwrap_or_else(stopped)
    }
}

impl Inner {
    fn snapshot<T, R>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, Halt<R>>,
    ) -> Result<T, Halt<R>> {
        let attempt = || {
            let reading = self.database()?.begin_read()?;
            read(&Snapshot::new(&reading, &self.blobs))
        };
        let result = attempt();
        if let Err(Halt::Failed(error)) = &result
            && matches!(error.kind(), StoreErrorKind::Index | StoreErrorKind::Io)
        {
            self.index.lose();
        }
        result
    }
}
