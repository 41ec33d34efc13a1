//! A folder that no path leaves: symbolic links are not followed.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::storage::{StorageError, StorageErrorKind};

/// Joins names below a root, if nothing on the way is a symbolic link. What is not there yet is
/// no hindrance.
///
/// Who can write in the folder can put a link there between this look and the next step; the
/// folder is not for sharing with those.
pub(crate) fn join(root: &Path, names: &[String]) -> Result<PathBuf, StorageError> {
    let mut path = root.to_owned();
    for name in names {
        path.push(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => return Err(in_the_way(&path, "a symbolic link")),
            Ok(_) => {}
            // nothing below it either
            Err(error) if is_absent(&error) => return Ok(root.join(PathBuf::from_iter(names))),
            Err(error) => return Err(named(error, &path)),
        }
    }
    Ok(path)
}

/// Opens the regular file; `None` if there is none.
pub(crate) fn open(path: &Path) -> Result<Option<(File, Metadata)>, StorageError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(named(error, path)),
    };
    // looked at before it is opened: opening a pipe would wait for its writer
    if found.is_dir() {
        return Ok(None);
    }
    if !found.is_file() {
        return Err(in_the_way(path, "no regular file"));
    }
    match File::open(path) {
        Ok(file) => {
            let metadata = file.metadata().map_err(|error| named(error, path))?;
            Ok(Some((file, metadata)))
        }
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(named(error, path)),
    }
}

pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

pub(crate) fn named(error: io::Error, path: &Path) -> StorageError {
    let kind = match error.kind() {
        io::ErrorKind::InvalidFilename => StorageErrorKind::InvalidInput,
        kind => StorageErrorKind::of_io(kind),
    };
    StorageError::new(kind, format!("{} cannot be used", path.display())).source(error)
}

fn in_the_way(path: &Path, what: &str) -> StorageError {
    let message = format!("{} is {what}: remove it, or choose another directory", path.display());
    StorageError::new(StorageErrorKind::InTheWay, message)
}

/// Makes what a folder says survive a power failure.
#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be synced on this system.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
pub(crate) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
