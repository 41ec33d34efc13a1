//! Cassettes on the disk.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::Cassette;
use super::document::bad;
use crate::error::{Error, ErrorKind};
use crate::limits;

impl Cassette {
    /// Reads a cassette from a file. Waits for the disk: made for the beginning of a test.
    ///
    /// # Errors
    ///
    /// As [`parse`](Cassette::parse), and [`ErrorKind::Io`].
    pub fn load(path: impl AsRef<Path>) -> Result<Cassette, Error> {
        let path = path.as_ref();
        let io_error = |error: io::Error| {
            Error::cassette(ErrorKind::Io, "it cannot be read").in_file(path).caused_by(error)
        };
        let mut bytes = Vec::new();
        let limit = limits::CASSETTE_BYTES_MAX as u64 + 1;
        File::open(path)
            .map_err(io_error)?
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(io_error)?;
        let text = String::from_utf8(bytes).map_err(|_| bad("it is not UTF-8").in_file(path))?;
        Cassette::parse(&text).map_err(|error| error.in_file(path))
    }

    /// Writes the cassette to a file: all of it or nothing. Waits for the disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], and what [`parse`](Cassette::parse) would say of the file.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let text = self.to_json();
        Cassette::parse(&text).map_err(|error| error.in_file(path))?;
        write_whole(path, text.as_bytes()).map_err(|error| {
            Error::cassette(ErrorKind::Io, "it cannot be written").in_file(path).caused_by(error)
        })
    }
}

/// A reader sees the old file or the new one.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // What went wrong is told; this only leaves less behind.
        let _ = fs::remove_file(&beside);
    }
    moved
}
