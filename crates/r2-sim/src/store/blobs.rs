//! Where bodies lie: memory or files, plus what may be removed and what readers still hold.
//!
//! A blob is written under an *incoming* name, a commit of the index makes it part of an object,
//! and only then it gets its *placed* name. So what a dead process left behind is exactly what lies
//! in `incoming/` without a row in the index: no scan of the store is needed to find it.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use bytes::Bytes;

use super::disk::{Create, Reading, Writing};
use super::failure::StoreError;
use super::folder::Folder;
use super::locked;
use super::reserve::Reserve;
use crate::limits::{FORGOTTEN_MIN, SYNC_BYTES};

/// Whether an answered write has been forced to the disk.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Durability {
    /// Everything is forced to the disk before the answer: survives a power cut.
    #[default]
    Disk,
    /// Left to the operating system: survives the death of the process, not of the machine.
    System,
}

/// The bodies of one store.
#[derive(Debug)]
pub(crate) struct Blobs {
    home: Home,
    next_id: AtomicU64,
    held: Mutex<Held>,
    /// Readers share it from before they look at the index until they hold their blobs; the
    /// remover takes it alone once, so that no reader is between the two.
    looking: RwLock<()>,
    durability: Durability,
}

#[derive(Debug)]
enum Home {
    Memory(Mutex<HashMap<u64, Arc<[Bytes]>>>),
    Folder(Folder, Reserve),
}

#[derive(Debug, Default)]
struct Held {
    /// Blobs that readers will still open, with how many readers each.
    readers: HashMap<u64, u32>,
    /// No row refers to these any more, but a reader does.
    waiting: HashSet<u64>,
    /// Placed files to remove.
    unwanted: Vec<u64>,
    /// Incoming files that no commit took.
    abandoned: Vec<u64>,
    /// Incoming files whose commit failed with an unknown outcome.
    unsettled: Vec<u64>,
    /// Removed; their rows in `garbage` can go with the next commit.
    removed: Vec<u64>,
}

impl Blobs {
    pub(crate) fn memory() -> Blobs {
        Blobs::new(Home::Memory(Mutex::default()), Durability::System)
    }

    pub(crate) fn folder(folder: Folder, durability: Durability) -> Blobs {
        let reserve = Reserve::new(&folder);
        Blobs::new(Home::Folder(folder, reserve), durability)
    }

    fn new(home: Home, durability: Durability) -> Blobs {
        let next_id = AtomicU64::new(1);
        let (held, looking) = (Mutex::default(), RwLock::default());
        Blobs { home, next_id, held, looking, durability }
    }

    /// The files' folder; none in memory.
    pub(crate) fn directory(&self) -> Option<&Folder> {
        match &self.home {
            Home::Memory(_) => None,
            Home::Folder(folder, _) => Some(folder),
        }
    }

    pub(crate) fn is_memory(&self) -> bool {
        self.directory().is_none()
    }

    /// Whether the disk was full, and new bodies are refused until the reserve is filled again.
    pub(crate) fn is_short(&self) -> bool {
        matches!(&self.home, Home::Folder(_, reserve) if reserve.is_spent())
    }

    /// Makes room for the index, once. Blocking.
    pub(crate) fn spend_reserve(&self) {
        if let Home::Folder(folder, reserve) = &self.home {
            reserve.spend(folder);
        }
    }

    /// Fills the reserve, if it was spent. Blocking.
    pub(crate) fn fill_reserve(&self) -> io::Result<()> {
        match &self.home {
            Home::Memory(_) => Ok(()),
            Home::Folder(folder, reserve) => reserve.fill(folder),
        }
    }

    /// Ids below `id` are taken.
    pub(crate) fn start_ids_at(&self, id: u64) {
        self.next_id.fetch_max(id, Ordering::Relaxed);
    }

    pub(crate) fn new_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts a blob that is too large for the index.
    pub(crate) fn create(self: &Arc<Blobs>) -> io::Result<IncomingBlob> {
        let id = self.new_id();
        let data = match &self.home {
            Home::Memory(_) => IncomingData::Memory(Vec::new()),
            Home::Folder(folder, _) => {
                let path = folder.incoming_blob(id);
                IncomingData::File(folder.disk().create(&path, Create::New)?, 0)
            }
        };
        let claim = Claim { id, blobs: Arc::clone(self), armed: true };
        Ok(IncomingBlob { data, claim })
    }

    /// The bytes of a blob in memory.
    pub(crate) fn chunks(&self, id: u64) -> Option<Arc<[Bytes]>> {
        match &self.home {
            Home::Memory(map) => locked(map).get(&id).map(Arc::clone),
            Home::Folder(..) => None,
        }
    }

