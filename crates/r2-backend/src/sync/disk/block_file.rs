//! A temporary file of JSON lines, written in blocks and read back in blocks.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file without a name: it is gone when the process is, however that ends.
#[derive(Debug)]
pub(crate) struct BlockFile {
    file: File,
    bytes: u64,
}

impl BlockFile {
    /// In `directory`, or where the system keeps temporary files.
    pub(crate) fn create(directory: Option<&Path>) -> io::Result<Self> {
        let file = match directory {
            Some(directory) => tempfile::tempfile_in(directory)?,
            None => tempfile::tempfile()?,
        };
        Ok(Self { file, bytes: 0 })
    }

    /// Adds the items after all that are there.
    pub(crate) fn append<T: Serialize>(&mut self, items: &[T]) -> io::Result<()> {
        let mut block = Vec::new();
        for item in items {
            serde_json::to_writer(&mut block, item)?;
            block.push(b'\n');
        }
        self.file.seek(SeekFrom::Start(self.bytes))?;
        self.file.write_all(&block)?;
        self.bytes += block.len() as u64;
        Ok(())
    }

    /// Up to `items_max` items from `offset` on, and where the next ones begin.
    pub(crate) fn read<T: DeserializeOwned>(
        &mut self,
        offset: u64,
        items_max: usize,
    ) -> io::Result<(Vec<T>, u64)> {
        self.file.seek(SeekFrom::Start(offset))?;
        let mut reader = BufReader::new(&mut self.file);
        let (mut items, mut next, mut line) = (Vec::new(), offset, Vec::new());
        while items.len() < items_max && next < self.bytes {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            items.push(serde_json::from_slice(&line)?);
            next += read as u64;
        }
        Ok((items, next))
    }
}
