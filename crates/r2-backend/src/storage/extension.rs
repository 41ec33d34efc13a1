//! What callers have on top of every back end.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use r2_objects::{ByteRange, ObjectKey};
use r2_transport::{Body, BoxFuture};

use super::{
    Capability, CopyOptions, Entry, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PutCondition, PutOptions, StorageBackend, StorageError, StorageErrorKind, StorageOperation,
    Stored, pages,
};

/// The comfortable half of [`StorageBackend`]: the same for every back end, so nobody implements
/// it.
///
/// ```
/// use futures_util::TryStreamExt as _;
/// use r2_backend::{MemoryBackend, StorageBackendExt as _};
/// use r2_backend::storage::ListOptions;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_backend::StorageError> {
/// let storage = MemoryBackend::new();
/// for name in ["a/1", "a/2", "b"] {
///     storage.put_bytes(&name.try_into()?, name.to_owned()).await?;
/// }
/// storage.rename(&"b".try_into()?, &"a/3".try_into()?).await?;
/// let entries = storage.list(ListOptions::new().prefix("a/"));
/// let names: Vec<_> = entries.map_ok(|entry| entry.name().to_owned()).try_collect().await?;
/// assert_eq!(names, ["a/1", "a/2", "a/3"]);
/// # Ok(())
/// # }
/// ```
pub trait StorageBackendExt: StorageBackend {
    /// Are the bytes on another machine?
    fn is_remote(&self) -> bool {
        self.capabilities().has(Capability::Remote)
    }

    /// Writes an object from memory, over whatever is there.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::put`].
    ///
    /// # Cancel safety
    ///
    /// As [`StorageBackend::put`].
    fn put_bytes<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: impl Into<Bytes>,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        self.put(key, Body::from(content.into()), PutOptions::new())
    }

    /// Writes an object from memory if none is there.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::put`]: [`StorageErrorKind::PreconditionFailed`] when there is one.
    ///
    /// # Cancel safety
    ///
    /// As [`StorageBackend::put`].
    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: impl Into<Bytes>,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        let options = PutOptions::new().condition(PutCondition::Absent);
        self.put(key, Body::from(content.into()), options)
    }

    /// Reads a whole object into memory.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::get`]; [`StorageErrorKind::TooLarge`] above `limit_bytes`.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn get_bytes<'a>(
        &'a self,
        key: &'a ObjectKey,
        limit_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StorageError>> {
        Box::pin(async move {
            let fetched = self.get(key, GetOptions::new()).await?;
            collect(self, key, fetched.body, limit_bytes).await
        })
    }

    /// Reads some bytes of an object into memory. A range that goes past the end gives what there
    /// is of it.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::get`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn get_range<'a>(
        &'a self,
        key: &'a ObjectKey,
        range: std::ops::Range<u64>,
    ) -> BoxFuture<'a, Result<Bytes, StorageError>> {
        Box::pin(async move {
            let limit_bytes = usize::try_from(range.end.saturating_sub(range.start));
            let range = ByteRange::new(range)?;
            let fetched = self.get(key, GetOptions::new().range(range)).await?;
            collect(self, key, fetched.body, limit_bytes.unwrap_or(usize::MAX)).await
        })
    }

    /// What is known of an object; `None` if there is none.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::head`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn find<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<ObjectMeta>, StorageError>> {
        Box::pin(async move {
            match self.head(key, HeadOptions::new()).await {
                Ok(meta) => Ok(Some(meta)),
                Err(error) if error.kind() == StorageErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// All entries, in order, pages asked for as they are needed. The stream ends after an error;
    /// a listing that leads back to itself is one.
    fn list(&self, options: ListOptions) -> BoxStream<'_, Result<Entry, StorageError>> {
        pages::entries(self, options)
    }

    /// As [`list`](Self::list), by pages.
    fn list_pages(&self, options: ListOptions) -> BoxStream<'_, Result<Page, StorageError>> {
        pages::pages(self, options)
    }

    /// Copies an object if nothing is at the destination.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::copy`].
    ///
    /// # Cancel safety
    ///
    /// As [`StorageBackend::copy`].
    fn copy_if_absent<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        self.copy(from, to, CopyOptions::new().condition(PutCondition::Absent))
    }

    /// Gives an object another key: a copy and then a deletion, so for a moment there are both. To
    /// its own key it does nothing.
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::copy`] and [`StorageBackend::delete`]; after the latter both are there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the old object, the new one, or both.
    fn rename<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            if from == to {
                return self.head(from, HeadOptions::new()).await.map(|_| ());
            }
            self.copy(from, to, CopyOptions::new()).await?;
            self.delete(from).await
        })
    }

    /// Deletes a file: the name that [`delete`](StorageBackend::delete) has beside
    /// [`upload_file`](StorageBackend::upload_file).
    ///
    /// # Errors
    ///
    /// As [`StorageBackend::delete`].
    ///
    /// # Cancel safety
    ///
    /// As [`StorageBackend::delete`].
    fn delete_file<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        self.delete(key)
    }
}

impl<B: StorageBackend + ?Sized> StorageBackendExt for B {}

async fn collect<B: StorageBackend + ?Sized>(
    backend: &B,
    key: &ObjectKey,
    body: Body,
    limit_bytes: usize,
) -> Result<Bytes, StorageError> {
    body.collect(limit_bytes).await.map_err(|error| {
        let named = match error.kind() {
            r2_transport::ErrorKind::TooLarge => {
                let message =
                    format!("it is larger than the {limit_bytes} bytes allowed in memory");
                StorageError::new(StorageErrorKind::TooLarge, message)
            }
            _ => StorageError::of_body(error),
        };
        named.about(&backend.name(), StorageOperation::Get, key)
    })
}
