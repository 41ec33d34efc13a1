//! Copies from one bucket to another.

use r2_objects::{ObjectKey, Precondition};

use super::backend::MultiBackend;
use super::bucket::Bucket;
use crate::storage::{
    CopyOptions, GetOptions, PutOptions, StorageError, StorageErrorKind, StorageOperation, Stored,
};

impl MultiBackend {
    /// Copies an object from one bucket to another, with its attributes unless the options bring
    /// others. Its bytes go through this machine, piece by piece.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NoSuchStore`] for a name that is none; else as
    /// [`StorageBackend::copy`](crate::StorageBackend::copy).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves what was there before, or the whole copy.
    ///
    /// ```
    /// use r2_backend::{MemoryBackend, StorageBackendExt as _};
    /// use r2_backend::multi::MultiBackend;
    /// use r2_backend::storage::CopyOptions;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), r2_backend::StorageError> {
    /// let (main, archive) = (MemoryBackend::new(), MemoryBackend::new());
    /// let all = MultiBackend::builder("main", main).secondary("archive", archive.clone());
    /// let all = all.build()?;
    /// let key = "a".try_into()?;
    /// all.put_bytes(&key, "hello").await?;
    /// all.copy_between("main", "archive", &key, CopyOptions::new()).await?;
    /// assert_eq!(archive.get_bytes(&key, 10).await?, "hello");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn copy_between(
        &self,
        from: &str,
        to: &str,
        key: &ObjectKey,
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let (from, to) = (self.find_bucket(from)?, self.find_bucket(to)?);
        self.transfer(from, to, (key, key), options).await
    }

    /// Reads here and writes there; a version that was not asked for is not copied.
    pub(super) async fn transfer(
        &self,
        from: &Bucket,
        to: &Bucket,
        (from_key, to_key): (&ObjectKey, &ObjectKey),
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let mut get = GetOptions::new();
        if let Some(version) = options.source {
            get = get.condition(Precondition::unchanged(version));
        }
        let fetched = from.get(self.patience(), from_key, get).await?;
        let attributes = options.attributes.unwrap_or(fetched.meta.attributes);
        let put = PutOptions::new().condition(options.condition).attributes(attributes);
        // how long a write takes depends on its length, so the back end's own limits hold
        let stored = to.backend.put(to_key, fetched.body, put).await;
        to.note(stored.as_ref());
        let stored = stored?;
        if stored.size.is_some_and(|size| size != fetched.meta.size) {
            let message = format!("the bucket {} has not stored all bytes of the copy", to.name);
            let error = StorageError::new(StorageErrorKind::Corrupt, message).possibly_applied();
            return Err(error.about(&to.backend.name(), StorageOperation::Copy, to_key));
        }
        Ok(stored)
    }
}
