//! The compression as a back end.

use std::sync::Arc;
use std::time::Duration;

use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::options::CompressOptions;
use crate::storage::{
    Capabilities, Capability, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions,
    ObjectMeta, Page, PageToken, PresignMethod, PutOptions, StorageBackend, StorageError,
    StorageErrorKind, StorageOperation, Stored,
};

/// A back end whose objects are compressed where they are stored.
///
/// An object is compressed if its first block shrinks by an eighth at least; formats that are
/// compressed already, small objects, and objects that are written with a content encoding are
/// left alone. A compressed object has `Content-Encoding: zstd`, so other clients can read it,
/// and three entries of metadata: [`METADATA_SIZE`](super::METADATA_SIZE),
/// [`METADATA_SHA256`](super::METADATA_SHA256) and [`METADATA_FRAME`](super::METADATA_FRAME).
/// Callers see neither. Size and bytes are those of the original; the tag is that of what is
/// stored, and a listing shows stored sizes, because it has no metadata.
///
/// A range of a compressed object costs a HEAD, a read of the seek table at its end, and a read of
/// the frames that hold it. Reading all of an object checks its SHA-256; a range is checked by the
/// checksums of its frames. Presigned requests and URLs move what is stored.
///
/// ```
/// use r2_backend::compress::{Compressed, CompressOptions};
/// use r2_backend::storage::HeadOptions;
/// use r2_backend::{MemoryBackend, StorageBackend as _, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stored = MemoryBackend::new();
/// let storage = Compressed::new(stored.clone(), CompressOptions::new())?;
/// let key = "a.txt".try_into()?;
/// storage.put_bytes(&key, "the same again and again ".repeat(1_000)).await?;
/// assert_eq!(storage.get_range(&key, 4..8).await?, "same");
/// assert_eq!(storage.head(&key, HeadOptions::new()).await?.size, 25_000);
///
/// let meta = stored.head(&key, HeadOptions::new()).await?;
/// assert!(meta.size < 300);
/// assert_eq!(meta.attributes.content_encoding.as_deref(), Some("zstd"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Compressed<B> {
    pub(super) inner: B,
    pub(super) options: CompressOptions,
    name: Arc<str>,
}

impl<B: StorageBackend> Compressed<B> {
    /// Compresses what is written to a back end.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] for one that writes, but keeps no attributes: nothing
    /// would tell that an object is compressed.
    pub fn new(inner: B, options: CompressOptions) -> Result<Self, StorageError> {
        let name: Arc<str> = format!("{} compressed", inner.name()).into();
        let can = inner.capabilities();
        if can.has(Capability::Write) && !can.has(Capability::Attributes) {
            let message = "compression needs a back end that keeps headers and metadata";
            let error = StorageError::new(StorageErrorKind::Configuration, message);
            return Err(error.at(name, StorageOperation::Open));
        }
        Ok(Self { inner, options, name })
    }

    /// The back end that has the compressed objects.
    #[must_use]
    pub fn inner(&self) -> &B {
        &self.inner
    }
}

impl<B: StorageBackend> StorageBackend for Compressed<B> {
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
            let result = self.write(key, content, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Put, key))
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let result = self.read(key, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Get, key))
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(self.ask(key, options))
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        self.inner.list_page(options, token)
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = self.write_copy(from, to, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Copy, to))
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        self.inner.delete(key)
    }

    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        self.inner.delete_many(keys)
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        self.inner.get_url(key)
    }

    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        self.inner.presign(method, key, expires_in)
    }
}
