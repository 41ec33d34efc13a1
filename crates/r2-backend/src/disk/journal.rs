//! What is under way to keys of a mirror, written down so that other processes know of it, and
//! whoever comes after a crash.
//!
//! A key with something under way has a file `pending/<hash of the key>` with one entry for each
//! call. The file is replaced by a rename, under the lock of the key, and removed with its last
//! entry. An entry names the process it belongs to by a file in `live/` that the process keeps
//! locked; when nobody holds that lock, the process is gone.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use r2_objects::ObjectKey;
use serde::{Deserialize, Serialize};

use super::folder::{self, is_absent};
use super::store::fnv;
use crate::limits::{JOURNAL_BYTES_MAX, MIRROR_SETTLE};

/// How old the lock file of a process that is gone must be to be removed.
const LEFTOVER_AGE: Duration = Duration::from_secs(3_600);

/// What a call is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Intent {
    /// Change the object.
    Write,
    /// Keep a copy of what is read.
    Fill,
    /// Nothing any more: a change that may take effect, or may have, without anybody knowing.
    Doubt,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    owner: String,
    number: u64,
    intent: Intent,
    /// A change of the object was under way at the same time: which came last is not known.
    contested: bool,
    /// Milliseconds since 1970: when a doubt began.
    since: u64,
}

/// The entries of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entries(Vec<Entry>);

impl Entries {
    /// May the object differ from its copy without anybody having told?
    pub(super) fn is_doubtful(&self) -> bool {
        self.0.iter().any(|entry| entry.intent != Intent::Fill)
    }
}

/// A call that is under way. When it is dropped without being finished, the call was given up.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    live: Arc<Mutex<Live>>,
    pub(crate) began: SystemTime,
    /// Known from the beginning on: what is read need not be kept.
    pub(crate) contested: bool,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.live).numbers.remove(&self.number);
    }
}

#[derive(Debug, Default)]
struct Live {
    last: u64,
    numbers: HashSet<u64>,
}

fn lock(live: &Mutex<Live>) -> MutexGuard<'_, Live> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
pub(super) struct Journal {
    root: PathBuf,
    temporary: PathBuf,
    owner: String,
    live: Arc<Mutex<Live>>,
    /// Locked until it is closed: by this value, or by the end of the process.
    _alive: File,
}

impl Journal {
    pub(super) fn open(root: &Path, temporary: PathBuf, now: SystemTime) -> io::Result<Self> {
        for name in ["pending", "live"] {
            fs::create_dir_all(root.join(name))?;
        }
        folder::sync(root)?;
        remove_leftovers(&root.join("live"), now)?;
        let (alive, path) = tempfile::Builder::new()
            .prefix("p")
            .rand_bytes(16)
            .tempfile_in(root.join("live"))?
            .keep()
            .map_err(|failed| failed.error)?;
        alive.lock()?;
        folder::sync(&root.join("live"))?;
        let owner = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let root = root.to_owned();
        Ok(Self { root, temporary, owner, live: Arc::default(), _alive: alive })
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.root.join("pending").join(format!("{:016x}", fnv(key.as_str())))
    }

    /// What is under way, as it is written down. What cannot be read is a doubt.
    pub(super) fn read(&self, key: &ObjectKey) -> io::Result<Entries> {
        let path = self.path(key);
        let length = match fs::symlink_metadata(&path) {
            Ok(found) => found.len(),
            Err(error) if is_absent(&error) => return Ok(Entries::default()),
            Err(error) => return Err(error),
        };
        let read = if length > JOURNAL_BYTES_MAX { None } else { Some(fs::read(&path)) };
        match read {
            Some(Err(error)) if is_absent(&error) => Ok(Entries::default()),
            Some(Err(error)) => Err(error),
            Some(Ok(json)) => {
                Ok(serde_json::from_slice(&json).map_or_else(|_| unreadable(), Entries))
            }
            None => Ok(unreadable()),
        }
    }

    /// Notes a call, under the lock of the key.
    pub(super) fn begin(
        &self,
        key: &ObjectKey,
        intent: Intent,
        now: SystemTime,
    ) -> io::Result<Ticket> {
        let mut entries = self.current(self.read(key)?, now);
        let others_write = entries.0.iter().any(|entry| entry.intent == Intent::Write);
        if intent == Intent::Write {
            entries.0.iter_mut().for_each(|entry| entry.contested = true);
        }
        let number = {
            let mut live = lock(&self.live);
            live.last += 1;
            let number = live.last;
            live.numbers.insert(number);
            number
        };
        let ticket =
            Ticket { number, live: Arc::clone(&self.live), began: now, contested: others_write };
        entries.0.push(Entry {
            owner: self.owner.clone(),
            number,
            intent,
            contested: others_write,
            since: millis(now),
        });
        self.write(key, &entries, intent == Intent::Write)?;
        Ok(ticket)
    }

