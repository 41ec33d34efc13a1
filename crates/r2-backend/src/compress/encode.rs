//! Compressing: frames that can each be read alone, and behind them where they are.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use r2_transport::Body;
use ring::digest::{Context, SHA256};

use super::options::CompressOptions;
use super::original::Original;
use super::table;
use crate::blocking::blocking;
use crate::storage::{StorageError, StorageErrorKind};

/// A body in blocks of equal length, but the last one.
pub(super) struct Blocks {
    body: Body,
    rest: Bytes,
    block_bytes: usize,
}

impl Blocks {
    pub(super) fn new(body: Body, block_bytes: usize) -> Self {
        Self { body, rest: Bytes::new(), block_bytes }
    }

    /// The next block; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        let mut block = BytesMut::new();
        while block.len() < self.block_bytes {
            if self.rest.is_empty() {
                match self.body.next_chunk().await {
                    None => break,
                    Some(Ok(chunk)) => self.rest = chunk,
                    Some(Err(error)) => {
                        return Err(StorageError::of(StorageErrorKind::Content).source(error));
                    }
                }
            }
            let room = self.block_bytes - block.len();
            block.extend_from_slice(&self.rest.split_to(room.min(self.rest.len())));
        }
        Ok(Some(block.freeze()).filter(|block| !block.is_empty()))
    }

    /// What was read of it, and then the rest, as it was.
    pub(super) fn give_back(self, first: Bytes, length: Option<u64>) -> Body {
        if let Some(again) = self.body.restart() {
            return again;
        }
        let read = stream::iter([first, self.rest].map(Ok::<_, r2_transport::BodyError>));
        Body::one_shot(read.chain(self.body), length)
    }
}

/// A compressed object in a temporary file.
pub(super) struct Encoded {
    pub(super) original: Original,
    file: Arc<File>,
    length: u64,
}

impl Encoded {
    pub(super) fn body(&self) -> Body {
        Body::file(Arc::clone(&self.file), 0..self.length)
    }
}

/// Compresses one frame, with a checksum of its content.
pub(super) async fn frame(block: Bytes, level: i32) -> Result<Vec<u8>, StorageError> {
    let compressed = blocking(move || {
        let mut compressor = zstd::bulk::Compressor::new(level)?;
        compressor.include_checksum(true)?;
        compressor.compress(&block)
    });
    compressed.await.map_err(|error| {
        let message = "the content could not be compressed";
        StorageError::new(StorageErrorKind::Io, message).source(error)
    })
}

/// Compresses all blocks, some at a time, into a temporary file.
pub(super) async fn encode(
    first: Bytes,
    blocks: Blocks,
    options: &CompressOptions,
) -> Result<Encoded, StorageError> {
    let level = options.level;
    let state = (Some(first), blocks);
    let numbered = stream::try_unfold(state, |(first, mut blocks)| async move {
        let block = match first {
            Some(first) => Some(first),
            None => blocks.next().await?,
        };
        Ok::<_, StorageError>(block.map(|block| (block, (None, blocks))))
    });
    let frames = numbered
        .map_ok(|block| async move { Ok((block.clone(), frame(block, level).await?)) })
        .try_buffered(options.threads.get());
    let mut spool = blocking(Spool::new).await.map_err(spool_failed)?;
    let mut frames = std::pin::pin!(frames);
    while let Some((block, compressed)) = frames.try_next().await? {
        spool = blocking(move || spool.append(&block, &compressed)).await.map_err(spool_failed)?;
    }
    let frame = options.frame_bytes as u64;
    blocking(move || Ok(spool.finish(frame))).await.map_err(spool_failed)?
}

struct Spool {
    file: File,
    hash: Context,
    size: u64,
    length: u64,
    frames: Vec<(u32, u32)>,
}

impl Spool {
    fn new() -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        Ok(Self { file, hash: Context::new(&SHA256), size: 0, length: 0, frames: Vec::new() })
    }

    fn append(mut self, block: &[u8], compressed: &[u8]) -> io::Result<Self> {
        let sizes = (u32::try_from(compressed.len()), u32::try_from(block.len()));
        let (Ok(stored), Ok(size)) = sizes else {
            return Err(io::Error::other("a frame is too long"));
        };
        self.file.write_all(compressed)?;
        self.hash.update(block);
        self.frames.push((stored, size));
        self.length += u64::from(stored);
        self.size += u64::from(size);
        Ok(self)
    }

    fn finish(mut self, frame: u64) -> Result<Encoded, StorageError> {
        let table = table::encode(&self.frames).ok_or_else(|| {
            let message = "it has more frames than a seek table may hold: raise frame_bytes";
            StorageError::new(StorageErrorKind::TooLarge, message)
        })?;
        self.file.write_all(&table).map_err(spool_failed)?;
        let sha256 = hex(self.hash.finish().as_ref());
        let original = Original { size: self.size, sha256, frame };
        let length = self.length + table.len() as u64;
        Ok(Encoded { original, file: Arc::new(self.file), length })
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // writing to a string does not fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn spool_failed(error: io::Error) -> StorageError {
    let message = "the temporary file of what is compressed cannot be written";
    StorageError::new(StorageErrorKind::Io, message).source(error)
}
