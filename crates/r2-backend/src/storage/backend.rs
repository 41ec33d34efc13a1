//! The trait that a back end implements.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::{
    Capabilities, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PageToken, PartsUpload, PresignMethod, PutOptions, StorageError, StorageErrorKind,
    StorageOperation, Stored,
};
use crate::blocking::blocking;
use crate::disk::open_file;
use crate::limits::DELETES_AT_ONCE;

/// A place where objects are kept, each with its bytes, its tag and its attributes under a key.
///
/// Callers use it as `dyn StorageBackend` and add
/// [`StorageBackendExt`](super::StorageBackendExt). What every implementation promises:
///
/// - A write is whole or not there: no reader ever sees a part of it, nor the bytes of one write
///   with the tag of another. Of several writers of one key, one is last.
/// - A write whose content ends in an error, or whose future is dropped, leaves what was there
///   before.
/// - What was written is seen by every later read and listing through the same value.
/// - A key is any [`ObjectKey`]. It is kept exactly, or refused with
///   [`StorageErrorKind::InvalidInput`]; never is another object touched.
/// - The bytes read are the bytes stored: nothing is decoded on the way, whatever the
///   `Content-Encoding` says.
/// - What [`capabilities`](Self::capabilities) leaves out ends in
///   [`StorageErrorKind::Unsupported`] before anything is changed.
/// - Dropping a future leaves nothing running but a step of file work that has begun.
///
/// [`conformance`](crate::conformance) checks all of this on any implementation.
///
/// ```
/// use std::sync::Arc;
/// use r2_backend::{MemoryBackend, StorageBackend, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_backend::StorageError> {
/// let storage: Arc<dyn StorageBackend> = Arc::new(MemoryBackend::new());
/// let key = "a/b.txt".try_into()?;
/// storage.put_bytes(&key, "hello").await?;
/// assert_eq!(storage.get_bytes(&key, 1024).await?, "hello");
/// # Ok(())
/// # }
/// ```
pub trait StorageBackend: fmt::Debug + Send + Sync + 'static {
    /// What it is called in errors, logs and answers: `memory`, `s3 photos`. Never a secret.
    fn name(&self) -> Arc<str>;

    /// What it can do. Does not change while the value lives.
    fn capabilities(&self) -> Capabilities;

    /// Writes an object. The content is read once; where it can be read again it may be.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::PreconditionFailed`] when the condition does not hold;
    /// [`StorageErrorKind::Content`] when the content cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves what was there before, or the whole new object.
    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>>;

    /// Reads an object, or a range of it.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NotFound`]; [`StorageErrorKind::InvalidRange`] where the range selects
    /// nothing; [`StorageErrorKind::NotModified`] and [`StorageErrorKind::PreconditionFailed`] by
    /// the conditions.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>>;

    /// Asks what is known of an object.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>>;

    /// Lists one page: the first one without a token, the next with the token of the one before.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::InvalidInput`] for a token that is not one of its own.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>>;

    /// Copies an object to another key, with its attributes unless the options bring others.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NotFound`] without a source;
    /// [`StorageErrorKind::PreconditionFailed`] when a condition does not hold.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves what was there before, or the whole copy.
    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>>;

    /// Deletes an object. One that is not there counts as deleted.
    ///
    /// # Errors
    ///
    /// What keeps it from being deleted.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves open whether it was deleted.
    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>>;

    /// The URL under which the public reads the object. It is not looked at whether there is one.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Unsupported`] where objects have none.
    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        let message = "objects have no public URL here: configure public_url or base_url";
        Err(StorageError::new(StorageErrorKind::Unsupported, message).about(
            &self.name(),
            StorageOperation::Url,
            key,
        ))
    }

    /// A request that somebody else may send. Makes no request itself.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Unsupported`] where that cannot be;
    /// [`StorageErrorKind::InvalidInput`] for a life below 1 second or above 7 days.
    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        let _ = (method, expires_in);
        let message = "requests to this back end cannot be presigned";
        Err(StorageError::new(StorageErrorKind::Unsupported, message).about(
            &self.name(),
            StorageOperation::Presign,
            key,
        ))
    }

    /// Writes an object from a file. By itself it reads the file as [`put`](Self::put) asks for it,
    /// piece by piece.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put); [`StorageErrorKind::Content`] when the file cannot be read.
    ///
    /// # Cancel safety
    ///
    /// As [`put`](Self::put).
    fn upload_file<'a>(
        &'a self,
        key: &'a ObjectKey,
        path: &'a Path,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let content = open_body(path)
                .await
                .map_err(|error| error.about(&self.name(), StorageOperation::UploadFile, key))?;
            self.put(key, content, options).await
        })
    }

    /// Deletes many objects, and says which could not be. By itself it deletes one by one, some at
    /// a time.
    ///
    /// # Errors
    ///
    /// None for single keys; what concerns all of them alike may end the call.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the deletion between keys.
    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        Box::pin(async move {
            let delete = |key: ObjectKey| async move {
                let result = self.delete(&key).await;
                result.err().map(|error| (key, error))
            };
            let deleting = futures_util::stream::iter(keys).map(delete);
            let results = deleting.buffer_unordered(DELETES_AT_ONCE);
            Ok(results.filter_map(std::future::ready).collect().await)
        })
    }

    /// Begins an upload in parts, where the back end has a way of its own for it; `None` where it
    /// has not. [`begin_parts`](super::begin_parts) works with either.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave an upload without parts on a server, where it expires.
    fn own_parts<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Option<Box<dyn PartsUpload>>, StorageError>> {
        let _ = (key, options);
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// A file as a body.
pub(crate) async fn open_body(path: &Path) -> Result<Body, StorageError> {
    let owned = path.to_owned();
    let (file, length) = blocking(move || open_file(&owned)).await.map_err(|error| {
        let message = format!("the file {} cannot be read", path.display());
        StorageError::new(StorageErrorKind::Content, message).source(error)
    })?;
    Ok(Body::file(Arc::new(file), 0..length))
}
