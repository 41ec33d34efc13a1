//! The file that is uploaded: opened once, read in parts.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::positioned::{checksum_at, read_at};
use crate::buffers::Buffer;
use crate::crc64::Crc64;
use crate::plan::Part;
use crate::resume::Fingerprint;

/// An open file and what it looked like when it was opened.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    pub(crate) file: Arc<File>,
    pub(crate) fingerprint: Fingerprint,
}

impl SourceFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?)
    }

    pub(crate) fn of(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let reason = "it is not a regular file; what has no length goes as a stream";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
        }
        let fingerprint = Fingerprint::of_file(&metadata);
        Ok(Self { file: Arc::new(file), fingerprint })
    }

    /// Whether the file is still what it was when it was opened.
    pub(crate) fn is_unchanged(&self) -> io::Result<bool> {
        let metadata: fs::Metadata = self.file.metadata()?;
        Ok(Fingerprint::of_file(&metadata) == self.fingerprint)
    }
}

/// Fills `buffer` from `offset` on and computes its checksum; a file that ends before is an error.
pub(crate) fn read_part(
    file: &File,
    offset: u64,
    mut buffer: Buffer,
) -> io::Result<(Buffer, Crc64)> {
    if read_at(file, offset, &mut buffer)? < buffer.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let crc = Crc64::of(&buffer);
    Ok((buffer, crc))
}

/// The checksum of a part, without holding it in memory.
pub(crate) fn checksum_part(file: &File, part: &Part) -> io::Result<Crc64> {
    checksum_at(file, part)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
