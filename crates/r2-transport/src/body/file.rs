//! A range of a file as a body.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::buffers::Buffers;
use super::positioned::read_full_at;
use crate::{BodyError, ErrorKind, limits};

/// Reads a range of a file piece by piece on the blocking pool, one piece ahead of the reader.
pub(crate) struct FileSource {
    file: Arc<File>,
    range: Range<u64>,
    position: u64,
    ahead: Option<JoinHandle<io::Result<Bytes>>>,
    buffers: Buffers,
}

impl FileSource {
    pub(super) fn new(file: Arc<File>, range: Range<u64>) -> Self {
        let position = range.start;
        Self { file, range, position, ahead: None, buffers: Buffers::default() }
    }

    /// The same range, from its beginning.
    pub(super) fn again(&self) -> Self {
        Self::new(Arc::clone(&self.file), self.range.clone())
    }

    pub(super) fn remaining(&self) -> u64 {
        self.range.end.saturating_sub(self.position)
    }

    pub(super) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let remaining = self.remaining();
        if remaining == 0 {
            return Poll::Ready(None);
        }
        let reading = match &mut self.ahead {
            Some(reading) => reading,
            None => {
                let reading = self.read(remaining);
                self.ahead.insert(reading)
            }
        };
        let outcome = ready!(Pin::new(reading).poll(cx));
        self.ahead = None;
        let chunk = match outcome {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => return Poll::Ready(Some(self.fail(error.into()))),
            Err(stopped) => {
                return Poll::Ready(Some(self.fail(BodyError::new(ErrorKind::Shutdown, stopped))));
            }
        };
        let wanted = piece(remaining);
        self.position += chunk.len() as u64;
        if chunk.len() < wanted {
            let got = self.position - self.range.start;
            let error = BodyError::length(self.range.end - self.range.start, got);
            return Poll::Ready(Some(self.fail(error)));
        }
        let remaining = self.remaining();
        if remaining > 0 {
            self.ahead = Some(self.read(remaining));
        }
        Poll::Ready(Some(Ok(chunk)))
    }

    fn read(&self, remaining: u64) -> JoinHandle<io::Result<Bytes>> {
        let (file, position) = (Arc::clone(&self.file), self.position);
        let buffers = self.buffers.clone();
        tokio::task::spawn_blocking(move || {
            let mut buffer = buffers.take(piece(remaining));
            let filled = read_full_at(&file, &mut buffer, position)?;
            Ok(buffers.lend(buffer, filled))
        })
    }

    /// Ends the body: after an error there is nothing more to read.
    fn fail(&mut self, error: BodyError) -> Result<Bytes, BodyError> {
        self.position = self.range.end;
        Err(error)
    }
}

impl Drop for FileSource {
    /// A read that has not begun is not begun; one that has ends by itself after one piece.
    fn drop(&mut self) {
        if let Some(ahead) = &self.ahead {
            ahead.abort();
        }
    }
}

/// Length of the next piece, in bytes.
fn piece(remaining: u64) -> usize {
    usize::try_from(remaining).map_or(limits::CHUNK_BYTES, |left| left.min(limits::CHUNK_BYTES))
}
