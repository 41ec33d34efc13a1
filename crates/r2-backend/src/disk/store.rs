//! A directory that is a store: opened, written, read, and left behind whole by whoever is killed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use r2_objects::ObjectKey;

use super::folder;
use super::object_file::{NewFile, Record, damaged, read_record};
use super::seam::Seam;
use crate::local::Naming;
use crate::storage::{PutCondition, StorageError, StorageErrorKind, check_put};

const FORMAT: &str = "r2-backend local 1\n";
/// How the name of a file begins that will say so.
const BEGINNING: &str = ".r2-format-";
/// Locks that writers of single keys share out among them, by a hash of the key.
const LOCKS: u64 = 64;
/// How old a file must be to be a leftover: its writer has surely locked it by then.
const LEFTOVER_AGE: Duration = Duration::from_secs(3_600);
/// How often a folder is made again that somebody else removes because it is empty.
const FOLDER_ATTEMPTS: usize = 64;

/// The directory of a store.
#[derive(Debug)]
pub(crate) struct Store {
    root: PathBuf,
    seam: Seam,
}

impl Store {
    /// Opens a store, or makes one of an empty or missing directory.
    pub(crate) fn open(root: &Path, now: SystemTime) -> Result<Self, StorageError> {
        fs::create_dir_all(root).map_err(|error| folder::named(error, root))?;
        // absolute, so that a change of the working directory does not move the store
        let root = fs::canonicalize(root).map_err(|error| folder::named(error, root))?;
        let store = Self { root, seam: Seam::default() };
        store.check_format()?;
        for folder in [store.objects(), store.temporary(), store.root.join("locks")] {
            fs::create_dir_all(&folder).map_err(|error| folder::named(error, &folder))?;
        }
        store.remove_leftovers(now).map_err(StorageError::io)?;
        Ok(store)
    }

    /// Has every boundary between two steps of writing told.
    #[cfg(test)]
    pub(crate) fn with_seam(mut self, seam: Seam) -> Self {
        self.seam = seam;
        self
    }

