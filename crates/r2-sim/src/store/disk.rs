//! What the store does with files, one call for each step that a crash could cut off.
//!
//! Everything that changes the folder goes through this trait, the index's own writes included. So
//! tests can number the steps, stop at any of them, and put a disk in the system's place that
//! loses what was not forced to it.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use redb::StorageBackend;
use redb::backends::FileBackend;

/// The files of one machine.
pub(crate) trait Disk: fmt::Debug + Send + Sync {
    /// Makes a folder whose parent exists. It may be there already, as a folder.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Whether there is anything of this name.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// Bytes of a file.
    fn length(&self, path: &Path) -> io::Result<u64>;
    /// What a folder holds.
    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>>;
    /// Makes an empty file.
    fn create(&self, path: &Path, create: Create) -> io::Result<Box<dyn Writing>>;
    /// Replaces the first bytes of a file, durably.
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Opens a file to read it.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Reading>>;
    /// Opens the file of an index, or makes an empty one.
    fn index(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>>;
    /// Locks a file until the result is dropped, without waiting.
    fn lock(&self, path: &Path, sharing: Sharing) -> Result<Box<dyn Lock>, TryLockError>;
    /// Gives a file that never changes again a second name, or copies it where that cannot be.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Copies a file, sharing the bytes where the file system can.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Forces a file to the disk that somebody else wrote.
    fn sync_file(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name, in place of the file that had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a name of a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// What happens to a file that has the name already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Create {
    /// It stays, and creating fails.
    New,
    /// It loses its bytes.
    Replace,
}

/// Who else may have a lock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sharing {
    /// Nobody.
    Alone,
    /// Those who share it as well.
    Shared,
}

/// A file being written from its start to its end.
pub(crate) trait Writing: Write + fmt::Debug + Send + Sync {
    /// Forces the bytes to the disk.
    fn sync(&self) -> io::Result<()>;
}

/// A file being read.
pub(crate) trait Reading: Read + Seek + fmt::Debug + Send + Sync {}

impl<F: Read + Seek + fmt::Debug + Send + Sync> Reading for F {}

/// A lock, given up when it is dropped.
pub(crate) trait Lock: fmt::Debug + Send + Sync {}

impl Lock for File {}

impl Writing for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }
}

/// The operating system's files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct System;

impl Disk for System {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let is_folder = fs::metadata(path)?.is_dir();
                if is_folder { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
            }
            other => other,
        }
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        Ok(fs::metadata(path)?.len())
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn create(&self, path: &Path, create: Create) -> io::Result<Box<dyn Writing>> {
        let file = match create {
            Create::New => OpenOptions::new().write(true).create_new(true).open(path)?,
            Create::Replace => File::create(path)?,
        };
        Ok(Box::new(file))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Reading>> {
        Ok(Box::new(File::open(path)?))
    }

    fn index(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Box::new(FileBackend::new(file).map_err(io::Error::other)?))
    }

    fn lock(&self, path: &Path, sharing: Sharing) -> Result<Box<dyn Lock>, TryLockError> {
        let file = File::open(path).map_err(TryLockError::Error)?;
        match sharing {
            Sharing::Alone => file.try_lock()?,
            Sharing::Shared => file.try_lock_shared()?,
        }
        Ok(Box::new(file))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        match fs::hard_link(from, to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            // Another file system, one without links, or too many of them.
            Err(_) => self.copy(from, to),
            Ok(()) => Ok(()),
        }
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::copy(from, to).map(drop)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Windows has no such call and needs none.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}
