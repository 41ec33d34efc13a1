//! The index file: opened, created in memory, and opened again after a failure.

use std::fs::{self, OpenOptions};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{BackendError, Database, StorageBackend};

use super::blobs::Durability;
use super::failure::StoreError;
use super::folder::sync_directory;
use super::tables;
use super::watch::{Step, Watch};

/// Pages kept in memory, at most.
const CACHE_BYTES: usize = 16 << 20;

/// A database that can be lost to an I/O error and found again.
///
/// redb refuses every call after a failed write until it is opened anew; a full disk must not need
/// a restart of the program, so the next call after a failure opens it.
#[derive(Debug)]
pub(crate) struct Index {
    current: RwLock<Option<Arc<Database>>>,
    path: Option<PathBuf>,
    secret: u64,
    durability: Durability,
    watch: Watch,
}

impl Index {
    pub(crate) fn memory(secret: u64) -> Result<Index, StoreError> {
        let backend = InMemoryBackend::new();
        let database =
            Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(backend)?;
        tables::create_all(&database, secret)?;
        let current = RwLock::new(Some(Arc::new(database)));
        let watch = Watch::default();
        Ok(Index { current, path: None, secret, durability: Durability::System, watch })
    }

    pub(crate) fn file(
        path: PathBuf,
        secret: u64,
        durability: Durability,
        watch: Watch,
    ) -> Result<Index, StoreError> {
        if !path.try_exists()? {
            make(&path, secret, durability, &watch)?;
        }
        let database = open(&path, secret, durability, &watch)?;
        let current = RwLock::new(Some(Arc::new(database)));
        Ok(Index { current, path: Some(path), secret, durability, watch })
    }

    /// The open database, or `None` after a failure.
    pub(crate) fn current(&self) -> Option<Arc<Database>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the file again after [`lose`](Index::lose).
    pub(crate) fn reopen(&self) -> Result<Arc<Database>, StoreError> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*current {
            return Ok(Arc::clone(database));
        }
        let path = self.path.as_ref().ok_or_else(|| StoreError::corrupt("no index in memory"))?;
        let database = Arc::new(open(path, self.secret, self.durability, &self.watch)?);
        *current = Some(Arc::clone(&database));
        Ok(database)
    }

    /// Gives the database up after an I/O error, unless it lives in memory.
    pub(crate) fn lose(&self) {
        if self.path.is_some() {
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// Makes an empty index under another name first: a process that dies meanwhile must not leave half
/// a file where the next one looks for a whole one.
fn make(path: &Path, secret: u64, durability: Durability, watch: &Watch) -> Result<(), StoreError> {
    let unfinished = path.with_extension("new");
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    drop(open(&unfinished, secret, durability, watch)?);
    fs::rename(unfinished, path)?;
    if let Some(folder) = path.parent() {
        sync_directory(folder)?;
    }
    Ok(())
}

fn open(
    path: &Path,
    secret: u64,
    durability: Durability,
    watch: &Watch,
) -> Result<Database, StoreError> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let file = FileBackend::new(file)?;
    let backend = IndexFile { file, durability, watch: watch.clone() };
    let database = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(backend)?;
    tables::create_all(&database, secret)?;
    Ok(database)
}

/// redb's own file, with the store's durability.
#[derive(Debug)]
struct IndexFile {
    file: FileBackend,
    durability: Durability,
    watch: Watch,
}

impl StorageBackend for IndexFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.watch.at(Step::IndexWrite)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.watch.at(Step::IndexSync)?;
        match self.durability {
            Durability::Disk => self.file.sync_data(),
            Durability::System => Ok(()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.watch.at(Step::IndexWrite)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
