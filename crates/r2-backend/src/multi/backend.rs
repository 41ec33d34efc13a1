//! The buckets, and what there is beside one bucket's interface.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::BoxStream;
use r2_objects::ObjectKey;

use super::bucket::Bucket;
use super::builder::MultiBackendBuilder;
use super::merge;
use super::options::{BucketInfo, BucketRole, MultiOptions, ReadRepair};
use super::search::{Served, search};
use crate::storage::{
    CopyOptions, Entry, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, PutCondition,
    StorageBackend, StorageError, StorageErrorKind, StorageOperation,
};

/// Several buckets as one back end: a primary, and secondaries under names, in order.
///
/// - Reads ask the primary, then the secondaries. A bucket that fails is logged and passed over;
///   [`ObjectMeta::served_by`] is the name of the bucket that had the object. Where all buckets
///   answered and none has it, it is [`StorageErrorKind::NotFound`]; where one could not be asked,
///   the error is that one's, because it may have it.
/// - Writes go to the primary. A condition on a write is decided by what a read would see: an
///   object that only a secondary has cannot be created again, and is replaced in the primary.
///   When a bucket that must be looked at for that fails, nothing is written.
/// - Listings are merged: in order, each name once, from the first bucket that has it.
/// - A bucket that fails again and again is asked last until it answers again.
///
/// Clones share what is known of the buckets.
///
/// ```
/// use r2_backend::{MemoryBackend, StorageBackend as _, StorageBackendExt as _};
/// use r2_backend::multi::MultiBackend;
/// use r2_backend::storage::HeadOptions;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_backend::StorageError> {
/// let (main, archive) = (MemoryBackend::new(), MemoryBackend::new());
/// archive.put_bytes(&"old".try_into()?, "from the archive").await?;
/// let all = MultiBackend::builder("main", main).secondary("archive", archive).build()?;
///
/// all.put_bytes(&"new".try_into()?, "hello").await?;
/// let meta = all.head(&"old".try_into()?, HeadOptions::new()).await?;
/// assert_eq!(&*meta.served_by, "archive");
/// let error = all.bucket("archvie").unwrap_err();
/// assert_eq!(error.message(), "there is no bucket \"archvie\" here, only: main, archive");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MultiBackend {
    pub(super) buckets: Arc<[Bucket]>,
    pub(super) options: Arc<MultiOptions>,
    pub(super) name: Arc<str>,
}

impl MultiBackend {
    /// Begins with the primary, under a name.
    #[must_use]
    pub fn builder(name: impl Into<Arc<str>>, primary: impl StorageBackend) -> MultiBackendBuilder {
        MultiBackendBuilder::new(name.into(), Arc::new(primary))
    }

    pub(super) fn new(
        buckets: Vec<(Arc<str>, Arc<dyn StorageBackend>)>,
        options: MultiOptions,
    ) -> Self {
        let names: Vec<_> = buckets.iter().map(|(name, _)| &**name).collect();
        let name = format!("buckets {}", names.join(", ")).into();
        let policy = options.health;
        let make = |(name, backend)| Bucket::new(name, backend, policy);
        let buckets = buckets.into_iter().map(make).collect();
        Self { buckets, options: Arc::new(options), name }
    }

    pub(super) fn primary(&self) -> &Bucket {
        &self.buckets[0]
    }

    pub(super) fn secondaries(&self) -> &[Bucket] {
        &self.buckets[1..]
    }

    pub(super) fn patience(&self) -> Duration {
        self.options.patience
    }

    pub(super) fn find_bucket(&self, name: &str) -> Result<&Bucket, StorageError> {
        self.buckets.iter().find(|bucket| *bucket.name == *name).ok_or_else(|| {
            let names: Vec<_> = self.buckets.iter().map(|bucket| &*bucket.name).collect();
            let names = names.join(", ");
            let message = format!("there is no bucket {name:?} here, only: {names}");
            StorageError::new(StorageErrorKind::NoSuchStore, message)
        })
    }

