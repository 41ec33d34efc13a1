//! What is learned of a body while it passes: its digest, and its bytes while they are few.

use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use futures_util::stream;
use r2_transport::{Body, BodyError};
use tokio::time::Instant;

use crate::cassette::{Content, Digest, RecordedBody};
use crate::noise::Noise;
use crate::store::locked;

/// A body so far.
pub(super) struct Tap {
    digest: Digest,
    /// The first bytes, one more than may be kept.
    head: BytesMut,
    keep: usize,
    length: u64,
    /// Noises that all bytes so far are part of, and where each part begins.
    noises: Vec<(Noise, u64)>,
    /// What its sender said.
    announced: Option<u64>,
    ended: Option<Instant>,
    is_broken: bool,
}

/// A tap that a body writes to while the tape looks at it.
pub(super) type SharedTap = Arc<Mutex<Tap>>;

impl Tap {
    /// `keep`: how many bytes may stand in the cassette.
    pub(super) fn new(keep: usize, noises: Vec<(Noise, u64)>) -> Tap {
        let (digest, head) = (Digest::new(), BytesMut::new());
        let (announced, ended) = (None, None);
        Tap { digest, head, keep, length: 0, noises, announced, ended, is_broken: false }
    }

    /// When its end was seen.
    pub(super) fn ended(&self) -> Option<Instant> {
        self.ended
    }

    /// What is known of the body by now.
    pub(super) fn recorded(&self) -> RecordedBody {
        let is_whole = self.ended.is_some();
        if self.head.len() <= self.keep {
            let content = Content::Bytes(self.head.clone().freeze());
            return RecordedBody { content, is_whole };
        }
        let noise = self.noises.first().copied();
        if let (Some((noise, offset)), Some(length), false) = (noise, self.announced, is_whole)
            && !self.is_broken
        {
            // Its reader had enough, and how much that was is not the same every time.
            let content = Content::Noise { noise, offset, length };
            return RecordedBody { content, is_whole: true };
        }
        let (sha256, length) = self.digest.clone().finish();
        RecordedBody { content: Content::Digest { sha256, length, noise }, is_whole }
    }

    fn pass(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        let room = (self.keep + 1).saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..room.min(bytes.len())]);
        let at = self.length;
        self.noises.retain(|(noise, offset)| is_noise(*noise, offset + at, bytes));
        self.length += bytes.len() as u64;
    }

    fn begin_again(&mut self) {
        self.digest = Digest::new();
        self.head.clear();
        self.length = 0;
        self.ended = None;
        self.is_broken = false;
    }
}

fn is_noise(noise: Noise, mut offset: u64, bytes: &[u8]) -> bool {
    const STEP_BYTES: usize = 4096;
    let mut expected = [0; STEP_BYTES];
    bytes.chunks(STEP_BYTES).all(|piece| {
        let expected = &mut expected[..piece.len()];
        noise.fill(offset, expected);
        offset += piece.len() as u64;
        expected == piece
    })
}

/// The same body, observed. It starts again if the body does.
pub(super) fn tapped(body: Body, tap: &SharedTap) -> Body {
    if body.length() == Some(0) {
        locked(tap).ended = Some(Instant::now());
        return body;
    }
    if !body.can_restart() {
        return observed(body, Arc::clone(tap));
    }
    let tap = Arc::clone(tap);
    Body::restartable(move || {
        locked(&tap).begin_again();
        // It can restart, as was just asked.
        observed(body.restart().unwrap_or_default(), Arc::clone(&tap))
    })
}

fn observed(body: Body, tap: SharedTap) -> Body {
    let length = body.length();
    locked(&tap).announced = length;
    let chunks = stream::unfold((body, tap), |(mut body, tap)| async move {
        let chunk: Option<Result<_, BodyError>> = body.next_chunk().await;
        match &chunk {
            Some(Ok(chunk)) => locked(&tap).pass(chunk),
            Some(Err(_)) => locked(&tap).is_broken = true,
            None => locked(&tap).ended = Some(Instant::now()),
        }
        chunk.map(|chunk| (chunk, (body, tap)))
    });
    Body::one_shot(chunks, length)
}
