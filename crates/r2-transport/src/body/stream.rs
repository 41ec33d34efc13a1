//! A stream of bytes held to its announced length.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;

use super::exclusive::Exclusive;
use crate::{BodyError, BoxError, ErrorKind};

type Chunks = dyn Stream<Item = Result<Bytes, BodyError>> + Send;

/// A stream that can be read once.
///
/// The chunk that completes the announced length is held back until the stream has ended: a reader
/// that stops at the announced length would otherwise never learn that there was more, and store a
/// truncated object.
pub(crate) struct StreamSource {
    chunks: Exclusive<Pin<Box<Chunks>>>,
    length: Option<u64>,
    /// Bytes taken from the stream, the held-back chunk included.
    got: u64,
    last: Bytes,
    ended: bool,
}

impl StreamSource {
    pub(super) fn new<S, E>(stream: S, length: Option<u64>) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let typed = stream.map(|chunk| chunk.map_err(|e| BodyError::new(ErrorKind::Body, e)));
        let chunks: Pin<Box<Chunks>> = Box::pin(typed);
        Self { chunks: Exclusive::new(chunks), length, got: 0, last: Bytes::new(), ended: false }
    }

    /// Bytes still to come, if the length was announced.
    pub(super) fn remaining(&self) -> Option<u64> {
        match (self.ended, self.length) {
            (true, _) => Some(0),
            (false, None) => None,
            (false, Some(length)) => Some(length.saturating_sub(self.got) + self.last.len() as u64),
        }
    }

    /// Announces a length if none was; a reader will then see an error when it is not kept.
    pub(super) fn announce(&mut self, length: u64) {
        self.length.get_or_insert(length);
    }

    pub(super) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        while !self.ended {
            match ready!(self.chunks.get_mut().as_mut().poll_next(cx)) {
                Some(Ok(chunk)) if chunk.is_empty() => {}
                Some(Ok(chunk)) => {
                    self.got += chunk.len() as u64;
                    match self.length {
                        Some(length) if self.got > length => {
                            return Poll::Ready(self.fail(BodyError::length(length, self.got)));
                        }
                        Some(length) if self.got == length => self.last = chunk,
                        _ => return Poll::Ready(Some(Ok(chunk))),
                    }
                }
                Some(Err(error)) => return Poll::Ready(self.fail(error)),
                None => return Poll::Ready(self.end()),
            }
        }
        Poll::Ready(None)
    }

    fn fail(&mut self, error: BodyError) -> Option<Result<Bytes, BodyError>> {
        self.ended = true;
        Some(Err(error))
    }

    fn end(&mut self) -> Option<Result<Bytes, BodyError>> {
        self.ended = true;
        if let Some(length) = self.length.filter(|length| self.got < *length) {
            return Some(Err(BodyError::length(length, self.got)));
        }
        let last = std::mem::take(&mut self.last);
        Some(last).filter(|last| !last.is_empty()).map(Ok)
    }
}
