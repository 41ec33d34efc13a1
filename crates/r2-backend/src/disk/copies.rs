//! The directory of a mirror: a store whose objects are copies of those of another back end.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use r2_objects::ObjectKey;

use super::journal::{Intent, Journal, Ticket};
use super::object_file::{NewFile, Record};
use super::seam::Seam;
use super::store::Store;
use crate::limits::HASH_BYTES;
use crate::local::conflict_key;
use crate::md5::ETagHasher;
use crate::storage::{ObjectMeta, StorageError, StorageErrorKind};

/// A copy, open, with the tag that it had at the origin.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) file: File,
    pub(crate) record: Record,
    /// When the origin last said that this is its version.
    pub(crate) verified: SystemTime,
}

/// What the directory says of a key.
#[derive(Debug)]
pub(crate) struct LocalState {
    pub(crate) held: Option<Held>,
    /// A change is under way, or its end is not known: only the origin knows what is current.
    pub(crate) is_doubtful: bool,
}

/// What became of a new copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is there.
    Kept,
    /// There is no copy now; the next read makes one.
    Dropped,
}

/// The files of a mirror, and what is under way to them.
#[derive(Debug)]
pub(crate) struct Copies {
    store: Store,
    journal: Journal,
}

impl Copies {
    pub(crate) fn open(root: &Path, now: SystemTime) -> Result<Self, StorageError> {
        let store = Store::open(root, now)?;
        let journal = Journal::open(store.root(), store.temporary(), now);
        Ok(Self { journal: journal.map_err(StorageError::io)?, store })
    }

    #[cfg(test)]
    pub(crate) fn with_seam(self, seam: Seam) -> Self {
        Self { store: self.store.with_seam(seam), ..self }
    }

