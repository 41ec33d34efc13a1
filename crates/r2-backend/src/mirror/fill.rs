//! Keeping what passes on its way to a reader.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use r2_objects::ObjectKey;
use r2_transport::{Body, BodyError, Clock};

use super::Mirror;
use crate::disk::{Copies, Intent, NewCopy, NewFile, Settled, Ticket};
use crate::local::step;
use crate::storage::{Fetched, ObjectMeta, StorageBackend, StorageError};

/// An object on its way from the origin to a reader, and into the directory.
pub(super) struct Filling {
    body: Body,
    keep: Option<Keep>,
}

struct Keep {
    copies: Arc<Copies>,
    clock: Arc<dyn Clock>,
    key: ObjectKey,
    meta: ObjectMeta,
    ticket: Ticket,
    /// Made with the first bytes.
    new: Option<NewFile>,
}

impl Filling {
    pub(super) fn begin<B: StorageBackend>(
        mirror: &Mirror<B>,
        key: ObjectKey,
        ticket: Ticket,
        fetched: Fetched,
    ) -> Fetched {
        let Fetched { meta, range, body, .. } = fetched;
        let keep = Keep {
            copies: Arc::clone(&mirror.copies),
            clock: Arc::clone(&mirror.options.clock),
            key,
            meta: meta.clone(),
            ticket,
            new: None,
        };
        let filling = Self { body, keep: Some(keep) };
        let chunks = stream::try_unfold(filling, |mut filling| async move {
            let chunk = filling.next().await?;
            Ok::<_, BodyError>(chunk.map(|chunk| (chunk, filling)))
        });
        let body = Body::one_shot(chunks, Some(meta.size));
        Fetched::new(meta, range, body)
    }

    /// The body that hands these on holds its last chunk back until this has ended: so what is
    /// read to its last byte is kept, by readers that only count, too.
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        let chunk = self.body.next_chunk().await.transpose()?;
        let Some(keep) = self.keep.take() else { return Ok(chunk) };
        match &chunk {
            Some(piece) => self.keep = keep.append(piece.clone()).await,
            // too few bytes are an error of the body that is handed on
            None if keep.size() == keep.meta.size => keep.finish().await,
            None => {}
        }
        Ok(chunk)
    }
}

impl Keep {
    fn size(&self) -> u64 {
        self.new.as_ref().map_or(0, |new| new.size)
    }

    /// A disk that fails ends the keeping, not the reading.
    async fn append(mut self, piece: Bytes) -> Option<Self> {
        let key = self.key.clone();
        let appended = step(move || {
            let mut new = match self.new.take() {
                Some(new) => new,
                None => self.copies.store().new_file()?,
            };
            new.append(&piece).map_err(StorageError::io)?;
            self.new = Some(new);
            Ok(self)
        });
        let appended = appended.await;
        appended.inspect_err(|error| not_kept(&key, error)).ok()
    }

    async fn finish(self) {
        let Self { copies, clock, key, meta, ticket, new } = self;
        let name = key.clone();
        let finished = step(move || {
            let new = match new {
                Some(new) => new,
                None => copies.store().new_file()?,
            };
            let copy = NewCopy::seal(new, &key, &meta, ticket.began)?;
            copies.seam().at("what was read is sealed");
            copies.finish(&key, &ticket, Intent::Fill, Some(copy), clock.now())
        });
        match finished.await {
            Ok(Settled::Kept) => {}
            Ok(Settled::Dropped) => {
                tracing::debug!(key = name.as_str(), "it was written while it was read");
            }
            Err(error) => not_kept(&name, &error),
        }
    }
}

fn not_kept(key: &ObjectKey, error: &StorageError) {
    tracing::warn!(key = key.as_str(), %error, "what is read is not kept");
}
