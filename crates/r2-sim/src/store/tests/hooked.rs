//! A disk that tells a test of each step before it is taken, and fails or stops when that says so.

use std::ffi::OsString;
use std::fmt;
use std::fs::TryLockError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::StorageBackend;

use super::super::disk::{Create, Disk, Lock, Reading, Sharing, Writing};

/// A kind of step that changes a disk.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Step {
    MakeFolder,
    Create,
    Write,
    Sync,
    Rename,
    Remove,
    SyncFolder,
    IndexWrite,
    IndexResize,
    IndexSync,
}

type Hook = Arc<dyn Fn(Step, &Path) -> io::Result<()> + Send + Sync>;

/// Another disk with a hook before each step.
struct Hooked {
    disk: Arc<dyn Disk>,
    hook: Hook,
}

/// The disk, with this hook.
pub(super) fn hooked(
    disk: impl Disk + 'static,
    hook: impl Fn(Step, &Path) -> io::Result<()> + Send + Sync + 'static,
) -> Arc<dyn Disk> {
    Arc::new(Hooked { disk: Arc::new(disk), hook: Arc::new(hook) })
}

impl fmt::Debug for Hooked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.disk.fmt(f)
    }
}

impl Disk for Hooked {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        if !self.disk.exists(path)? {
            (self.hook)(Step::MakeFolder, path)?;
        }
        self.disk.make_folder(path)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.disk.exists(path)
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        self.disk.length(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.disk.names(folder)
    }

    fn create(&self, path: &Path, create: Create) -> io::Result<Box<dyn Writing>> {
        (self.hook)(Step::Create, path)?;
        let file = self.disk.create(path, create)?;
        Ok(Box::new(HookedFile { file, path: path.to_owned(), hook: Arc::clone(&self.hook) }))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        (self.hook)(Step::Write, path)?;
        self.disk.overwrite(path, bytes)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Reading>> {
        self.disk.open(path)
    }

    fn index(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        if !self.disk.exists(path)? {
            (self.hook)(Step::Create, path)?;
        }
        let file = self.disk.index(path)?;
        Ok(Box::new(HookedIndex { file, path: path.to_owned(), hook: Arc::clone(&self.hook) }))
    }

    fn lock(&self, path: &Path, sharing: Sharing) -> Result<Box<dyn Lock>, TryLockError> {
        self.disk.lock(path, sharing)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.hook)(Step::Create, to)?;
        self.disk.link(from, to)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.hook)(Step::Create, to)?;
        self.disk.copy(from, to)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        (self.hook)(Step::Sync, path)?;
        self.disk.sync_file(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.hook)(Step::Rename, from)?;
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        (self.hook)(Step::Remove, path)?;
        self.disk.remove(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        (self.hook)(Step::SyncFolder, path)?;
        self.disk.sync_folder(path)
    }
}

struct HookedFile {
    file: Box<dyn Writing>,
    path: PathBuf,
    hook: Hook,
}

impl fmt::Debug for HookedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl Write for HookedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.hook)(Step::Write, &self.path)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Writing for HookedFile {
    fn sync(&self) -> io::Result<()> {
        (self.hook)(Step::Sync, &self.path)?;
        self.file.sync()
    }
}

struct HookedIndex {
    file: Box<dyn StorageBackend>,
    path: PathBuf,
    hook: Hook,
}

impl fmt::Debug for HookedIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl StorageBackend for HookedIndex {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        (self.hook)(Step::IndexResize, &self.path)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        (self.hook)(Step::IndexSync, &self.path)?;
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        (self.hook)(Step::IndexWrite, &self.path)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}
