//! Opening a file that is to be read.

use std::fs::File;
use std::io;
use std::path::Path;

/// A regular file and its length in bytes; a pipe would keep its reader waiting.
pub(crate) fn open_file(path: &Path) -> io::Result<(File, u64)> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok((file, length))
}
