//! Where a file may be written, without leaving the directory or taking another file's place.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::super::entry::Moment;
use super::super::options::Symlinks;

/// What is at the place of a file that is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nothing: it is new.
    Nothing,
    /// The file that was seen when the plan was made.
    File,
}

/// What stands in the way of writing a file.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// Something that the plan did not count with; the text says what.
    InTheWay(String),
    /// The system refuses.
    Refused(io::Error),
}

impl From<io::Error> for Obstacle {
    fn from(error: io::Error) -> Self {
        Self::Refused(error)
    }
}

/// Makes the folders between `root` and `path`, and looks whether the file itself may be written.
///
/// A folder that is a symbolic link could lead out of `root`: it is refused unless links are
/// followed. A name that is there although the plan saw nothing is another spelling of it which
/// this file system takes for the same (or has come since): it is not written over.
pub(crate) fn clear_way(
    root: &Path,
    path: &Path,
    expected: Expected,
    symlinks: Symlinks,
) -> Result<(), Obstacle> {
    make_folders(root, path, symlinks)?;
    match (fs::symlink_metadata(path), expected) {
        (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        (Err(error), _) => Err(error.into()),
        (Ok(there), Expected::File) if there.is_file() => Ok(()),
        (Ok(there), Expected::File) if there.is_symlink() && symlinks == Symlinks::Follow => {
            Err(in_the_way(path, "is a symbolic link, and writing would replace it"))
        }
        (Ok(there), _) if there.is_dir() => Err(in_the_way(path, "is a folder")),
        (Ok(there), Expected::Nothing) if there.is_file() => Err(in_the_way(
            path,
            "is there already: another name that this system takes for the same, or a new file",
        )),
        (Ok(_), _) => Err(in_the_way(path, "is not a regular file")),
    }
}

fn make_folders(root: &Path, path: &Path, symlinks: Symlinks) -> Result<(), Obstacle> {
    fs::create_dir_all(root)?;
    let below = path.parent().and_then(|parent| parent.strip_prefix(root).ok());
    let mut folder = root.to_path_buf();
    for segment in below.unwrap_or(Path::new("")) {
        folder.push(segment);
        match fs::symlink_metadata(&folder) {
            Ok(there) if there.is_dir() => {}
            Ok(there) if there.is_symlink() => match symlinks {
                Symlinks::Follow if fs::metadata(&folder)?.is_dir() => {}
                Symlinks::Follow | Symlinks::Skip => {
                    return Err(in_the_way(&folder, "is a symbolic link"));
                }
            },
            Ok(_) => return Err(in_the_way(&folder, "is a file and cannot be a folder")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => make_folder(&folder)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Another transfer may make the same folder at the same time.
fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn in_the_way(path: &Path, what: &str) -> Obstacle {
    Obstacle::InTheWay(format!("{} {what}", path.display()))
}

/// What tells that a file was changed: its length and its time.
pub(crate) fn look(path: &Path) -> io::Result<(u64, Moment)> {
    let there = fs::metadata(path)?;
    Ok((there.len(), there.modified()?.into()))
}

/// Gives a finished file the time of its object.
pub(crate) fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    File::options().write(true).open(path)?.set_modified(time)
}

/// Deletes a file that is still what the plan saw. `false` if it is not.
pub(crate) fn delete(path: &Path, bytes: u64, modified: Moment) -> io::Result<bool> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        there => there?,
    };
    let same = there.is_file()
        && there.len() == bytes
        && there.modified().is_ok_and(|time| Moment::from(time) == modified);
    if same {
        fs::remove_file(path)?;
    }
    Ok(same)
}
