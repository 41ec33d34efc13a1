//! Reads and writes at a place in a file, without a cursor that parts would have to share.

use std::fs::File;
use std::io;

use crate::crc64::{Crc64, Crc64Hasher};
use crate::limits::WRITE_BYTES;
use crate::plan::Part;

/// Reads from `offset` until `buffer` is full or the file ends; returns how much was read.
pub(super) fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some(file, offset + filled as u64, &mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The checksum of a part of the file; nothing when the file ends before it.
pub(super) fn checksum_at(file: &File, part: &Part) -> io::Result<Option<Crc64>> {
    let mut buffer = vec![0; WRITE_BYTES];
    let mut hasher = Crc64Hasher::new();
    let mut offset = part.offset;
    while offset < part.end() {
        let wanted = usize::try_from(part.end() - offset).unwrap_or(usize::MAX);
        let piece = &mut buffer[..wanted.min(WRITE_BYTES)];
        if read_at(file, offset, piece)? < piece.len() {
            return Ok(None);
        }
        hasher.update(piece);
        offset += piece.len() as u64;
    }
    Ok(Some(hasher.finish()))
}

/// Writes all of `bytes` at `offset`.
pub(super) fn write_all_at(file: &File, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match write_some(file, offset, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                offset += written as u64;
                bytes = &bytes[written..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn read_some(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(unix)]
fn write_some(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_some(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn write_some(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}
