//! The unfinished file of a download, beside its target, with its journal.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::journal::{self, JournalHeader, JournalRecord};
use super::positioned::{checksum_at, write_all_at};
use super::replace::sync_parent;
use crate::crc64::Crc64;
use crate::plan::Part;

const PART_SUFFIX: &str = ".r2part";
const JOURNAL_SUFFIX: &str = ".r2part.journal";
/// Longest file name that common file systems take, in bytes.
const NAME_BYTES_MAX: usize = 255;
/// How often a file that another process finished while we opened it is opened again.
const OPEN_ATTEMPTS_MAX: usize = 4;

/// When a finished file is forced to the disk before it takes its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Files of more than one part are; smaller ones are left to the system, as `cp` leaves them.
    #[default]
    WhenLarge,
    /// Every file is: a power failure right after the download costs nothing.
    Always,
    /// None is.
    Never,
}

impl Durability {
    /// What it means for a file of so many parts.
    pub(crate) fn flush(self, parts: u16) -> Flush {
        match self {
            Self::WhenLarge if parts > 1 => Flush::ToDisk,
            Self::Always => Flush::ToDisk,
            Self::WhenLarge | Self::Never => Flush::Later,
        }
    }
}

/// Whether a file is forced to the disk before it takes its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    ToDisk,
    Later,
}

/// The unfinished file `<name>.r2part` and the journal `<name>.r2part.journal`, locked against
/// other downloads of the same target.
#[derive(Debug)]
pub(crate) struct PartFile {
    target: PathBuf,
    path: PathBuf,
    journal_path: PathBuf,
    data: Arc<File>,
    journal: Mutex<Option<File>>,
}