    /// The file of a blob in a folder.
    pub(crate) fn open(&self, id: u64) -> io::Result<Box<dyn Reading>> {
        match &self.home {
            Home::Memory(_) => Err(io::ErrorKind::Unsupported.into()),
            Home::Folder(folder, _) => folder.open_blob(id),
        }
    }

    /// Bytes of a blob that is not in the index; `None` when it is nowhere. Blocking.
    pub(crate) fn length(&self, id: u64) -> io::Result<Option<u64>> {
        match &self.home {
            Home::Memory(map) => {
                let length = |chunks: &Arc<[Bytes]>| chunks.iter().map(|c| c.len() as u64).sum();
                Ok(locked(map).get(&id).map(length))
            }
            Home::Folder(folder, _) => folder.blob_length(id),
        }
    }

    /// Ids of the files that are in their place. Blocking.
    pub(crate) fn placed_ids(&self) -> io::Result<Vec<u64>> {
        match &self.home {
            Home::Memory(_) => Ok(Vec::new()),
            Home::Folder(folder, _) => folder.placed_ids(),
        }
    }

    /// Makes the incoming names durable; one call serves all blobs of a commit.
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        if let (Home::Folder(folder, _), Durability::Disk) = (&self.home, self.durability) {
            folder.sync_incoming()?;
        }
        Ok(())
    }

    /// Called after a commit that refers to the blob.
    fn settle(&self, id: u64) {
        let Home::Folder(folder, _) = &self.home else { return };
        if let Err(error) = folder.place(id) {
            // The blob is found under its incoming name, and moved at the next start.
            tracing::debug!(id, %error, "a blob keeps its incoming name for now");
        }
    }

    /// Keeps the remover out while a reader finds its blobs.
    pub(crate) fn look(&self) -> RwLockReadGuard<'_, ()> {
        self.looking.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Keeps blobs readable until the result is dropped. Call it while [`look`](Blobs::look)ing.
    pub(crate) fn hold(self: &Arc<Blobs>, ids: Vec<u64>) -> Holding {
        let mut held = locked(&self.held);
        for id in &ids {
            *held.readers.entry(*id).or_default() += 1;
        }
        Holding { ids, blobs: Arc::clone(self) }
    }

    /// Takes note that a commit removed the last reference to these blobs.
    pub(crate) fn discard(&self, ids: Vec<u64>) {
        if ids.is_empty() {
            return;
        }
        // Whoever looked at the index before the commit holds its blobs from here on.
        drop(self.looking.write());
        if let Home::Memory(map) = &self.home {
            let mut map = locked(map);
            for id in &ids {
                map.remove(id);
            }
            locked(&self.held).removed.extend(ids);
            return;
        }
        let mut held = locked(&self.held);
        for id in ids {
            if held.readers.contains_key(&id) {
                held.waiting.insert(id);
            } else {
                held.unwanted.push(id);
            }
        }
    }

    /// Removes the files that nothing needs. Blocking, and cheap when there are none.
    pub(crate) fn sweep(&self) {
        let Home::Folder(folder, _) = &self.home else { return };
        let (unwanted, abandoned) = {
            let mut held = locked(&self.held);
            if held.unwanted.is_empty() && held.abandoned.is_empty() {
                return;
            }
            (std::mem::take(&mut held.unwanted), std::mem::take(&mut held.abandoned))
        };
        for id in abandoned {
            remove(folder, &folder.incoming_blob(id));
        }
        let mut removed = Vec::new();
        for id in unwanted {
            // A blob that could not be moved to its place still has its incoming name.
            if remove(folder, &folder.placed_blob(id)) | remove(folder, &folder.incoming_blob(id)) {
                removed.push(id);
            }
        }
        locked(&self.held).removed.extend(removed);
    }

    /// Blobs whose files are gone for good, and whose rows in `garbage` can go. Blocking.
    ///
    /// A row must not go while a power cut could bring its file back: nothing would find it. So
    /// the names are forced to the disk first, and only when there are enough to be worth it.
    pub(crate) fn removed(&self) -> Vec<u64> {
        let removed = locked(&self.held).removed.clone();
        let (Home::Folder(folder, _), Durability::Disk) = (&self.home, self.durability) else {
            return removed;
        };
        if removed.len() < FORGOTTEN_MIN {
            return Vec::new();
        }
        match folder.sync_placed(&removed) {
            Ok(()) => removed,
            Err(error) => {
                tracing::debug!(%error, "removed blobs are remembered for longer");
                Vec::new()
            }
        }
    }

    /// Takes note that the rows of the first of them went.
    pub(crate) fn forget_removed(&self, count: usize) {
        locked(&self.held).removed.drain(..count);
    }

    /// Blobs of failed commits, to be compared with a freshly opened index.
    pub(crate) fn take_unsettled(&self) -> Vec<u64> {
        std::mem::take(&mut locked(&self.held).unsettled)
    }

    /// Decides an incoming file's fate from the index: its place, or removal. Blocking.
    pub(crate) fn resolve(&self, id: u64, committed: bool) -> Result<(), StoreError> {
        let Home::Folder(folder, _) = &self.home else { return Ok(()) };
        if committed {
            folder.place(id)?;
        } else {
            remove(folder, &folder.incoming_blob(id));
        }
        Ok(())
    }

    /// Files listed as garbage by an earlier process. Blocking.
    pub(crate) fn remove_garbage(&self, ids: Vec<u64>) {
        locked(&self.held).unwanted.extend(ids);
        self.sweep();
    }

    /// A copy of everything in memory, sharing the bytes.
    pub(crate) fn fork(&self) -> Option<Blobs> {
        let Home::Memory(map) = &self.home else { return None };
        let blobs = Blobs::memory();
        if let Home::Memory(copy) = &blobs.home {
            locked(copy).clone_from(&locked(map));
        }
        blobs.start_ids_at(self.next_id.load(Ordering::Relaxed));
        Some(blobs)
    }
}

