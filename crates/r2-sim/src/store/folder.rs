//! The directory of a local store: how it is recognised, locked and made, and where blobs lie.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::limits::RESERVE_BYTES;

/// The file that says "this folder is a local R2". It is also the lock.
pub(crate) const MARKER: &str = "r2-local-store";
const MARKER_NEW: &str = "r2-local-store.new";
const INDEX: &str = "index.redb";
const BLOBS: &str = "blobs";
const INCOMING: &str = "incoming";
const RESERVE: &str = "reserve";

/// The format written by this version of the code. Format 1 had no sealed blobs; a store of it is
/// marked as one of format 2 when it is opened.
pub(crate) const FORMAT: u32 = 2;
const FORMAT_OLDEST: u32 = 1;

/// How long an open waits for another process to let go of the folder.
const LOCK_WAIT: Duration = Duration::from_secs(3);
const LOCK_POLL: Duration = Duration::from_millis(50);

/// A marker is one short line and a sentence; more is not ours.
const MARKER_BYTES_MAX: u64 = 4096;

/// An open, locked store folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Held open, because closing it gives up the lock.
    _lock: File,
}

impl Folder {
    /// Opens `root`, or creates it when it is missing or empty.
    pub(crate) fn open(root: &Path) -> Result<Folder, Error> {
        let io_error = |source| Error::io(root, source);
        fs::create_dir_all(root).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                Error::folder(ErrorKind::NotAStore, root, "it is a file, not a folder")
            }
            _ => io_error(source),
        })?;
        let marker = root.join(MARKER);
        if !marker.try_exists().map_err(io_error)? {
            claim(root)?;
        }
        let lock = OpenOptions::new().read(true).write(true).open(&marker).map_err(io_error)?;
        let text = read_marker(&lock).map_err(io_error)?;
        let format = check_format(root, &text)?;
        take_lock(root, &lock)?;
        if format < FORMAT {
            raise_format(&lock).map_err(io_error)?;
        }
        let folder = Folder { root: root.to_owned(), _lock: lock };
        fs::create_dir_all(folder.incoming()).map_err(io_error)?;
        fs::create_dir_all(root.join(BLOBS)).map_err(io_error)?;
        sync_directory(root).map_err(io_error)?;
        Ok(folder)
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.root.join(INDEX)
    }

    /// Makes the file that keeps space back, unless it is there and whole.
    pub(crate) fn write_reserve(&self) -> io::Result<()> {
        let path = self.root.join(RESERVE);
        let length = fs::metadata(&path).map_or(0, |found| found.len());
        if length == RESERVE_BYTES as u64 {
            return Ok(());
        }
        let mut file = File::create(path)?;
        file.write_all(&vec![0; RESERVE_BYTES])?;
        // Some file systems find out only now that there is no room.
        file.sync_all()
    }

    /// Gives that space back.
    pub(crate) fn remove_reserve(&self) -> io::Result<()> {
        fs::remove_file(self.root.join(RESERVE))
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.root.join(INCOMING)
    }

    pub(crate) fn incoming_blob(&self, id: u64) -> PathBuf {
        self.incoming().join(blob_name(id))
    }

    pub(crate) fn placed_blob(&self, id: u64) -> PathBuf {
        self.root.join(BLOBS).join(format!("{:02x}", id & 0xff)).join(blob_name(id))
    }

    /// Gives a committed blob its final name.
    pub(crate) fn place(&self, id: u64) -> io::Result<()> {
        let (from, to) = (self.incoming_blob(id), self.placed_blob(id));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(parent) = to.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::rename(from, to)
            }
            other => other,
        }
    }

    /// Opens a blob under whichever of its two names it has at the moment.
    pub(crate) fn open_blob(&self, id: u64) -> io::Result<File> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        match File::open(self.placed_blob(id)) {
            Err(error) if missing(&error) => {}
            other => return other,
        }
        match File::open(self.incoming_blob(id)) {
            // Placed between the two attempts.
            Err(error) if missing(&error) => File::open(self.placed_blob(id)),
            other => other,
        }
    }

    /// Ids of the files that a commit has not (yet) been seen to own.
    pub(crate) fn incoming_ids(&self) -> io::Result<Vec<u64>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(self.incoming())? {
            let name = entry?.file_name();
            match name.to_str().and_then(|name| u64::from_str_radix(name, 16).ok()) {
                Some(id) => ids.push(id),
                // Not ours; leave what we did not write.
                None => tracing::warn!(?name, "unknown file among the incoming blobs"),
            }
        }
        Ok(ids)
    }

    /// Makes the names of incoming blobs durable.
    pub(crate) fn sync_incoming(&self) -> io::Result<()> {
        sync_directory(&self.incoming())
    }
}

fn blob_name(id: u64) -> String {
    format!("{id:016x}")
}

/// Turns an empty folder into a store by writing the marker.
fn claim(root: &Path) -> Result<(), Error> {
    let io_error = |source| Error::io(root, source);
    for entry in fs::read_dir(root).map_err(io_error)? {
        let name = entry.map_err(io_error)?.file_name();
        // Left by a process that died while claiming the folder.
        if name != MARKER_NEW {
            return Err(Error::folder(
                ErrorKind::NotAStore,
                root,
                "it is not empty and holds no local R2 store; \
                 name a new or empty folder, or the folder of an existing store",
            ));
        }
    }
    let write = || {
        let path = root.join(MARKER_NEW);
        let mut file = File::create(&path)?;
        file.write_all(marker_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(path, root.join(MARKER))?;
        sync_directory(root)
    };
    write().map_err(io_error)
}

fn marker_text() -> String {
    format!(
        "r2-local-store {FORMAT}\n\
         A local R2 store. Its files belong together: move or delete the folder as a whole.\n"
    )
}

fn read_marker(file: &File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MARKER_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Marks an older store as one that only this version and later ones may read. The first line
/// keeps its length, so this is one write; the file keeps its identity, which is the lock.
fn raise_format(mut marker: &File) -> io::Result<()> {
    marker.rewind()?;
    marker.write_all(format!("r2-local-store {FORMAT}").as_bytes())?;
    marker.sync_all()
}

fn check_format(root: &Path, marker: &str) -> Result<u32, Error> {
    let first = marker.lines().next().unwrap_or_default();
    let version = first.strip_prefix("r2-local-store ").and_then(|v| v.parse::<u32>().ok());
    match version {
        Some(known @ FORMAT_OLDEST..=FORMAT) => Ok(known),
        Some(newer) if newer > FORMAT => Err(Error::folder(
            ErrorKind::NewerFormat,
            root,
            format!("it has format {newer}, this program knows up to {FORMAT}; use a newer one"),
        )),
        _ => Err(Error::folder(
            ErrorKind::Damaged,
            root,
            format!("its file `{MARKER}` does not say `r2-local-store {FORMAT}`"),
        )),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "opening is a blocking call by contract; the wait is short and for another process"
)]
fn take_lock(root: &Path, marker: &File) -> Result<(), Error> {
    let mut waited = Duration::ZERO;
    loop {
        match marker.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(source)) => return Err(Error::io(root, source)),
            Err(TryLockError::WouldBlock) if waited >= LOCK_WAIT => {
                return Err(Error::folder(
                    ErrorKind::Locked,
                    root,
                    "another process is using it; wait for that one to end, \
                     or serve the store once and let both talk to it",
                ));
            }
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(LOCK_POLL);
                waited += LOCK_POLL;
            }
        }
    }
}

/// Makes the names in a directory durable. Windows has no such call and needs none.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