impl PartFile {
    /// Opens or creates the unfinished file. `WouldBlock` when another download holds it.
    pub(crate) fn open(target: &Path) -> io::Result<Self> {
        if fs::metadata(target).is_ok_and(|there| !there.is_file()) {
            // a rename would replace a device, and fail on a directory only in the end
            let reason = "the target is there and is not a regular file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let target = &followed(target);
        let path = beside(target, PART_SUFFIX)?;
        let journal_path = beside(target, JOURNAL_SUFFIX)?;
        for _ in 0..OPEN_ATTEMPTS_MAX {
            let data = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            match data.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                // a file system without locks: better no lock than no download
                Err(TryLockError::Error(_)) | Ok(()) => {}
            }
            // between our open and our lock another download may have given the file its name
            if still_at(&data, &path) {
                let data = Arc::new(data);
                let target = target.to_path_buf();
                return Ok(Self { target, path, journal_path, data, journal: Mutex::new(None) });
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// Whether an earlier run left a journal beside `target`.
    pub(crate) fn has_journal(target: &Path) -> io::Result<bool> {
        beside(&followed(target), JOURNAL_SUFFIX)?.try_exists()
    }

    /// What an earlier run left, if anything.
    pub(crate) fn journal(&self) -> io::Result<Option<(JournalHeader, Vec<JournalRecord>)>> {
        journal::read(&self.journal_path)
    }

    /// Begins anew: no data, no finished part.
    pub(crate) fn begin(&self, length: u64, header: Option<&JournalHeader>) -> io::Result<()> {
        // the journal goes first: one that speaks of data which is gone would be worse than none
        let journal = match header {
            Some(header) => Some(journal::create(&self.journal_path, header)?),
            None => remove(&self.journal_path).map(|()| None)?,
        };
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = journal;
        self.data.set_len(0)?;
        // who may not read the old content may not read the new one either
        if let Ok(old) = fs::metadata(&self.target) {
            self.data.set_permissions(old.permissions())?;
        }
        self.data.set_len(length)
    }

    /// Goes on with the journal that is there.
    pub(crate) fn go_on(&self, length: u64) -> io::Result<()> {
        let journal = journal::open(&self.journal_path)?;
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = Some(journal);
        self.data.set_len(length)
    }

    /// The checksum of a part as it stands in the file; nothing when the file is too short.
    pub(crate) fn checksum(&self, part: &Part) -> io::Result<Option<Crc64>> {
        checksum_at(&self.data, part)
    }

    /// Writes chunks one after the other from `offset` on.
    pub(crate) fn write(&self, mut offset: u64, chunks: &[Bytes]) -> io::Result<()> {
        for chunk in chunks {
            write_all_at(&self.data, offset, chunk)?;
            offset += chunk.len() as u64;
        }
        Ok(())
    }

    /// Records a part whose data was written.
    pub(crate) fn record(&self, record: &JournalRecord) -> io::Result<()> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.as_mut().map_or(Ok(()), |journal| journal::append(journal, record))
    }

    /// Gives the file its name.
    pub(crate) fn finish(&self, flush: Flush) -> io::Result<()> {
        if flush == Flush::ToDisk {
            self.data.sync_all()?;
        }
        fs::rename(&self.path, &self.target)?;
        if flush == Flush::ToDisk {
            sync_parent(&self.target)?;
        }
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if journal.take().is_some() {
            remove(&self.journal_path)?;
        }
        Ok(())
    }

    /// Removes what was written.
    pub(crate) fn discard(&self) -> io::Result<()> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        remove(&self.journal_path)?;
        remove(&self.path)
    }
}

/// The file that a symbolic link leads to: it is the one that is replaced, as `cp` does.
fn followed(target: &Path) -> PathBuf {
    let link = fs::symlink_metadata(target).is_ok_and(|there| there.is_symlink());
    let followed = if link { fs::canonicalize(target).ok() } else { None };
    followed.unwrap_or_else(|| target.to_path_buf())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// `<name><suffix>` in the same directory; a name too long for that is replaced by its checksum.
fn beside(target: &Path, suffix: &str) -> io::Result<PathBuf> {
    let Some(name) = target.file_name() else {
        let reason = "the target has no file name";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    };
    let mut beside = OsString::from(name);
    if name.len() + JOURNAL_SUFFIX.len() > NAME_BYTES_MAX {
        beside = Crc64::of(name.as_encoded_bytes()).to_string().into();
    }
    beside.push(suffix);
    Ok(target.with_file_name(beside))
}

/// Whether `path` still leads to the open file.
#[cfg(unix)]
fn still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Files have no identity here that the standard library tells; the lock alone must do.
#[cfg(not(unix))]
fn still_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MIB;
    use crate::plan::{PartNumber, PartPlan, PartSize};
    use crate::resume::TransferId;

    fn plan() -> PartPlan {
        PartPlan::new(12 * MIB, PartSize::default()).unwrap()
    }

    fn header() -> JournalHeader {
        JournalHeader::new(TransferId::new("http://r2.local", "b", "k"), "e".into(), &plan())
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn from_begin_to_finish() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("name");
        fs::write(&target, "the old content stays until the new one is whole").unwrap();
        let file = PartFile::open(&target).unwrap();
        assert!(file.journal().unwrap().is_none());
        file.begin(12 * MIB, Some(&header())).unwrap();
        let second = plan().part(PartNumber::new(2).unwrap()).unwrap();
        file.write(second.offset, &[vec![1; 1 << 20].into(), vec![2; 1 << 20].into()]).unwrap();
        let crc = file.checksum(&second).unwrap().unwrap();
        file.record(&JournalRecord::new(second.number, crc)).unwrap();
        assert_eq!(names(directory.path()), ["name", "name.r2part", "name.r2part.journal"]);
        drop(file);

        let file = PartFile::open(&target).unwrap();
        let (read, records) = file.journal().unwrap().unwrap();
        assert_eq!((read, records.len()), (header(), 1));
        file.go_on(12 * MIB).unwrap();
        assert_eq!(file.checksum(&second).unwrap(), Some(records[0].crc()));
        file.finish(Durability::default().flush(2)).unwrap();
        assert_eq!(names(directory.path()), ["name"]);
        assert_eq!(fs::metadata(&target).unwrap().len(), 12 * MIB);
    }

    #[test]
    fn a_second_download_of_the_same_target_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("name");
        let first = PartFile::open(&target).unwrap();
        assert_eq!(PartFile::open(&target).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        first.discard().unwrap();
        drop(first);
        PartFile::open(&target).unwrap();
    }

    #[test]
    fn discard_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = PartFile::open(&directory.path().join("name")).unwrap();
        file.begin(12 * MIB, Some(&header())).unwrap();
        file.discard().unwrap();
        assert_eq!(names(directory.path()), [""; 0]);
    }

    #[test]
    fn a_name_of_255_bytes_still_has_room_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("n".repeat(255));
        let file = PartFile::open(&target).unwrap();
        file.begin(3, Some(&header())).unwrap();
        file.write(0, &[Bytes::from_static(b"abc")]).unwrap();
        file.finish(Durability::Always.flush(1)).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"abc");
        assert_eq!(names(directory.path()).len(), 1);
    }

    #[test]
    fn data_that_is_not_what_the_journal_says_is_seen() {
        let directory = tempfile::tempdir().unwrap();
        let file = PartFile::open(&directory.path().join("name")).unwrap();
        let first = plan().part(PartNumber::FIRST).unwrap();
        file.begin(MIB, None).unwrap();
        assert_eq!(file.checksum(&first).unwrap(), None);
        file.begin(12 * MIB, None).unwrap();
        let zeros = file.checksum(&first).unwrap();
        file.write(7 * MIB, &[Bytes::from_static(b"x")]).unwrap();
        assert_ne!(file.checksum(&first).unwrap(), zeros);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let (real, link) = (directory.path().join("real"), directory.path().join("link"));
        fs::write(&real, "secret").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let file = PartFile::open(&link).unwrap();
        file.begin(3, None).unwrap();
        file.write(0, &[Bytes::from_static(b"new")]).unwrap();
        file.finish(Flush::Later).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
