//! The index file: opened, created in memory, and opened again after a failure.

use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use redb::{BackendError, Database, StorageBackend};

use super::blobs::Durability;
use super::disk::Disk;
use super::failure::StoreError;
use super::pages::{Memory, Pages};
use super::tables;

/// Pages kept in memory, at most.
const CACHE_BYTES: usize = 16 << 20;

/// A database that can be lost to an I/O error and found again.
///
/// redb refuses every call after a failed write until it is opened anew; a full disk must not need
/// a restart of the program, so the next call after a failure opens it.
#[derive(Debug)]
pub(crate) struct Index {
    current: RwLock<Option<Arc<Database>>>,
    place: Place,
    secret: u64,
}

#[derive(Debug)]
enum Place {
    Memory(Memory),
    File(IndexFile),
}

/// Where the index lies on a disk, and how it is written there.
#[derive(Clone, Debug)]
pub(crate) struct IndexFile {
    pub(crate) path: PathBuf,
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) durability: Durability,
}

impl Index {
    pub(crate) fn memory(secret: u64) -> Result<Index, StoreError> {
        Index::copied(Pages::default(), secret)
    }

    /// An index in memory that begins with these bytes.
    pub(crate) fn copied(pages: Pages, secret: u64) -> Result<Index, StoreError> {
        let memory = Memory::new(pages);
        let builder = &mut Database::builder();
        let builder = builder.set_cache_size(CACHE_BYTES);
        let database = builder.create_with_backend(memory.clone())?;
        tables::create_all(&database, secret)?;
        let current = RwLock::new(Some(Arc::new(database)));
        Ok(Index { current, place: Place::Memory(memory), secret })
    }

    /// The file in memory, if it is there.
    pub(crate) fn in_memory(&self) -> Option<&Memory> {
        match &self.place {
            Place::Memory(memory) => Some(memory),
            Place::File(_) => None,
        }
    }

    pub(crate) fn file(file: IndexFile, secret: u64) -> Result<Index, StoreError> {
        if !file.disk.exists(&file.path)? {
            file.make(secret)?;
        }
        let database = file.open(&file.path, secret)?;
        let current = RwLock::new(Some(Arc::new(database)));
        Ok(Index { current, place: Place::File(file), secret })
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
        let Place::File(file) = &self.place else {
            return Err(StoreError::corrupt("no index in memory"));
        };
        let database = Arc::new(file.open(&file.path, self.secret)?);
        *current = Some(Arc::clone(&database));
        Ok(database)
    }

    /// Gives the database up after an I/O error, unless it lives in memory.
    pub(crate) fn lose(&self) {
        if matches!(self.place, Place::File(_)) {
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

impl IndexFile {
    /// Makes an empty index under another name first: a process that dies meanwhile must not leave
    /// half a file where the next one looks for a whole one.
    fn make(&self, secret: u64) -> Result<(), StoreError> {
        let unfinished = self.path.with_extension("new");
        match self.disk.remove(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        drop(self.open(&unfinished, secret)?);
        self.disk.rename(&unfinished, &self.path)?;
        if let Some(folder) = self.path.parent() {
            self.disk.sync_folder(folder)?;
        }
        Ok(())
    }

    fn open(&self, path: &Path, secret: u64) -> Result<Database, StoreError> {
        let backend = DiskPages { file: self.disk.index(path)?, durability: self.durability };
        let builder = &mut Database::builder();
        let database = builder.set_cache_size(CACHE_BYTES).create_with_backend(backend)?;
        tables::create_all(&database, secret)?;
        Ok(database)
    }
}

/// redb's own file, with the store's durability.
#[derive(Debug)]
struct DiskPages {
    file: Box<dyn StorageBackend>,
    durability: Durability,
}

impl StorageBackend for DiskPages {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.durability {
            Durability::Disk => self.file.sync_data(),
            Durability::System => Ok(()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
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
