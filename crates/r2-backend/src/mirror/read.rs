//! Reads: from the copy if it is current, from the origin if it is not.

use std::sync::Arc;

use r2_objects::ObjectKey;

use super::Mirror;
use super::fill::Filling;
use crate::disk::{Held, Intent};
use crate::local::select;
use crate::storage::{
    Fetched, GetOptions, HeadOptions, ObjectMeta, StorageBackend, StorageError, StorageErrorKind,
    check_read,
};

impl<B: StorageBackend> Mirror<B> {
    pub(super) async fn read(
        &self,
        key: &ObjectKey,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        let local = self.local(key)?;
        if let Some((held, meta)) = self.current(key, &local).await? {
            return select(held.file, meta, &options);
        }
        if options.range.is_some() {
            return self.origin.get(key, options).await;
        }
        self.fetch(key, local, options).await
    }

    pub(super) async fn ask(
        &self,
        key: &ObjectKey,
        options: HeadOptions,
    ) -> Result<ObjectMeta, StorageError> {
        let local = self.local(key)?;
        let meta = match self.current(key, &local).await? {
            Some((_, meta)) => meta,
            None => return self.origin.head(key, options).await,
        };
        check_read(&options.conditions, &meta.etag, meta.modified)?;
        Ok(meta)
    }

    /// Reads from the origin, and keeps what passes.
    pub(super) async fn fetch(
        &self,
        key: &ObjectKey,
        local: ObjectKey,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        let now = self.now();
        let name = local.clone();
        let noted = self.on_disk(move |copies| copies.begin(&name, Intent::Fill, now)).await;
        let ticket = match noted {
            Ok(ticket) => ticket,
            // reading goes on with a disk that is full or gone
            Err(error) => {
                tracing::warn!(key = key.as_str(), %error, "what is read is not kept");
                return self.origin.get(key, options).await;
            }
        };
        let fetched = self.origin.get(key, options).await;
        let is_kept = match &fetched {
            Ok(fetched) => !ticket.contested && fetched.meta.size <= self.options.object_bytes_max,
            Err(_) => false,
        };
        if is_kept {
            return fetched.map(|fetched| Filling::begin(self, local, ticket, fetched));
        }
        let now = self.now();
        self.on_disk(move |copies| copies.cancel(&local, &ticket, now)).await.ok();
        fetched
    }

    /// The copy, if it may be served.
    async fn current(
        &self,
        key: &ObjectKey,
        local: &ObjectKey,
    ) -> Result<Option<(Held, ObjectMeta)>, StorageError> {
        let name = local.clone();
        let state = self.on_disk(move |copies| copies.find(&name)).await?;
        if state.is_doubtful {
            let (name, now) = (local.clone(), self.now());
            self.on_disk(move |copies| copies.settle(&name, now)).await?;
        }
        let Some(held) = state.held else { return Ok(None) };
        let now = self.now();
        let meta = self.meta(key, &held)?;
        if !state.is_doubtful && self.options.freshness.trusts(held.verified, now) {
            return Ok(Some((held, meta)));
        }
        let told = match self.origin.head(key, HeadOptions::new()).await {
            Ok(told) => Some(told),
            Err(error) if error.kind() == StorageErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // the same content with other headers has the same tag
        let is_current = told.as_ref().is_some_and(|told| {
            let same_time = told.modified.map(|moment| moment.unix_seconds())
                == meta.modified.map(|moment| moment.unix_seconds());
            told.etag == meta.etag
                && told.size == meta.size
                && told.attributes == meta.attributes
                && same_time
        });
        if !is_current {
            let (name, etag) = (local.clone(), held.record.etag);
            self.on_disk(move |copies| copies.forget(&name, &etag)).await?;
            return Ok(None);
        }
        if state.is_doubtful {
            return Ok(Some((held, meta)));
        }
        let name = local.clone();
        let touched = self.on_disk(move |_| {
            if let Err(error) = held.file.set_modified(now) {
                tracing::debug!(key = name.as_str(), %error, "the copy will be asked for again");
            }
            Ok(held)
        });
        Ok(Some((touched.await?, meta)))
    }

    fn meta(&self, key: &ObjectKey, held: &Held) -> Result<ObjectMeta, StorageError> {
        let Held { record, .. } = held;
        Ok(ObjectMeta::new(key.clone(), record.size, record.etag()?, Arc::clone(&self.name))
            .modified(record.modified())
            .attributes(record.attributes()?))
    }
}
