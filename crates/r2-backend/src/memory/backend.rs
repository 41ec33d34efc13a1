//! A back end that keeps its objects in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use r2_objects::{ETag, ObjectKey};
use r2_transport::{Body, BoxFuture, Clock, SystemClock};

use super::objects::{Object, Objects};
use crate::limits::MEMORY_BYTES;
use crate::md5::etag_of;
use crate::storage::{
    Capabilities, Capability, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions,
    ListedObject, ObjectMeta, Offer, Page, PageBuilder, PageToken, PutOptions, StorageBackend,
    StorageError, StorageErrorKind, StorageOperation, Stored, check_put, check_read,
};

const NAME: &str = "memory";

/// A back end in memory: complete, exact, and gone with the process. Clones share their objects.
///
/// ETags are MD5s, as those of R2 are for objects that were written at once.
///
/// ```
/// use r2_backend::{MemoryBackend, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_backend::StorageError> {
/// let storage = MemoryBackend::new().limit_bytes(1 << 20);
/// let key = "a".try_into()?;
/// let stored = storage.create(&key, "hello").await?;
/// assert_eq!(stored.etag.as_str(), "5d41402abc4b2a76b9719d911017c592");
/// assert!(storage.create(&key, "again").await.unwrap_err().is_precondition_failed());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MemoryBackend {
    objects: Arc<Mutex<Objects>>,
    clock: Arc<dyn Clock>,
    limit_bytes: u64,
    name: Arc<str>,
}

impl MemoryBackend {
    /// An empty one that takes 1 GiB.
    #[must_use]
    pub fn new() -> Self {
        Self {
            objects: Arc::default(),
            clock: Arc::new(SystemClock),
            limit_bytes: MEMORY_BYTES,
            name: NAME.into(),
        }
    }

    /// How much all objects together may hold, in bytes. Default: 1 GiB.
    #[must_use]
    pub fn limit_bytes(mut self, bytes: u64) -> Self {
        self.limit_bytes = bytes;
        self
    }

    /// The clock that dates objects. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// What it is called in errors and answers. Default: `memory`.
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &ObjectKey) -> Result<Arc<Object>, StorageError> {
        let found = self.objects().get(key).cloned();
        found.ok_or_else(|| StorageError::of(StorageErrorKind::NotFound))
    }

    fn meta(&self, object: &Object) -> ObjectMeta {
        let (key, etag) = (object.key.clone(), object.etag.clone());
        ObjectMeta::new(key, object.size(), etag, Arc::clone(&self.name))
            .modified(object.modified)
            .attributes(object.attributes.clone())
    }

    async fn write(
        &self,
        key: &ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        // a condition that fails already need not read the content
        check_put(&options.condition, self.objects().get(key).map(|object| &object.etag))?;
        let limit_bytes = usize::try_from(self.limit_bytes).unwrap_or(usize::MAX);
        let content = content.collect(limit_bytes).await.map_err(|error| match error.kind() {
            r2_transport::ErrorKind::TooLarge => self.full(),
            _ => StorageError::of(StorageErrorKind::Content).source(error),
        })?;
        let hashed = content.clone();
        let hashing = crate::blocking::blocking(move || Ok(etag_of(&hashed)));
        let etag = hashing.await.map_err(StorageError::io)??;
        self.commit(key, content, etag, options)
    }

    fn commit(
        &self,
        key: &ObjectKey,
        content: Bytes,
        etag: ETag,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        let mut objects = self.objects();
        let old = objects.get(key);
        check_put(&options.condition, old.map(|object| &object.etag))?;
        let freed = old.map_or(0, |object| object.size());
        let size = content.len() as u64;
        if objects.bytes() - freed + size > self.limit_bytes {
            return Err(self.full());
        }
        objects.insert(Object {
            key: key.clone(),
            content,
            etag: etag.clone(),
            modified: self.clock.now().into(),
            attributes: options.attributes,
        });
        Ok(Stored::new(etag, size))
    }

    fn full(&self) -> StorageError {
        let message = format!(
            "all objects together may hold {} bytes: raise limit_bytes, or delete some",
            self.limit_bytes
        );
        StorageError::new(StorageErrorKind::TooLarge, message)
    }

    fn read(&self, key: &ObjectKey, options: &GetOptions) -> Result<Fetched, StorageError> {
        let object = self.find(key)?;
        check_read(&options.conditions, &object.etag, Some(object.modified))?;
        let range = match options.range {
            None => 0..object.size(),
            Some(range) => range
                .resolve(object.size())
                .ok_or_else(|| StorageError::of(StorageErrorKind::InvalidRange))?,
        };
        let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX).min(object.content.len());
        let content = object.content.slice(at(range.start)..at(range.end));
        Ok(Fetched::new(self.meta(&object), range, Body::from(content)))
    }

    fn page(&self, options: &ListOptions, token: Option<&PageToken>) -> Result<Page, StorageError> {
        let mut builder = PageBuilder::new(options, token)?;
        for object in self.objects().from(builder.lower()) {
            let listed = || {
                let name = Arc::clone(&self.name);
                let listed = ListedObject::new(object.key.clone(), object.size(), name)
                    .etag(object.etag.clone())
                    .modified(object.modified);
                Ok(Some(listed))
            };
            if builder.offer(object.key.as_str(), listed)? == Offer::Done {
                break;
            }
        }
        Ok(builder.finish())
    }

    fn copy_now(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let source = self.find(from).map_err(|error| error.key(from))?;
        if let Some(etag) = options.source {
            let wanted = [r2_objects::Precondition::unchanged(etag)];
            check_read(&wanted, &source.etag, None).map_err(|error| error.key(from))?;
        }
        let attributes = options.attributes.unwrap_or_else(|| source.attributes.clone());
        let put = PutOptions::new().condition(options.condition).attributes(attributes);
        self.commit(to, source.content.clone(), source.etag.clone(), put)
    }
}

impl Default for MemoryBackend {
    fn default() -> Self {
        Self::new()
    }
}

impl StorageBackend for MemoryBackend {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::none()
            .with(Capability::Write)
            .with(Capability::Attributes)
            .with(Capability::CreateOnly)
            .with(Capability::ReplaceMatching)
            .with(Capability::ConditionalCopy)
            .with(Capability::ServerSideCopy)
            .with(Capability::ExactKeys)
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = self.write(key, content, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Put, key))
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        let result = self.read(key, &options);
        let named = result.map_err(|error| error.about(&self.name, StorageOperation::Get, key));
        Box::pin(std::future::ready(named))
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        let found = self.find(key).and_then(|object| {
            check_read(&options.conditions, &object.etag, Some(object.modified))?;
            Ok(self.meta(&object))
        });
        let named = found.map_err(|error| error.about(&self.name, StorageOperation::Head, key));
        Box::pin(std::future::ready(named))
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        let page = self.page(options, token);
        let named = page.map_err(|error| error.at(self.name(), StorageOperation::List));
        Box::pin(std::future::ready(named))
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        let copied = self.copy_now(from, to, options);
        let named = copied.map_err(|error| error.about(&self.name, StorageOperation::Copy, to));
        Box::pin(std::future::ready(named))
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        self.objects().remove(key);
        Box::pin(std::future::ready(Ok(())))
    }
}
