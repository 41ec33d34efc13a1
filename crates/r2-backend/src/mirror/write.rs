//! Writes: to the origin first, and then into the directory.
//!
//! Before the origin is told anything, a note is on the disk that the key is being changed. While
//! it is there, readers ask the origin, whatever they would trust otherwise. So at each step where
//! the process may end, the object is what the origin says.

use std::sync::Arc;

use r2_objects::ObjectKey;
use r2_transport::Body;

use super::Mirror;
use crate::disk::{Intent, NewCopy, NewFile, Ticket};
use crate::local::step;
use crate::storage::{
    CopyOptions, HeadOptions, ObjectMeta, PutOptions, StorageBackend, StorageError,
    StorageErrorKind, Stored,
};

impl<B: StorageBackend> Mirror<B> {
    pub(super) async fn write(
        &self,
        key: &ObjectKey,
        mut content: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        let mut new = self.on_disk(|copies| copies.store().new_file()).await?;
        while let Some(chunk) = content.next_chunk().await {
            let unreadable = |error| StorageError::of(StorageErrorKind::Content).source(error);
            let chunk = chunk.map_err(unreadable)?;
            new = step(move || new.append(&chunk).map(|()| new).map_err(StorageError::io)).await?;
        }
        self.copies.seam().at("the content is gathered");
        self.send(key, new, options).await
    }

    /// Writes what is gathered in a file.
    pub(super) async fn send(
        &self,
        key: &ObjectKey,
        new: NewFile,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        let local = self.local(key)?;
        let (new, body) = step(move || {
            let again = new.file.reopen().map_err(StorageError::io)?;
            let body = match new.size {
                0 => Body::empty(),
                size => Body::file(Arc::new(again), 0..size),
            };
            Ok((new, body))
        })
        .await?;
        let ticket = self.begin(&local).await?;
        let stored = match self.origin.put(key, body, options).await {
            Ok(stored) => stored,
            Err(error) => return Err(self.failed(local, ticket, error).await),
        };
        self.copies.seam().at("the origin has it");
        let told = self.told(key, &stored, new.size).await;
        self.copies.seam().at("the origin told of it");
        self.finish(local, ticket, told.map(|(meta, asked)| (new, meta, asked))).await;
        Ok(stored)
    }

    /// What the origin says of what was just written, if it is still that.
    async fn told(
        &self,
        key: &ObjectKey,
        stored: &Stored,
        size: u64,
    ) -> Option<(ObjectMeta, std::time::SystemTime)> {
        let asked = self.now();
        let told = self.origin.head(key, HeadOptions::new()).await.ok()?;
        (told.etag == stored.etag && told.size == size).then_some((told, asked))
    }

    async fn begin(&self, local: &ObjectKey) -> Result<Ticket, StorageError> {
        let (name, now) = (local.clone(), self.now());
        self.on_disk(move |copies| copies.begin(&name, Intent::Write, now)).await
    }

    /// Ends a write that the origin has done: whatever becomes of the copy, it is written. A note
    /// that cannot be taken back keeps readers asking.
    async fn finish(
        &self,
        local: ObjectKey,
        ticket: Ticket,
        new: Option<(NewFile, ObjectMeta, std::time::SystemTime)>,
    ) {
        let (name, now) = (local.clone(), self.now());
        let finished = self.on_disk(move |copies| {
            let copy = match new {
                Some((new, meta, asked)) => Some(NewCopy::seal(new, &name, &meta, asked)?),
                None => None,
            };
            copies.seam().at("the copy is sealed");
            copies.finish(&name, &ticket, Intent::Write, copy, now)
        });
        if let Err(error) = finished.await {
            tracing::warn!(key = local.as_str(), %error, "what was written is not kept");
        }
    }

    /// Ends a write that failed: it is over, or nobody knows.
    async fn failed(&self, local: ObjectKey, ticket: Ticket, error: StorageError) -> StorageError {
        let is_certain = !error.may_have_applied();
        let now = self.now();
        let noted = self.on_disk(move |copies| match is_certain {
            true => copies.cancel(&local, &ticket, now),
            false => copies.finish(&local, &ticket, Intent::Doubt, None, now).map(|_| ()),
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the note of a write stays until it is settled");
        }
        error
    }

    /// The copy goes; the next read of the new object brings it.
    pub(super) async fn write_copy(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let local = self.local(to)?;
        let ticket = self.begin(&local).await?;
        match self.origin.copy(from, to, options).await {
            Ok(stored) => {
                self.finish(local, ticket, None).await;
                Ok(stored)
            }
            Err(error) => Err(self.failed(local, ticket, error).await),
        }
    }

    pub(super) async fn erase(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let local = self.local(key)?;
        let ticket = self.begin(&local).await?;
        match self.origin.delete(key).await {
            Ok(()) => {
                self.copies.seam().at("the origin has deleted it");
                self.finish(local, ticket, None).await;
                Ok(())
            }
            Err(error) => Err(self.failed(local, ticket, error).await),
        }
    }

    pub(super) async fn erase_many(
        &self,
        keys: Vec<ObjectKey>,
    ) -> Result<Vec<(ObjectKey, StorageError)>, StorageError> {
        let mut under_way = Vec::with_capacity(keys.len());
        for key in &keys {
            let local = self.local(key)?;
            let ticket = self.begin(&local).await?;
            under_way.push((local, ticket));
        }
        let result = self.origin.delete_many(keys).await;
        // one that failed may be deleted all the same: its copy goes, too, and comes back if it is
        // there; when the call itself failed, each is in doubt
        let intent = if result.is_ok() { Intent::Write } else { Intent::Doubt };
        let now = self.now();
        for (local, ticket) in under_way {
            let finished =
                self.on_disk(move |copies| copies.finish(&local, &ticket, intent, None, now)).await;
            if let Err(error) = finished {
                tracing::warn!(%error, "the note of a deletion stays until it is settled");
            }
        }
        result
    }
}
