//! The directory of a local store: how it is recognised, locked and made, and where blobs lie.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fs::TryLockError;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::blobs::Durability;
use super::disk::{Create, Disk, Lock, Reading, Sharing};
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
    disk: Arc<dyn Disk>,
    /// Kept, not used: dropping it gives up the lock.
    _lock: Box<dyn Lock>,
}

impl Folder {
    /// Opens `root`, or creates it when it is missing or empty.
    pub(crate) fn open(root: &Path, disk: Arc<dyn Disk>) -> Result<Folder, Error> {
        let io_error = |source| Error::io(root, source);
        make_path(&*disk, root).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                Error::folder(ErrorKind::NotAStore, root, "it is a file, not a folder")
            }
            _ => io_error(source),
        })?;
        let marker = root.join(MARKER);
        if !disk.exists(&marker).map_err(io_error)? {
            claim(&*disk, root)?;
        }
        let text = disk.open(&marker).and_then(read_marker);
        let format = check_format(root, &text.map_err(io_error)?)?;
        let lock = take_lock(&*disk, root, &marker, Sharing::Alone)?;
        if format < FORMAT {
            raise_format(&*disk, &marker).map_err(io_error)?;
        }
        let folder = Folder { root: root.to_owned(), disk, _lock: lock };
        folder.make_inside().map_err(io_error)?;
        Ok(folder)
    }

    /// Holds an existing store still, as long as the result lives, without opening it. Others may
    /// do the same meanwhile.
    pub(crate) fn hold(root: &Path, disk: Arc<dyn Disk>) -> Result<Folder, Error> {
        let marker = root.join(MARKER);
        let text = disk.open(&marker).and_then(read_marker);
        check_format(root, &text.map_err(|source| Error::io(root, source))?)?;
        let lock = take_lock(&*disk, root, &marker, Sharing::Shared)?;
        Ok(Folder { root: root.to_owned(), disk, _lock: lock })
    }

    /// Makes another folder with the same blobs and the same index. Nothing may change the index
    /// meanwhile.
    ///
    /// The marker comes last: until then nobody takes the folder for a store.
    pub(crate) fn copy_to(&self, root: &Path, durability: Durability) -> Result<(), Error> {
        let io_error = |source| Error::io(root, source);
        make_path(&*self.disk, root).map_err(io_error)?;
        self.disk.sync_folder(parent(root)).map_err(io_error)?;
        check_empty(&*self.disk, root)?;
        self.copy_inside(root, durability).map_err(io_error)?;
        write_marker(&*self.disk, root).map_err(io_error)
    }

    fn copy_inside(&self, root: &Path, durability: Durability) -> io::Result<()> {
        let disk = &*self.disk;
        let mut folders = vec![root.to_owned(), root.join(INCOMING), root.join(BLOBS)];
        folders[1..].iter().try_for_each(|folder| disk.make_folder(folder))?;
        let mut linked = HashSet::new();
        for name in disk.names(&self.incoming())? {
            match disk.link(&self.incoming().join(&name), &root.join(INCOMING).join(&name)) {
                // It found its place or its end since.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => {
                    other?;
                    linked.insert(name);
                }
            }
        }
        for folder in disk.names(&self.root.join(BLOBS))? {
            let (from, to) = (self.root.join(BLOBS).join(&folder), root.join(BLOBS).join(&folder));
            disk.make_folder(&to)?;
            for name in disk.names(&from)?.into_iter().filter(|name| !linked.contains(name)) {
                match disk.link(&from.join(&name), &to.join(&name)) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    other => other?,
                }
            }
            folders.push(to);
        }
        disk.copy(&self.index(), &root.join(INDEX))?;
        if durability == Durability::Disk {
            disk.sync_file(&root.join(INDEX))?;
            // All of it before the marker, which says that all of it is there; a folder before
            // what is in it.
            folders.iter().try_for_each(|folder| disk.sync_folder(folder))?;
        }
        Ok(())
    }

    /// The folders of a store, which a process that died early may have left out.
    fn make_inside(&self) -> io::Result<()> {
        self.disk.make_folder(&self.incoming())?;
        self.disk.make_folder(&self.root.join(BLOBS))?;
        self.disk.sync_folder(&self.root)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.root.join(INDEX)
    }

    /// Makes the file that keeps space back, unless it is there and whole.
    pub(crate) fn write_reserve(&self) -> io::Result<()> {
        let path = self.root.join(RESERVE);
        if self.disk.length(&path).unwrap_or(0) == RESERVE_BYTES as u64 {
            return Ok(());
        }
        let mut file = self.disk.create(&path, Create::Replace)?;
        file.write_all(&vec![0; RESERVE_BYTES])?;
        // Some file systems find out only now that there is no room.
        file.sync()
    }

    /// Gives that space back.
    pub(crate) fn remove_reserve(&self) -> io::Result<()> {
        self.disk.remove(&self.root.join(RESERVE))
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
        match self.disk.rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(parent) = to.parent() {
                    self.disk.make_folder(parent)?;
                }
                self.disk.rename(&from, &to)
            }
            other => other,
        }
    }

    /// Opens a blob under whichever of its two names it has at the moment.
    pub(crate) fn open_blob(&self, id: u64) -> io::Result<Box<dyn Reading>> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        match self.disk.open(&self.placed_blob(id)) {
            Err(error) if missing(&error) => {}
            other => return other,
        }
        match self.disk.open(&self.incoming_blob(id)) {
            // Placed between the two attempts.
            Err(error) if missing(&error) => self.disk.open(&self.placed_blob(id)),
            other => other,
        }
    }

    /// Bytes of a blob under whichever name it has; `None` when it has none.
    pub(crate) fn blob_length(&self, id: u64) -> io::Result<Option<u64>> {
        for path in [self.incoming_blob(id), self.placed_blob(id)] {
            match self.disk.length(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => return other.map(Some),
            }
        }
        Ok(None)
    }

    /// Ids of the blobs that are in their place.
    pub(crate) fn placed_ids(&self) -> io::Result<Vec<u64>> {
        let blobs = self.root.join(BLOBS);
        let mut ids = Vec::new();
        for folder in self.disk.names(&blobs)? {
            ids.extend(self.disk.names(&blobs.join(folder))?.iter().filter_map(|n| blob_id(n)));
        }
        Ok(ids)
    }

    /// Ids of the files that a commit has not (yet) been seen to own.
    pub(crate) fn incoming_ids(&self) -> io::Result<Vec<u64>> {
        let mut ids = Vec::new();
        for name in self.disk.names(&self.incoming())? {
            match blob_id(&name) {
                Some(id) => ids.push(id),
                // Not ours; leave what we did not write.
                None => tracing::warn!(?name, "unknown file among the incoming blobs"),
            }
        }
        Ok(ids)
    }

    /// Makes it durable that these blobs are no longer in their places.
    pub(crate) fn sync_placed(&self, ids: &[u64]) -> io::Result<()> {
        let folders: BTreeSet<u64> = ids.iter().map(|id| id & 0xff).collect();
        for id in folders {
            let placed = self.placed_blob(id);
            match self.disk.sync_folder(parent(&placed)) {
                // Nothing was ever there: the blob went before it came to its place.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Makes the names of incoming blobs durable.
    pub(crate) fn sync_incoming(&self) -> io::Result<()> {
        self.disk.sync_folder(&self.incoming())
    }
}

fn blob_name(id: u64) -> String {
    format!("{id:016x}")
}

fn blob_id(name: &OsStr) -> Option<u64> {
    name.to_str().and_then(|name| u64::from_str_radix(name, 16).ok())
}

/// Turns an empty folder into a store by writing the marker.
fn claim(disk: &dyn Disk, root: &Path) -> Result<(), Error> {
    check_empty(disk, root)?;
    write_marker(disk, root).map_err(|source| Error::io(root, source))
}

fn check_empty(disk: &dyn Disk, root: &Path) -> Result<(), Error> {
    for name in disk.names(root).map_err(|source| Error::io(root, source))? {
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
    Ok(())
}

fn write_marker(disk: &dyn Disk, root: &Path) -> io::Result<()> {
    let path = root.join(MARKER_NEW);
    let mut file = disk.create(&path, Create::Replace)?;
    file.write_all(marker_text().as_bytes())?;
    file.sync()?;
    // The folder may be new as well, made by us or by a process that died since.
    disk.sync_folder(parent(root))?;
    disk.rename(&path, &root.join(MARKER))?;
    disk.sync_folder(root)
}

fn marker_text() -> String {
    format!(
        "r2-local-store {FORMAT}\n\
         A local R2 store. Its files belong together: move or delete the folder as a whole.\n"
    )
}

fn read_marker(file: Box<dyn Reading>) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.take(MARKER_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Marks an older store as one that only this version and later ones may read. The first line
/// keeps its length, so this is one write; the file keeps its identity, which is the lock.
fn raise_format(disk: &dyn Disk, marker: &Path) -> io::Result<()> {
    disk.overwrite(marker, format!("r2-local-store {FORMAT}").as_bytes())
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
fn take_lock(
    disk: &dyn Disk,
    root: &Path,
    marker: &Path,
    sharing: Sharing,
) -> Result<Box<dyn Lock>, Error> {
    let mut waited = Duration::ZERO;
    loop {
        match disk.lock(marker, sharing) {
            Ok(lock) => return Ok(lock),
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

/// Makes a folder with its parents. All but the last are durable.
fn make_path(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    let above = parent(path);
    match disk.make_folder(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && above != path => {
            make_path(disk, above)?;
            disk.sync_folder(parent(above))?;
            disk.make_folder(path)
        }
        other => other,
    }
}

/// The folder of a path; of a single name the current one.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}
