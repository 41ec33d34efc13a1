//! A back end that shows one scope of another.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::value::Scope;
use crate::storage::{
    Capabilities, CopyOptions, Entry, Fetched, GetOptions, HeadOptions, ListOptions, ListedObject,
    ObjectMeta, Page, PageToken, PartsUpload, PresignMethod, PutOptions, StorageBackend,
    StorageError, StorageErrorKind, StorageOperation, Stored,
};

/// One scope of a back end, as a back end.
///
/// Whatever a caller names is below the scope or refused with
/// [`StorageErrorKind::OutsideScope`]; nothing outside is ever shown, whatever the back end
/// answers. URLs carry the scope's prefix.
///
/// ```
/// use std::sync::Arc;
/// use r2_backend::{MemoryBackend, StorageBackendExt as _, StorageErrorKind};
/// use r2_backend::scope::{Scope, Scoped};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let all = MemoryBackend::new();
/// let ours = Scoped::new(all.clone(), Scope::new("enterprise/")?);
/// ours.put_bytes(&"a.txt".try_into()?, "hello").await?;
/// assert_eq!(all.get_bytes(&"enterprise/a.txt".try_into()?, 10).await?, "hello");
///
/// let way_out = "../development/a.txt".try_into()?;
/// let error = ours.get_bytes(&way_out, 10).await.unwrap_err();
/// assert_eq!(error.kind(), StorageErrorKind::OutsideScope);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Scoped<B> {
    inner: B,
    scope: Scope,
    name: Arc<str>,
}

impl<B: StorageBackend> Scoped<B> {
    /// Shows this scope of the back end.
    #[must_use]
    pub fn new(inner: B, scope: Scope) -> Self {
        let name = format!("{} in {scope}", inner.name()).into();
        Self { inner, scope, name }
    }

    /// The scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    fn key(&self, operation: StorageOperation, key: &ObjectKey) -> Result<ObjectKey, StorageError> {
        let inside = self.scope.key(key.as_str());
        inside.map_err(|refusal| StorageError::from(refusal).about(&self.name, operation, key))
    }

    /// The metadata as the caller asked for it.
    fn shown(&self, key: &ObjectKey, meta: ObjectMeta) -> ObjectMeta {
        ObjectMeta { key: key.clone(), ..meta }
    }

    fn entry(&self, entry: Entry) -> Option<Entry> {
        let shown = self.scope.show(entry.name());
        if shown.is_none() {
            tracing::warn!(scope = %self.scope, "an entry that the scope cannot name is not shown");
        }
        let shown = shown?;
        Some(match entry {
            Entry::Prefix(_) => Entry::Prefix(shown),
            Entry::Object(object) => {
                let key = ObjectKey::new(shown).ok()?;
                Entry::Object(ListedObject { key, ..object })
            }
        })
    }

    async fn page(
        &self,
        options: &ListOptions,
        token: Option<&PageToken>,
    ) -> Result<Page, StorageError> {
        let start_after = match &options.start_after {
            Some(after) => self.scope.marker(after)?,
            None => None,
        };
        let prefix = self.scope.list_prefix(&options.prefix)?;
        let inner = ListOptions { prefix, start_after, ..options.clone() };
        // a token is bound to the scope by the name before it
        let token = match token {
            None => None,
            Some(token) => {
                let own = token.as_str().strip_prefix(self.scope.prefix()).ok_or_else(|| {
                    let message = "the page token was not made for this scope: begin without one";
                    StorageError::new(StorageErrorKind::InvalidInput, message)
                })?;
                Some(PageToken::new(own))
            }
        };
        let page = self.inner.list_page(&inner, token.as_ref()).await?;
        let mut entries: Vec<Entry> =
            page.entries.into_iter().filter_map(|entry| self.entry(entry)).collect();
        // what a back end shows that was not asked for is not shown
        entries.retain(|entry| entry.name().starts_with(&options.prefix));
        let next = page
            .next
            .map(|token| PageToken::new(format!("{}{}", self.scope.prefix(), token.as_str())));
        Ok(Page::new(entries, next))
    }
}

impl<B: StorageBackend> StorageBackend for Scoped<B> {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::Put, key)?;
            let result = self.inner.put(&inner, content, options).await;
            result.map_err(|error| error.key(key))
        })
    }

    fn upload_file<'a>(
        &'a self,
        key: &'a ObjectKey,
        path: &'a Path,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::UploadFile, key)?;
            let result = self.inner.upload_file(&inner, path, options).await;
            result.map_err(|error| error.key(key))
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::Get, key)?;
            let fetched = self.inner.get(&inner, options).await.map_err(|error| error.key(key))?;
            Ok(Fetched { meta: self.shown(key, fetched.meta), ..fetched })
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::Head, key)?;
            let meta = self.inner.head(&inner, options).await.map_err(|error| error.key(key))?;
            Ok(self.shown(key, meta))
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
            let inner_from = self.key(StorageOperation::Copy, from)?;
            let inner_to = self.key(StorageOperation::Copy, to)?;
            let result = self.inner.copy(&inner_from, &inner_to, options).await;
            result.map_err(|error| {
                let is_source = error.object_key() == Some(inner_from.as_str());
                error.key(if is_source { from } else { to })
            })
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::Delete, key)?;
            self.inner.delete(&inner).await.map_err(|error| error.key(key))
        })
    }

    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        Box::pin(async move {
            let (mut inside, mut failed) = (Vec::new(), Vec::new());
            for key in keys {
                match self.key(StorageOperation::Delete, &key) {
                    Ok(inner) => inside.push(inner),
                    Err(error) => failed.push((key, error)),
                }
            }
            for (inner, error) in self.inner.delete_many(inside).await? {
                let shown =
                    self.scope.show(inner.as_str()).and_then(|key| ObjectKey::new(key).ok());
                failed.extend(shown.map(|key| (key.clone(), error.key(&key))));
            }
            Ok(failed)
        })
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        let inner = self.key(StorageOperation::Url, key)?;
        self.inner.get_url(&inner).map_err(|error| error.key(key))
    }

    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        let inner = self.key(StorageOperation::Presign, key)?;
        self.inner.presign(method, &inner, expires_in).map_err(|error| error.key(key))
    }

    fn own_parts<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Option<Box<dyn PartsUpload>>, StorageError>> {
        Box::pin(async move {
            let inner = self.key(StorageOperation::Parts, key)?;
            self.inner.own_parts(&inner, options).await.map_err(|error| error.key(key))
        })
    }
}