    pub(crate) fn seam(&self) -> &Seam {
        self.store.seam()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn find(&self, key: &ObjectKey) -> Result<LocalState, StorageError> {
        let held = match self.store.find(key) {
            Ok(Some((file, record))) if record.copy_md5.is_some() => {
                let written = file.metadata().and_then(|found| found.modified());
                let verified = written.map_err(StorageError::io)?;
                Some(Held { file, record, verified })
            }
            // what was written here and not by the mirror is no copy
            Ok(_) => None,
            Err(error) if error.kind() == StorageErrorKind::Corrupt => {
                tracing::warn!(key = key.as_str(), %error, "a damaged copy is not used");
                None
            }
            Err(error) => return Err(error),
        };
        let is_doubtful = self.journal.read(key).map_err(StorageError::io)?.is_doubtful();
        Ok(LocalState { held, is_doubtful })
    }

    /// Notes that a call begins.
    pub(crate) fn begin(
        &self,
        key: &ObjectKey,
        intent: Intent,
        now: SystemTime,
    ) -> Result<Ticket, StorageError> {
        let _lock = self.store.lock(key)?;
        self.seam().at("before the note");
        let ticket = self.journal.begin(key, intent, now).map_err(StorageError::io)?;
        self.seam().at("after the note");
        Ok(ticket)
    }

    /// Ends a call. A new copy is put in its place unless another change was under way, because
    /// then nobody knows which was last. A change without a new copy leaves none.
    pub(crate) fn finish(
        &self,
        key: &ObjectKey,
        ticket: &Ticket,
        intent: Intent,
        new: Option<NewCopy>,
        now: SystemTime,
    ) -> Result<Settled, StorageError> {
        let _lock = self.store.lock(key)?;
        let (mut entries, contested) =
            self.journal.take(key, ticket, now).map_err(StorageError::io)?;
        let settled = match (intent, new) {
            (Intent::Doubt, _) => {
                self.journal.doubt(&mut entries, ticket, now);
                Settled::Dropped
            }
            (_, Some(new)) if !contested => {
                self.place(key, new)?;
                Settled::Kept
            }
            (Intent::Fill, _) => Settled::Dropped,
            (Intent::Write, _) => {
                self.remove(key, None)?;
                Settled::Dropped
            }
        };
        self.seam().at("before the note is taken back");
        let durable = intent == Intent::Doubt;
        self.journal.write(key, &entries, durable).map_err(StorageError::io)?;
        self.seam().at("after the note was taken back");
        Ok(settled)
    }

    /// Ends a call that changed nothing.
    pub(crate) fn cancel(
        &self,
        key: &ObjectKey,
        ticket: &Ticket,
        now: SystemTime,
    ) -> Result<(), StorageError> {
        let _lock = self.store.lock(key)?;
        let (entries, _) = self.journal.take(key, ticket, now).map_err(StorageError::io)?;
        self.journal.write(key, &entries, false).map_err(StorageError::io)
    }

    /// Ends doubts that are old enough; the copy goes with them, because it was not proven.
    pub(crate) fn settle(&self, key: &ObjectKey, now: SystemTime) -> Result<(), StorageError> {
        let _lock = self.store.lock(key)?;
        let before = self.journal.read(key).map_err(StorageError::io)?;
        let mut entries = self.journal.current(before.clone(), now);
        if self.journal.expire(&mut entries, now) {
            self.remove(key, None)?;
        }
        if entries == before {
            return Ok(());
        }
        self.journal.write(key, &entries, true).map_err(StorageError::io)
    }

    /// Removes the copy of this version: the origin has another one, or none.
    pub(crate) fn forget(&self, key: &ObjectKey, etag: &str) -> Result<(), StorageError> {
        let _lock = self.store.lock(key)?;
        self.remove(key, Some(etag))
    }

    fn remove(&self, key: &ObjectKey, etag: Option<&str>) -> Result<(), StorageError> {
        match self.store.find(key) {
            Ok(Some((_, record)))
                if record.copy_md5.is_some() && etag.is_none_or(|etag| record.etag == etag) =>
            {
                self.store.remove(key)
            }
            Ok(_) => Ok(()),
            // a damaged file is replaced by the next copy, or told by a check
            Err(error) if error.kind() == StorageErrorKind::Corrupt => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Puts a copy in its place; what was written there, and is nowhere else, is kept under
    /// another name first.
    fn place(&self, key: &ObjectKey, new: NewCopy) -> Result<(), StorageError> {
        match self.store.find(key) {
            Ok(Some((file, record))) if record.copy_md5.is_none() && record.etag != new.md5 => {
                self.set_aside(key, &file, &record)?;
            }
            Err(error) if error.kind() != StorageErrorKind::Corrupt => return Err(error),
            _ => {}
        }
        self.store.place(key, new.file)
    }

    /// Keeps a version that is only here under a name of its own, which its content decides: so
    /// doing it again after a crash changes nothing, and needs no lock.
    pub(crate) fn set_aside(
        &self,
        key: &ObjectKey,
        file: &File,
        record: &Record,
    ) -> Result<ObjectKey, StorageError> {
        let aside = conflict_key(key, &record.etag()?)?;
        let mut new = self.store.copy_file(file, record.size)?;
        new.seal(&record.clone().of_key(&aside))?;
        self.seam().at("before a conflict is kept");
        self.store.place(&aside, new)?;
        tracing::warn!(key = key.as_str(), kept = aside.as_str(), "two versions: both are kept");
        Ok(aside)
    }
}

/// A whole copy on the disk, not yet in its place.
pub(crate) struct NewCopy {
    file: NewFile,
    md5: String,
}

impl NewCopy {
    /// Writes down what the origin says of a new copy, and has it all on the disk. The file's time
    /// is when the origin was asked.
    pub(crate) fn seal(
        mut file: NewFile,
        key: &ObjectKey,
        meta: &ObjectMeta,
        asked: SystemTime,
    ) -> Result<Self, StorageError> {
        let md5 = file.hashed()?;
        let record = Record::new(key, file.size, &meta.etag, asked.into(), &meta.attributes);
        file.seal(&record.of_copy(meta.modified, &md5))?;
        file.file.as_file().set_modified(asked).map_err(StorageError::io)?;
        Ok(Self { file, md5: md5.as_str().to_owned() })
    }
}

/// The MD5 of so many bytes at the beginning of a file.
pub(crate) fn md5_of(mut file: &File, size: u64) -> Result<String, StorageError> {
    let mut hasher = ETagHasher::default();
    file.seek(SeekFrom::Start(0)).map_err(StorageError::io)?;
    read_pieces(file, size, |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(hasher.finish()?.as_str().to_owned())
}

/// The same content once more, hashed on the way.
pub(crate) fn duplicate(
    store: &Store,
    mut file: &File,
    size: u64,
) -> Result<NewFile, StorageError> {
    let mut new = store.new_file()?;
    file.seek(SeekFrom::Start(0)).map_err(StorageError::io)?;
    read_pieces(file, size, |piece| new.append(piece))?;
    Ok(new)
}

fn read_pieces(
    file: &File,
    size: u64,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), StorageError> {
    let mut buffer = vec![0; HASH_BYTES];
    let mut rest = file.take(size);
    loop {
        let read = rest.read(&mut buffer).map_err(StorageError::io)?;
        if read == 0 {
            return Ok(());
        }
        take(&buffer[..read]).map_err(StorageError::io)?;
    }
}