    /// The bucket of this name, as it is.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NoSuchStore`] with the names that there are.
    pub fn bucket(&self, name: &str) -> Result<Arc<dyn StorageBackend>, StorageError> {
        Ok(Arc::clone(&self.find_bucket(name)?.backend))
    }

    /// What is known of the buckets, primary first. Makes no request.
    #[must_use]
    pub fn buckets(&self) -> Vec<BucketInfo> {
        let roles =
            [BucketRole::Primary].into_iter().chain(std::iter::repeat(BucketRole::Secondary));
        let info = |(bucket, role): (&Bucket, BucketRole)| BucketInfo {
            name: Arc::clone(&bucket.name),
            role,
            backend: bucket.backend.name(),
            capabilities: bucket.backend.capabilities(),
            health: bucket.health(),
        };
        self.buckets.iter().zip(roles).map(info).collect()
    }

    /// Lists one name of every bucket, all at once, remembers how it went, and says what is known
    /// then. For a service that asks in good time, before it needs to read.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed but what is remembered.
    pub async fn check(&self) -> Vec<BucketInfo> {
        let options = ListOptions::new().page_size(1);
        let asks = self.buckets.iter().map(|bucket| {
            let page = bucket.backend.list_page(&options, None);
            bucket.ask(self.patience(), StorageOperation::List, page)
        });
        join_all(asks).await;
        self.buckets()
    }

    /// Reads from the bucket of this name, and no other.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NoSuchStore`] with the names that there are; else as
    /// [`StorageBackend::get`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn get_from(
        &self,
        bucket: &str,
        key: &ObjectKey,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        self.find_bucket(bucket)?.get(self.patience(), key, options).await
    }

    /// As [`StorageBackendExt::list`](crate::StorageBackendExt::list), with one listing of each
    /// bucket for all of the stream: fewer requests than page after page. One page of each bucket
    /// is in memory.
    pub fn list_merged(&self, options: &ListOptions) -> BoxStream<'_, Result<Entry, StorageError>> {
        merge::merged(&self.buckets, options, self.patience(), self.options.lists)
    }

    pub(super) async fn search_head(
        &self,
        key: &ObjectKey,
        options: &HeadOptions,
    ) -> Result<ObjectMeta, StorageError> {
        let patience = self.patience();
        let served = search(&self.buckets, self.options.search, |bucket| {
            Box::pin(bucket.head(patience, key, options.clone()))
        });
        served.await.map(|served| served.value)
    }

    pub(super) async fn search_get(
        &self,
        key: &ObjectKey,
        options: &GetOptions,
    ) -> Result<Fetched, StorageError> {
        let patience = self.patience();
        let served = search(&self.buckets, self.options.search, |bucket| {
            Box::pin(bucket.get(patience, key, options.clone()))
        });
        let served = served.await?;
        match self.options.repair {
            ReadRepair::UpTo(bytes)
                if served.is_missing_in_primary && served.value.meta.size <= bytes =>
            {
                self.repair(key, options, served).await
            }
            _ => Ok(served.value),
        }
    }

    /// Copies to the primary what it does not have, then serves it from where it was found.
    async fn repair(
        &self,
        key: &ObjectKey,
        options: &GetOptions,
        served: Served<Fetched>,
    ) -> Result<Fetched, StorageError> {
        let bucket = &self.buckets[served.index];
        let version = served.value.meta.etag.clone();
        // a body that waits for the copy might be cut off for idling
        drop(served);
        let copy = CopyOptions::new().source(version).condition(PutCondition::Absent);
        match self.transfer(bucket, self.primary(), (key, key), copy).await {
            Ok(_) => tracing::info!(from = %bucket.name, "the primary has an object again"),
            Err(error) => tracing::warn!(from = %bucket.name, %error, "a repair did not succeed"),
        }
        bucket.get(self.patience(), key, options.clone()).await
    }
}