/// Whether the file is gone.
fn remove(folder: &Folder, path: &Path) -> bool {
    match folder.disk().remove(path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => {
            tracing::warn!(%error, "a blob that nothing refers to cannot be removed");
            false
        }
    }
}

/// A blob being written.
#[derive(Debug)]
pub(crate) struct IncomingBlob {
    data: IncomingData,
    claim: Claim,
}

#[derive(Debug)]
enum IncomingData {
    Memory(Vec<Bytes>),
    /// With the bytes that the disk may not have yet.
    File(Box<dyn Writing>, u64),
}

impl IncomingBlob {
    /// Appends. Blocking.
    pub(crate) fn write(&mut self, chunk: Bytes) -> io::Result<()> {
        match &mut self.data {
            IncomingData::Memory(chunks) => chunks.push(chunk),
            IncomingData::File(file, unsynced) => {
                file.write_all(&chunk)?;
                *unsynced += chunk.len() as u64;
                if *unsynced >= SYNC_BYTES && self.claim.blobs.durability == Durability::Disk {
                    file.sync()?;
                    *unsynced = 0;
                }
            }
        }
        Ok(())
    }

    /// Ends the blob: its bytes are as durable as the store promises, its name not yet. Blocking.
    pub(crate) fn finish(self) -> io::Result<Claim> {
        let blobs = Arc::clone(&self.claim.blobs);
        match (self.data, &blobs.home) {
            (IncomingData::Memory(chunks), Home::Memory(map)) => {
                locked(map).insert(self.claim.id, chunks.into());
            }
            (IncomingData::File(file, _), _) => {
                if blobs.durability == Durability::Disk {
                    file.sync()?;
                }
            }
            (IncomingData::Memory(_), Home::Folder(..)) => {}
        }
        Ok(self.claim)
    }
}

/// The right to a finished blob that no commit has taken yet. Dropping it removes the blob.
#[derive(Debug)]
pub(crate) struct Claim {
    id: u64,
    blobs: Arc<Blobs>,
    armed: bool,
}

impl Claim {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The commit is done.
    pub(crate) fn settle(mut self) {
        self.armed = false;
        self.blobs.settle(self.id);
    }

    /// The commit failed, and may or may not be on the disk.
    pub(crate) fn unsettle(mut self) {
        self.armed = false;
        locked(&self.blobs.held).unsettled.push(self.id);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        match &self.blobs.home {
            Home::Memory(map) => drop(locked(map).remove(&self.id)),
            // Removed by the next sweep: a drop may run on the runtime, where files are taboo.
            Home::Folder(..) => locked(&self.blobs.held).abandoned.push(self.id),
        }
    }
}

/// Blobs that a reader will open, kept until it is done.
#[derive(Debug)]
pub(crate) struct Holding {
    ids: Vec<u64>,
    blobs: Arc<Blobs>,
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut held = locked(&self.blobs.held);
        for id in &self.ids {
            let Some(readers) = held.readers.get_mut(id) else { continue };
            *readers -= 1;
            if *readers == 0 {
                held.readers.remove(id);
                if held.waiting.remove(id) {
                    held.unwanted.push(*id);
                }
            }
        }
    }
}
