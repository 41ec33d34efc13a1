//! A folder of a test's own: its files, the program's state, the local R2.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{ACCESS_KEY_ID, R2, SECRET};

/// A temporary folder; everything in it is gone when the test ends.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, with the folders that it needs.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let parent = path.parent().expect("a file is in a folder");
        fs::create_dir_all(parent).expect("make a folder");
        fs::write(&path, content).expect("write a file");
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("read {name}: {error}"))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        fs::symlink_metadata(self.path(name)).is_ok()
    }

    /// The names in a folder, in order.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("read a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The program with nothing said about where to connect.
    pub(crate) fn r2(&self) -> R2 {
        R2::new(self.root())
    }

    /// The program on the local R2 in the folder `store`.
    pub(crate) fn local(&self) -> R2 {
        self.r2().before(["--local", "store"])
    }

    /// The program at an endpoint, with the key pair that [`super::emulator_that_checks`] knows.
    pub(crate) fn at(&self, endpoint: &str) -> R2 {
        self.r2()
            .with("R2_ENDPOINT", endpoint)
            .with("R2_ACCESS_KEY_ID", ACCESS_KEY_ID)
            .with("R2_SECRET_ACCESS_KEY", SECRET)
    }
}