    pub(crate) fn seam(&self) -> &Seam {
        &self.seam
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    fn check_format(&self) -> Result<(), StorageError> {
        let bad = |why: &str| {
            let message = format!("the directory {} {why}", self.root.display());
            Err(StorageError::new(StorageErrorKind::Configuration, message))
        };
        let path = self.root.join("format");
        match fs::metadata(&path) {
            Ok(found) if found.len() > FORMAT.len() as u64 => {
                bad("is a store of another version: open it with the program that made it")
            }
            Ok(_) => match fs::read_to_string(&path) {
                Ok(text) if text == FORMAT => Ok(()),
                Ok(_) => {
                    bad("is a store of another version: open it with the program that made it")
                }
                Err(error) => Err(folder::named(error, &path)),
            },
            Err(error) if folder::is_absent(&error) => {
                if self.holds_other_files()? {
                    // or another process has just made it a store
                    return match fs::read_to_string(&path) {
                        Ok(text) if text == FORMAT => Ok(()),
                        _ => bad(
                            "holds other files and is no store: choose an empty one, or in_place",
                        ),
                    };
                }
                self.write_format(&path).map_err(|error| folder::named(error, &path))
            }
            Err(error) => Err(folder::named(error, &path)),
        }
    }

    /// Beside beginnings of a store that another process makes, or made until it was killed.
    fn holds_other_files(&self) -> Result<bool, StorageError> {
        let entries = fs::read_dir(&self.root).map_err(|error| folder::named(error, &self.root))?;
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
        Ok(names.into_iter().any(|name| !name.to_string_lossy().starts_with(BEGINNING)))
    }

    fn write_format(&self, path: &Path) -> io::Result<()> {
        use std::io::Write as _;
        let mut file = tempfile::Builder::new().prefix(BEGINNING).tempfile_in(&self.root)?;
        file.write_all(FORMAT.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        folder::sync(&self.root)
    }

    /// Removes what writers left behind that were killed.
    fn remove_leftovers(&self, now: SystemTime) -> io::Result<()> {
        for entry in fs::read_dir(self.temporary())? {
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

    pub(crate) fn new_file(&self) -> Result<NewFile, StorageError> {
        let folder = self.temporary();
        NewFile::create(&folder).map_err(|error| folder::named(error, &folder))
    }

    pub(crate) fn copy_file(&self, source: &File, size: u64) -> Result<NewFile, StorageError> {
        let folder = self.temporary();
        NewFile::copy(&folder, source, size).map_err(|error| folder::named(error, &folder))
    }

    /// The object's open file, and what is known of it.
    pub(crate) fn find(&self, key: &ObjectKey) -> Result<Option<(File, Record)>, StorageError> {
        let path = folder::join(&self.objects(), &Naming::Escaped.path(key)?)?;
        let Some((file, _)) = folder::open(&path)? else { return Ok(None) };
        let record = read_record(&file)?;
        if record.key != key.as_str() {
            return Err(damaged("it is the file of another object"));
        }
        Ok(Some((file, record)))
    }

    /// Puts a sealed file in the object's place, if the condition holds of what is there.
    pub(crate) fn commit(
        &self,
        key: &ObjectKey,
        new: NewFile,
        condition: &PutCondition,
    ) -> Result<(), StorageError> {
        let _lock = self.lock(key)?;
        if *condition != PutCondition::Always {
            let current = match self.find(key)? {
                Some((_, record)) => Some(record.etag()?),
                None => None,
            };
            check_put(condition, current.as_ref())?;
        }
        self.place(key, new)
    }

    /// Renames a sealed file into the object's place. The caller holds the lock of the key.
    pub(crate) fn place(&self, key: &ObjectKey, new: NewFile) -> Result<(), StorageError> {
        let names = Naming::Escaped.path(key)?;
        let mut file = new.file.into_temp_path();
        for _ in 0..FOLDER_ATTEMPTS {
            let path = folder::join(&self.objects(), &names)?;
            let parent = path.parent().unwrap_or(&self.root);
            let is_new = !parent.is_dir();
            if is_new && let Err(error) = fs::create_dir_all(parent) {
                if folder::is_absent(&error) {
                    continue;
                }
                return Err(folder::named(error, parent));
            }
            self.seam.at("before the rename");
            match file.persist(&path) {
                Ok(()) => {
                    self.seam.at("after the rename");
                    return self.settle(parent, is_new);
                }
                // an emptied folder was removed between the two steps
                Err(failed) if folder::is_absent(&failed.error) => file = failed.path,
                Err(failed) => return Err(folder::named(failed.error, &path)),
            }
        }
        Err(StorageError::new(StorageErrorKind::Conflict, "others keep removing the folder"))
    }

    /// Has a rename on the disk, and the folders that were made for it.
    fn settle(&self, parent: &Path, is_new: bool) -> Result<(), StorageError> {
        let objects = self.objects();
        let folders = parent.ancestors().take_while(|folder| folder.starts_with(&objects));
        let synced = folders.take(if is_new { usize::MAX } else { 1 }).try_for_each(folder::sync);
        match synced {
            // a folder that is gone again holds nothing that could be lost
            Err(error) if !folder::is_absent(&error) => Err(StorageError::io(error)),
            _ => Ok(()),
        }
    }

    pub(crate) fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let _lock = self.lock(key)?;
        self.remove(key)
    }

    /// Removes the object's file. The caller holds the lock of the key.
    pub(crate) fn remove(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let path = folder::join(&self.objects(), &Naming::Escaped.path(key)?)?;
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if folder::is_absent(&error) => return Ok(()),
            Err(error) => return Err(folder::named(error, &path)),
        }
        self.seam.at("after the file was removed");
        let objects = self.objects();
        let mut folder = path.parent().unwrap_or(&objects);
        folder::sync(folder).or_else(absent_is_well).map_err(StorageError::io)?;
        // a folder that is not empty stays
        while folder != objects && folder.starts_with(&objects) && fs::remove_dir(folder).is_ok() {
            folder = folder.parent().unwrap_or(&objects);
        }
        Ok(())
    }

    /// Keeps other writers of this key away, those of other processes too, until it is dropped.
    pub(crate) fn lock(&self, key: &ObjectKey) -> Result<File, StorageError> {
        let number = fnv(key.as_str()) % LOCKS;
        let path = self.root.join("locks").join(format!("{number:02}"));
        let open = File::options().create(true).truncate(false).write(true).open(&path);
        let locked = open.and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| folder::named(error, &path))
    }
}

/// FNV-1a: part of the format, because processes of different builds must agree on the lock.
pub(super) fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn absent_is_well(error: io::Error) -> io::Result<()> {
    if folder::is_absent(&error) { Ok(()) } else { Err(error) }
}
