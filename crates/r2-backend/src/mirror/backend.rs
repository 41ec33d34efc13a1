//! The mirror as a back end.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::options::MirrorOptions;
use crate::disk::Copies;
use crate::local::step;
use crate::storage::{
    Capabilities, Capability, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions,
    ObjectMeta, Page, PageToken, PresignMethod, PutOptions, StorageBackend, StorageError,
    StorageOperation, Stored,
};

/// A back end, and a directory with copies of its objects.
///
/// Writes go to the origin, and then into the directory. Reads come from the directory when its
/// copy is current, as [`Freshness`](super::Freshness) says, and otherwise from the origin, and
/// are kept on the way. Listings, URLs and presigned requests are the origin's.
///
/// The directory is a store of [`LocalBackend::managed`](crate::LocalBackend::managed), a folder
/// for each prefix and a file for each object: it can be read by that when the origin is away.
/// What is written that way is taken for work that the origin does not have yet, and never lost:
/// [`repair`](Self::repair) uploads it, or keeps it under a second name when the origin has
/// another version. Several processes may use one directory, and each may be killed at any time.
///
/// A read of a range of what has no copy is answered by the origin and leaves none. A write costs
/// one HEAD more than without a mirror: what is kept is what the origin tells.
///
/// ```
/// use r2_backend::mirror::{Freshness, Mirror, MirrorOptions};
/// use r2_backend::{MemoryBackend, StorageBackend as _, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// let origin = MemoryBackend::new();
/// let options = MirrorOptions::new().freshness(Freshness::Trust);
/// let mirror = Mirror::open(origin.clone(), directory.path(), options).await?;
/// let key = "a.txt".try_into()?;
/// mirror.put_bytes(&key, "hello").await?;
/// assert_eq!(origin.get_bytes(&key, 10).await?, "hello");
///
/// // reads do not ask the origin any more
/// origin.delete(&key).await?;
/// assert_eq!(mirror.get_bytes(&key, 10).await?, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Mirror<B> {
    pub(super) origin: B,
    pub(super) copies: Arc<Copies>,
    pub(super) options: MirrorOptions,
    pub(super) name: Arc<str>,
    /// Are keys of different bytes different objects at the origin?
    pub(super) is_exact: bool,
}

impl<B: StorageBackend> Mirror<B> {
    /// Opens a mirror, or makes one of an empty or missing directory. A directory belongs to one
    /// origin: nothing in it tells which.
    ///
    /// # Errors
    ///
    /// As [`LocalBackend::managed`](crate::LocalBackend::managed).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a mirror, or the beginning of one that the next call finishes.
    pub async fn open(
        origin: B,
        directory: impl Into<PathBuf>,
        options: MirrorOptions,
    ) -> Result<Self, StorageError> {
        let name: Arc<str> = format!("mirror of {}", origin.name()).into();
        let (directory, now) = (directory.into(), options.clock.now());
        let opened = step(move || Copies::open(&directory, now)).await;
        let copies = opened.map_err(|error| error.at(Arc::clone(&name), StorageOperation::Open))?;
        let is_exact = origin.capabilities().has(Capability::ExactKeys);
        Ok(Self { origin, copies: Arc::new(copies), options, name, is_exact })
    }

    /// The back end that is mirrored.
    #[must_use]
    pub fn origin(&self) -> &B {
        &self.origin
    }

    pub(super) fn now(&self) -> SystemTime {
        self.options.clock.now()
    }

    /// The key of the copy: spellings that are one object at the origin have one copy.
    pub(super) fn local(&self, key: &ObjectKey) -> Result<ObjectKey, StorageError> {
        match key.nfc() {
            Cow::Owned(nfc) if !self.is_exact => Ok(ObjectKey::new(nfc)?),
            _ => Ok(key.clone()),
        }
    }

    /// Does a step of file work on the copies.
    pub(super) async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Copies) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let copies = Arc::clone(&self.copies);
        step(move || work(&copies)).await
    }
}

impl<B: StorageBackend> StorageBackend for Mirror<B> {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        self.origin.capabilities()
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
        Box::pin(async move {
            let result = self.ask(key, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Head, key))
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        self.origin.list_page(options, token)
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
        Box::pin(async move {
            let result = self.erase(key).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Delete, key))
        })
    }

    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        Box::pin(async move {
            let result = self.erase_many(keys).await;
            result.map_err(|error| error.at(self.name(), StorageOperation::Delete))
        })
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        self.origin.get_url(key)
    }

    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        self.origin.presign(method, key, expires_in)
    }
}
