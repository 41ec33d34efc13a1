//! Bodies that break, stop, lie or dawdle.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use r2_transport::{Body, BodyError, ErrorKind};

/// What happens to a body, and after how many of its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bend {
    /// An error.
    Cut(u64),
    /// A pause, then an error.
    Stall(u64, Duration),
    /// The byte after these is another.
    Flip(u64),
    /// The end, as if there were no more.
    End(u64),
    /// One more byte after the last.
    More,
    /// A pause before every chunk.
    Drip(Duration),
}

struct Bent {
    body: Body,
    bend: Bend,
    passed: u64,
    /// The last bytes have gone out; the fault comes next.
    is_cut: bool,
    is_over: bool,
}

/// The same body, bent. It cannot be started again.
pub(super) fn bend(body: Body, bend: Bend) -> Body {
    let length = match bend {
        Bend::End(_) | Bend::More => None,
        _ => body.length(),
    };
    let bent = Bent { body, bend, passed: 0, is_cut: false, is_over: false };
    let chunks = stream::unfold(bent, |mut bent| async move {
        let chunk = bent.next().await?;
        Some((chunk, bent))
    });
    Body::one_shot(chunks, length)
}

impl Bent {
    async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        if self.is_over {
            return None;
        }
        if self.is_cut {
            return self.end().await;
        }
        if let Bend::Drip(pause) = self.bend {
            tokio::time::sleep(pause).await;
        }
        let chunk = match self.body.next_chunk().await {
            Some(Ok(chunk)) => chunk,
            Some(Err(error)) => return Some(Err(error)),
            None if matches!(self.bend, Bend::More) => {
                self.is_over = true;
                return Some(Ok(Bytes::from_static(b"+")));
            }
            None => return None,
        };
        let start = self.passed;
        self.passed += chunk.len() as u64;
        match self.bend {
            Bend::Flip(at) => Some(Ok(flip(chunk, at.checked_sub(start)))),
            Bend::Drip(_) | Bend::More => Some(Ok(chunk)),
            Bend::Cut(at) | Bend::Stall(at, _) | Bend::End(at) if self.passed <= at => {
                Some(Ok(chunk))
            }
            Bend::Cut(at) | Bend::Stall(at, _) | Bend::End(at) => {
                let keep = usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX);
                self.is_cut = true;
                match chunk.slice(..keep.min(chunk.len())) {
                    none if none.is_empty() => self.end().await,
                    some => Some(Ok(some)),
                }
            }
        }
    }

    async fn end(&mut self) -> Option<Result<Bytes, BodyError>> {
        self.is_over = true;
        match self.bend {
            Bend::End(_) => None,
            Bend::Stall(_, pause) => {
                tokio::time::sleep(pause).await;
                Some(Err(BodyError::from_kind(ErrorKind::Stalled)))
            }
            _ => Some(Err(BodyError::from_kind(ErrorKind::Reset))),
        }
    }
}

fn flip(chunk: Bytes, at: Option<u64>) -> Bytes {
    let at = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < chunk.len());
    let Some(at) = at else { return chunk };
    let mut bytes = chunk.to_vec();
    bytes[at] ^= 1;
    bytes.into()
}
