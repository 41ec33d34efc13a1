//! Decompressing: in bounded memory, never more than was promised, and checked.

use std::io;

use bytes::{Buf as _, Bytes};
use futures_util::stream;
use r2_transport::Body;
use ring::digest::{Context, SHA256};
use zstd::stream::raw::{Decoder, Operation as _};
use zstd::zstd_safe::DParameter;

use super::encode::hex;
use super::table::corrupt;
use crate::blocking::blocking;
use crate::limits::DECODE_BYTES;
use crate::storage::StorageError;

/// A decoder needs as much memory as the frame's window says, this much at most: 32 MiB.
const WINDOW_LOG_MAX: u32 = 25;

/// What is to come out.
pub(super) struct Promise {
    /// Bytes to leave out at the beginning.
    pub(super) skip: u64,
    /// Bytes to give after those.
    pub(super) take: u64,
    /// What all frames hold together.
    pub(super) decompressed: u64,
    /// Of all of it; only where all of it is read.
    pub(super) sha256: Option<String>,
}

/// The original bytes of compressed frames.
pub(super) fn decode(body: Body, promise: Promise) -> Result<Body, StorageError> {
    let made = Decoder::new().and_then(|mut decoder| {
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map(|()| decoder)
    });
    let decoder = made.map_err(StorageError::io)?;
    let take = promise.take;
    let decoding = Decoding {
        body,
        step: Step { decoder, input: Bytes::new(), is_inside: false, is_full: false },
        hash: promise.sha256.is_some().then(|| Context::new(&SHA256)),
        produced: 0,
        promise,
    };
    let chunks = stream::try_unfold(decoding, |mut decoding| async move {
        Ok::<_, StorageError>(decoding.next().await?.map(|chunk| (chunk, decoding)))
    });
    Ok(Body::one_shot(chunks, Some(take)))
}

struct Decoding {
    body: Body,
    step: Step,
    hash: Option<Context>,
    produced: u64,
    promise: Promise,
}

struct Step {
    decoder: Decoder<'static>,
    input: Bytes,
    /// Does a frame go on?
    is_inside: bool,
    /// Did the last output fill its room, so that there may be more without further input?
    is_full: bool,
}

impl Step {
    fn run(mut self) -> io::Result<(Self, Vec<u8>)> {
        let mut room = vec![0; DECODE_BYTES];
        let status = self.decoder.run_on_buffers(&self.input, &mut room)?;
        if status.bytes_read == 0 && status.bytes_written == 0 && !self.input.is_empty() {
            return Err(io::Error::other("the decoder does not go on"));
        }
        self.input.advance(status.bytes_read);
        self.is_inside = status.remaining != 0;
        self.is_full = status.bytes_written == room.len();
        room.truncate(status.bytes_written);
        Ok((self, room))
    }
}

impl Decoding {
    /// The body that hands these on holds its last chunk back until this has ended, so nobody has
    /// all bytes before they are checked.
    async fn next(&mut self) -> Result<Option<Bytes>, StorageError> {
        loop {
            let end = self.promise.skip + self.promise.take;
            if self.produced >= end && self.promise.sha256.is_none() {
                return Ok(None);
            }
            if self.step.input.is_empty() && !self.step.is_full {
                match self.body.next_chunk().await {
                    Some(chunk) => self.step.input = chunk.map_err(StorageError::of_body)?,
                    None => return self.end().map(|()| None),
                }
            }
            let out = self.run().await?;
            let begins = self.produced;
            self.produced += out.len() as u64;
            if self.produced > self.promise.decompressed {
                return Err(corrupt("it holds more than its metadata says"));
            }
            if let Some(hash) = &mut self.hash {
                hash.update(&out);
            }
            let from = self.promise.skip.clamp(begins, self.produced) - begins;
            let to = end.clamp(begins, self.produced) - begins;
            let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX).min(out.len());
            let wanted = at(from)..at(to);
            if !wanted.is_empty() {
                return Ok(Some(Bytes::from(out).slice(wanted)));
            }
        }
    }

    async fn run(&mut self) -> Result<Vec<u8>, StorageError> {
        // the step is away while it works: an error, or a dropped future, ends the body
        let decoder = Decoder::new().map_err(StorageError::io)?;
        let empty = Step { decoder, input: Bytes::new(), is_inside: true, is_full: false };
        let step = std::mem::replace(&mut self.step, empty);
        let ran = blocking(move || step.run()).await;
        let (step, out) =
            ran.map_err(|error| corrupt("it is no Zstandard any more").source(error))?;
        self.step = step;
        Ok(out)
    }

    fn end(&mut self) -> Result<(), StorageError> {
        if self.step.is_inside {
            return Err(corrupt("it ends inside a frame"));
        }
        if self.produced != self.promise.decompressed {
            return Err(corrupt("it holds less than its metadata says"));
        }
        let hash = self.hash.take().map(|hash| hex(hash.finish().as_ref()));
        if hash != self.promise.sha256 {
            return Err(corrupt("its SHA-256 is another than that of the original"));
        }
        Ok(())
    }
}
