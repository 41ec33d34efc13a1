//! A segment of a sealed blob on its way out: frame by frame, and no frame that is not needed.

use std::io::{ErrorKind, SeekFrom};

use bytes::Bytes;

use super::disk::Reading;
use super::failure::StoreError;
use super::seal::{
    FRAME_BYTES, Opener, Position, SALT_BYTES, SealKey, TAG_BYTES, frame_start, plain_length,
};
use super::{Blobs, Segment};
use crate::limits::STEP_BYTES;

const FRAME: u64 = FRAME_BYTES as u64;
const FRAMES_OF_A_STEP: u64 = (STEP_BYTES / FRAME_BYTES) as u64;

/// Where sealed bytes lie.
#[derive(Debug)]
pub(super) enum Held {
    /// In memory, in pieces.
    Bytes(Vec<Bytes>),
    /// In the file of the blob, once it is open.
    File(Option<Box<dyn Reading>>),
}

/// What is left to read of a segment. Its numbers count plain bytes.
#[derive(Debug)]
pub(crate) struct Sealed {
    segment: Segment,
    held: Held,
    /// Bytes of the blob in the store.
    stored: u64,
    /// The number of its last frame.
    last: u64,
    opener: Option<Box<Opener>>,
}

impl Sealed {
    pub(super) fn new(segment: Segment, stored: u64, held: Held) -> Result<Sealed, StoreError> {
        let plain = plain_length(stored).ok_or_else(|| short(segment))?;
        let end = segment.start.checked_add(segment.length);
        if end.is_none_or(|end| end > plain) {
            return Err(short(segment));
        }
        Ok(Sealed { segment, held, stored, last: plain / FRAME, opener: None })
    }

    /// The blob, when it is a file.
    pub(super) fn file(&self) -> Option<u64> {
        matches!(self.held, Held::File(_)).then_some(self.segment.blob)
    }

    /// The next plain bytes, at most a step of them, and what is left then. Blocking, if the blob
    /// is a file.
    pub(super) fn step(
        mut self,
        blobs: &Blobs,
        key: &SealKey,
    ) -> Result<(Bytes, Option<Sealed>), StoreError> {
        let opener = match self.opener.take() {
            Some(opener) => opener,
            None => Box::new(Opener::new(key, &self.fetch(blobs, 0, SALT_BYTES as u64)?)?),
        };
        let Segment { start, length, .. } = self.segment;
        let first = start / FRAME;
        let after = (start + length).div_ceil(FRAME).min(first + FRAMES_OF_A_STEP);
        let (from, to) = (frame_start(first), frame_start(after).min(self.stored));
        let mut sealed = self.fetch(blobs, from, to - from)?;
        let mut plain = Vec::with_capacity(sealed.len());
        for (frame, bytes) in (first..after).zip(sealed.chunks_mut(FRAME_BYTES + TAG_BYTES)) {
            let is_last = frame == self.last;
            let position = if is_last { Position::Last } else { Position::Inner };
            plain.extend_from_slice(opener.open(frame, position, bytes)?);
        }
        let skip = index(start - first * FRAME).min(plain.len());
        let mut plain = Bytes::from(plain).split_off(skip);
        plain.truncate(index(length));
        let taken = plain.len() as u64;
        self.segment.start += taken;
        self.segment.length -= taken;
        self.opener = Some(opener);
        if taken == 0 {
            return Err(short(self.segment));
        }
        Ok((plain, (self.segment.length > 0).then_some(self)))
    }

    fn fetch(&mut self, blobs: &Blobs, start: u64, length: u64) -> Result<Vec<u8>, StoreError> {
        let segment = self.segment;
        match &mut self.held {
            Held::Bytes(pieces) => gather(pieces, start, length).ok_or_else(|| short(segment)),
            Held::File(open) => {
                let file = match open {
                    Some(file) => file,
                    none => none.insert(blobs.open(segment.blob)?),
                };
                file.seek(SeekFrom::Start(start))?;
                let mut bytes = vec![0; index(length)];
                file.read_exact(&mut bytes).map_err(|error| match error.kind() {
                    ErrorKind::UnexpectedEof => short(segment),
                    _ => error.into(),
                })?;
                Ok(bytes)
            }
        }
    }
}

/// So many bytes of the pieces, from a position on.
fn gather(pieces: &[Bytes], start: u64, length: u64) -> Option<Vec<u8>> {
    let (mut skip, length) = (index(start), index(length));
    let mut bytes = Vec::with_capacity(length.min(STEP_BYTES * 2));
    for piece in pieces {
        if bytes.len() == length {
            break;
        }
        let from = skip.min(piece.len());
        skip -= from;
        let take = (piece.len() - from).min(length - bytes.len());
        bytes.extend_from_slice(piece.get(from..from + take)?);
    }
    (bytes.len() == length).then_some(bytes)
}

fn short(segment: Segment) -> StoreError {
    StoreError::corrupt(format!("the sealed blob {:x} is short", segment.blob))
}

/// An offset inside memory, or inside one step of a file.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
