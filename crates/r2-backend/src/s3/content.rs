//! How a body goes up: in one request where it can, in parts where it must.

use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use r2_multipart::Source;
use r2_objects::Payload;
use r2_transport::Body;

use crate::limits::GATHER_BYTES;
use crate::storage::{StorageError, StorageErrorKind};

/// A body on its way to an S3 service.
pub(super) enum Content {
    /// Of known length, and small or able to begin again: one request.
    Whole(Payload),
    /// Everything else: parts.
    Stream(Source),
}

impl Content {
    /// Decides. What cannot begin again is gathered up to 8 MiB before it is sent: a single request
    /// of that size costs less than three, and can be tried again.
    pub(super) async fn of(body: Body, single_bytes_max: u64) -> Result<Self, StorageError> {
        let fits = |length: u64| length <= single_bytes_max;
        if body.can_restart() && body.length().is_some_and(fits) {
            return Ok(Self::Whole(Payload::from(body)));
        }
        let (first, rest) = gather(body).await?;
        Ok(match rest {
            None => Self::Whole(Payload::from(first)),
            Some(rest) => {
                let first = stream::iter([Ok(first)]);
                let rest = rest.map(|chunk| chunk.map_err(io::Error::other));
                Self::Stream(Source::stream(first.chain(rest)))
            }
        })
    }
}

/// The beginning of the body, and what is left of it.
async fn gather(mut body: Body) -> Result<(Bytes, Option<Body>), StorageError> {
    let mut first = BytesMut::new();
    while first.len() < GATHER_BYTES {
        match body.next_chunk().await {
            None => return Ok((first.freeze(), None)),
            Some(Ok(chunk)) => first.extend_from_slice(&chunk),
            Some(Err(error)) => {
                return Err(StorageError::of(StorageErrorKind::Content).source(error));
            }
        }
    }
    Ok((first.freeze(), Some(body)))
}
