//! The buckets as one back end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::backend::MultiBackend;
use super::merge::merged;
use crate::limits::PAGE_ENTRIES_MAX;
use crate::storage::{
    Capabilities, Capability, CopyOptions, Entry, Fetched, GetOptions, HeadOptions, ListOptions,
    ObjectMeta, Page, PageToken, PartsUpload, PresignMethod, PutOptions, StorageBackend,
    StorageError, StorageErrorKind, StorageOperation, Stored,
};

/// What tokens begin with; the name that the page ended with follows.
const TOKEN_MARK: &str = "after:";

impl MultiBackend {
    async fn page(
        &self,
        options: &ListOptions,
        token: Option<&PageToken>,
    ) -> Result<Page, StorageError> {
        let after = match token.map(|token| token.as_str().strip_prefix(TOKEN_MARK)) {
            None => None,
            Some(Some(after)) => Some(after),
            Some(None) => {
                let message = "the page token is not one of this back end: begin without one";
                return Err(StorageError::new(StorageErrorKind::InvalidInput, message));
            }
        };
        let asked = options.page_size.and_then(|entries| usize::try_from(entries).ok());
        let limit = asked.map_or(PAGE_ENTRIES_MAX, |entries| entries.clamp(1, PAGE_ENTRIES_MAX));
        let start = options.start_after.as_deref().max(after);
        let inner = ListOptions { start_after: start.map(str::to_owned), ..options.clone() };
        // one entry more shows whether there is a next page; a group may be listed once more
        let inner = inner.page_size(u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(2));
        let mut listing = merged(&self.buckets, &inner, self.patience(), self.options.lists);
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(entry) = listing.next().await.transpose()? {
            if after.is_some_and(|after| entry.name() <= after) {
                continue;
            }
            if entries.len() == limit {
                let last = entries.last().map(Entry::name).unwrap_or_default();
                let next = PageToken::new(format!("{TOKEN_MARK}{last}"));
                return Ok(Page::new(entries, Some(next)));
            }
            entries.push(entry);
        }
        Ok(Page::new(entries, None))
    }

    async fn put_new(
        &self,
        key: &ObjectKey,
        content: Body,
        mut options: PutOptions,
    ) -> Result<Stored, StorageError> {
        options.condition = self.condition(key, options.condition).await?;
        let stored = self.primary().backend.put(key, content, options).await;
        self.primary().note(stored.as_ref());
        stored
    }

    async fn upload_new(
        &self,
        key: &ObjectKey,
        path: &Path,
        mut options: PutOptions,
    ) -> Result<Stored, StorageError> {
        options.condition = self.condition(key, options.condition).await?;
        let stored = self.primary().backend.upload_file(key, path, options).await;
        self.primary().note(stored.as_ref());
        stored
    }
}

impl StorageBackend for MultiBackend {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        let own = self.primary().backend.capabilities();
        self.secondaries().iter().map(|bucket| bucket.backend.capabilities()).fold(
            own,
            |all, other| {
                // reads come from any of them; writes are the primary's matter
                let shared = [Capability::Attributes, Capability::ExactKeys];
                let lost = shared.into_iter().filter(|capability| !other.has(*capability));
                let all = lost.fold(all, Capabilities::without);
                let all = all.without(Capability::ServerSideCopy);
                if other.has(Capability::Remote) { all.with(Capability::Remote) } else { all }
            },
        )
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let stored = self.put_new(key, content, options).await;
            stored.map_err(|error| error.about(&self.name, StorageOperation::Put, key))
        })
    }

    fn upload_file<'a>(
        &'a self,
        key: &'a ObjectKey,
        path: &'a Path,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let stored = self.upload_new(key, path, options).await;
            stored.map_err(|error| error.about(&self.name, StorageOperation::UploadFile, key))
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let fetched = self.search_get(key, &options).await;
            fetched.map_err(|error| error.about(&self.name, StorageOperation::Get, key))
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let meta = self.search_head(key, &options).await;
            meta.map_err(|error| error.about(&self.name, StorageOperation::Head, key))
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            let page = self.page(options, token).await;
            page.map_err(|error| error.at(self.name(), StorageOperation::List))
        })
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let stored = self.copy_any(from, to, options).await;
            stored.map_err(|error| error.about(&self.name, StorageOperation::Copy, to))
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let failed = self.delete_all(vec![key.clone()]).await;
            let first = failed.map(|failed| failed.into_iter().next());
            let named =
                |error: StorageError| error.about(&self.name, StorageOperation::Delete, key);
            match first.map_err(named)? {
                Some((_, error)) => Err(named(error)),
                None => Ok(()),
            }
        })
    }

    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        Box::pin(self.delete_all(keys))
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        self.primary().backend.get_url(key)
    }

    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        self.primary().backend.presign(method, key, expires_in)
    }

    fn own_parts<'a>(
        &'a self,
        key: &'a ObjectKey,
        mut options: PutOptions,
    ) -> BoxFuture<'a, Result<Option<Box<dyn PartsUpload>>, StorageError>> {
        Box::pin(async move {
            options.condition = self.condition(key, options.condition).await?;
            self.primary().backend.own_parts(key, options).await
        })
    }
}