    /// Takes a call out of the entries, and tells whether another change was under way.
    pub(super) fn take(
        &self,
        key: &ObjectKey,
        ticket: &Ticket,
        now: SystemTime,
    ) -> io::Result<(Entries, bool)> {
        let mut entries = self.current(self.read(key)?, now);
        let mine = |entry: &Entry| entry.owner == self.owner && entry.number == ticket.number;
        // an entry that is gone was taken for that of a dead process: then nothing is known
        let contested = entries.0.iter().find(|entry| mine(entry)).is_none_or(|own| own.contested);
        entries.0.retain(|entry| !mine(entry));
        Ok((entries, contested))
    }

    /// Adds that nobody knows what became of a change.
    pub(super) fn doubt(&self, entries: &mut Entries, ticket: &Ticket, now: SystemTime) {
        entries.0.push(Entry {
            owner: self.owner.clone(),
            number: ticket.number,
            intent: Intent::Doubt,
            contested: true,
            since: millis(now),
        });
    }

    /// Doubts that are old enough to be sure that no request is on its way any more, taken out.
    pub(super) fn expire(&self, entries: &mut Entries, now: SystemTime) -> bool {
        let before = entries.0.len();
        let is_old = |since: u64| {
            let settled =
                since.saturating_add(u64::try_from(MIRROR_SETTLE.as_millis()).unwrap_or(u64::MAX));
            millis(now) > settled
        };
        entries.0.retain(|entry| entry.intent != Intent::Doubt || !is_old(entry.since));
        entries.0.len() < before
    }

    /// Entries of processes that are gone, and of calls that were given up, become doubts.
    pub(super) fn current(&self, mut entries: Entries, now: SystemTime) -> Entries {
        let mut gone: Vec<String> = Vec::new();
        let mut here: Vec<String> = Vec::new();
        entries.0.retain_mut(|entry| {
            if entry.intent == Intent::Doubt || self.is_live(entry, &mut gone, &mut here) {
                return true;
            }
            (entry.contested, entry.since) = (true, millis(now));
            let was = std::mem::replace(&mut entry.intent, Intent::Doubt);
            was == Intent::Write
        });
        entries
    }

    fn is_live(&self, entry: &Entry, gone: &mut Vec<String>, here: &mut Vec<String>) -> bool {
        if entry.owner == self.owner {
            return lock(&self.live).numbers.contains(&entry.number);
        }
        if gone.contains(&entry.owner) || here.contains(&entry.owner) {
            return here.contains(&entry.owner);
        }
        let is_name = !entry.owner.is_empty() && !entry.owner.contains(['/', '\\', '.']);
        let path = self.root.join("live").join(&entry.owner);
        let is_locked = is_name
            && File::open(path)
                .is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        if is_locked { &mut *here } else { gone }.push(entry.owner.clone());
        is_locked
    }

    /// Replaces what is written down; `durable` has it on the disk before anything else happens.
    pub(super) fn write(
        &self,
        key: &ObjectKey,
        entries: &Entries,
        durable: bool,
    ) -> io::Result<()> {
        let path = self.path(key);
        if entries.0.is_empty() {
            return match fs::remove_file(&path) {
                Err(error) if !is_absent(&error) => Err(error),
                _ => Ok(()),
            };
        }
        let mut file = tempfile::NamedTempFile::new_in(&self.temporary)?;
        file.write_all(&serde_json::to_vec(&entries.0)?)?;
        if durable {
            file.as_file().sync_all()?;
        }
        file.persist(&path)?;
        if durable { folder::sync(&self.root.join("pending")) } else { Ok(()) }
    }
}

fn unreadable() -> Entries {
    let owner = String::new();
    Entries(vec![Entry { owner, number: 0, intent: Intent::Write, contested: true, since: 0 }])
}

fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

fn remove_leftovers(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(file) = File::open(&path) else { continue };
        let written = file.metadata().and_then(|found| found.modified())?;
        let is_old = now.duration_since(written).is_ok_and(|age| age > LEFTOVER_AGE);
        if is_old && file.try_lock().is_ok() {
            fs::remove_file(&path).ok();
        }
    }
    Ok(())
}
