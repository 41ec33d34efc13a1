//! Objects: the calls that most programs need, by name.

use bytes::Bytes;
use futures_core::Stream;
use r2_transport::Body;

use crate::client::Client;
use crate::delete_many::delete_many;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::{BoxError, Error};
use crate::limits::GET_BYTES_MAX;
use crate::named::{IntoBucketName, IntoObjectKey};
use crate::names::ObjectKey;
use crate::ops::{
    Conditional, CopiedObject, CopyObject, DeleteObject, DeletedObjects, GetObject, HeadObject,
    ListObjects, ListObjectsV2, ListPage, ListPageV1, ListedEntry, ObjectInfo, PutObject,
    PutOutcome, StoredObject,
};
use crate::paging;
use crate::parallel::{self, ParallelListing};
use crate::payload::Payload;
use crate::stream::ObjectStream;
use crate::values::Precondition;

/// Calls on objects. Names may be given as text; [`Client::send`] takes the operations themselves,
/// with all their options.
///
/// ```
/// # use r2_objects::{Client, ListObjectsV2};
/// use futures_util::TryStreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_objects::Error> {
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// let objects = client.objects();
/// objects.put("photos", "a.txt", "hello").await?;
/// let found: Vec<_> = objects.list_all("photos")?.try_collect().await?;
/// assert_eq!(found.len(), 1);
/// objects.delete("photos", "a.txt").await?;
/// assert!(objects.get("photos", "a.txt").await.unwrap_err().is_not_found());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Objects<'a> {
    client: &'a Client,
}

/// An object in memory.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Object {
    /// What the headers tell.
    pub info: ObjectInfo,
    /// The content.
    pub body: Bytes,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Writes an object in one request, replacing what is there.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`]: the object is then there whole, or not at all.
    pub async fn put(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        content: impl Into<Payload>,
    ) -> Result<StoredObject, Error> {
        let put = PutObject::new(bucket.into_bucket_name()?, key.into_object_key()?, content);
        self.client.send(put).await?.stored()
    }

    /// Writes an object only if there is none.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]. After a lost reply the error [may have
    /// applied](Error::may_have_applied): a second attempt could not tell our own object from
    /// somebody else's.
    ///
    /// # Cancel safety
    ///
    /// As [`put`](Self::put).
    pub async fn create(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        content: impl Into<Payload>,
    ) -> Result<PutOutcome, Error> {
        let put = PutObject::new(bucket.into_bucket_name()?, key.into_object_key()?, content);
        self.client.send(put.condition(Precondition::absent())).await
    }

    /// Writes an object from a stream that can be read once, of a known length in bytes. One
    /// attempt: what was read is gone.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`ErrorKind::SourceBody`] when the stream fails or has another length.
    ///
    /// # Cancel safety
    ///
    /// As [`put`](Self::put); the stream is dropped.
    pub async fn put_stream<S, E>(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        stream: S,
        length: u64,
    ) -> Result<StoredObject, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.put(bucket, key, Body::one_shot(stream, Some(length))).await
    }

    /// Reads an object into memory, up to 256 MiB; what breaks is taken up again, and the content
    /// is verified against the checksum that the server keeps.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`ErrorKind::ReplyTooLarge`] for a larger object: stream it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the download.
    pub async fn get(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
    ) -> Result<Object, Error> {
        let stream = self
            .get_stream(GetObject::new(bucket.into_bucket_name()?, key.into_object_key()?))
            .await?;
        let info = stream.info().clone();
        let body = stream.collect(GET_BYTES_MAX).await?;
        Ok(Object { info, body })
    }

    /// Reads an object, or a range of it, as a stream. A connection that breaks is made anew and
    /// the stream goes on from the byte where it broke, pinned to the same content by `If-Match`.
    /// A whole object is verified at its end.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]. A condition that makes the server answer "not modified" belongs into
    /// [`Client::send`], and is refused here.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future or the stream ends the download.
    pub async fn get_stream(self, get: GetObject) -> Result<ObjectStream, Error> {
        ObjectStream::open(self.client, get).await
    }

    /// As [`get_stream`](Self::get_stream), for a read under conditions: that the object was not
    /// modified is an answer.
    ///
    /// # Errors
    ///
    /// As [`get_stream`](Self::get_stream).
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn get_stream_if(self, get: GetObject) -> Result<Conditional<ObjectStream>, Error> {
        ObjectStream::open_if(self.client, get).await
    }

    /// Asks what is known of an object.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; what is missing is [`ErrorKind::NotFound`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn head(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
    ) -> Result<ObjectInfo, Error> {
        self.client
            .send(HeadObject::new(bucket.into_bucket_name()?, key.into_object_key()?))
            .await?
            .met()
    }

    /// Deletes an object. One that is not there counts as deleted.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn delete(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
    ) -> Result<(), Error> {
        self.client
            .send(DeleteObject::new(bucket.into_bucket_name()?, key.into_object_key()?))
            .await
    }

    /// Deletes any number of objects, in batches of 700, because R2 has failed on more
    /// (opendal#2227); a batch that fails is halved. What could not be deleted is in the result.
    ///
    /// # Errors
    ///
    /// As [`Client::send`], for what concerns all keys alike: no such bucket, no right, no
    /// connection. Batches before it may have been deleted.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the deletion between or inside batches.
    pub async fn delete_objects(
        self,
        bucket: impl IntoBucketName,
        keys: impl IntoIterator<Item = ObjectKey>,
    ) -> Result<DeletedObjects, Error> {
        delete_many(self.client, &bucket.into_bucket_name()?, keys.into_iter().collect()).await
    }

    /// Copies an object as the operation says.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn copy(self, copy: CopyObject) -> Result<CopiedObject, Error> {
        self.client.send(copy).await
    }

    /// Lists one page.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn list(self, list: ListObjectsV2) -> Result<ListPage, Error> {
        self.client.send(list).await
    }

    /// Lists one page in the first version's way.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn list_v1(self, list: ListObjects) -> Result<ListPageV1, Error> {
        self.client.send(list).await
    }

    /// Lists a whole bucket, page by page as the stream is read.
    ///
    /// # Errors
    ///
    /// A bucket name that is none. What happens later comes through the stream, which ends after
    /// an error.
    pub fn list_all<B: IntoBucketName>(
        self,
        bucket: B,
    ) -> Result<impl Stream<Item = Result<ListedEntry, Error>> + Send + 'static + use<B>, Error>
    {
        Ok(self.list_entries(ListObjectsV2::new(bucket.into_bucket_name()?)))
    }

    /// Lists all that the operation asks for, page by page as the stream is read. A short page
    /// does not end it, and a listing that goes in a circle is an error.
    pub fn list_entries(
        self,
        list: ListObjectsV2,
    ) -> impl Stream<Item = Result<ListedEntry, Error>> + Send + 'static + use<> {
        paging::entries(self.client.clone(), list)
    }

    /// As [`list_entries`](Self::list_entries), by pages.
    pub fn list_pages(
        self,
        list: ListObjectsV2,
    ) -> impl Stream<Item = Result<ListPage, Error>> + Send + 'static + use<> {
        paging::pages(self.client.clone(), list)
    }

    /// As [`list_pages`](Self::list_pages), with many pages on their way at a time: the range of
    /// keys is split where the keys seen so far let it be halved. Pages come in the order of their
    /// keys and without tokens; no key comes twice, and none that was there all the time is missed,
    /// whoever else writes. Up to 32 MiB are read ahead.
    ///
    /// It takes more requests, each of class A: at most 8, and a quarter, more than one page after
    /// the other; a bucket of one page takes one. A reader that stops early has paid for what was
    /// read ahead, so [`list_pages`](Self::list_pages) is better for the first few.
    ///
    /// One page after the other come groups by a delimiter, a listing that begins at a token, one
    /// of a server that does not order keys by bytes, and what follows the first key that is not in
    /// NFC: a server may order it by either spelling.
    ///
    /// # Errors
    ///
    /// Through the stream, which ends after one: as [`Client::send`], and
    /// [`ErrorKind::UnexpectedReply`] from a server that turns out not to list in order.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed; requests in flight end with the stream.
    ///
    /// ```
    /// # use r2_objects::{Client, ListObjectsV2};
    /// use futures_util::TryStreamExt as _;
    /// use r2_objects::{BucketName, ParallelListing};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), r2_objects::Error> {
    /// # let local = r2_sim::Emulator::memory();
    /// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
    /// # client.buckets().create("photos").await?;
    /// # client.objects().put("photos", "a.txt", "hello").await?;
    /// let list = ListObjectsV2::new(BucketName::new("photos")?);
    /// let pages = client.objects().list_parallel(list, ParallelListing::new());
    /// let pages: Vec<_> = pages.try_collect().await?;
    /// assert_eq!(pages[0].objects[0].key.as_str(), "a.txt");
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_parallel(
        self,
        list: ListObjectsV2,
        options: ParallelListing,
    ) -> impl Stream<Item = Result<ListPage, Error>> + Send + 'static + use<> {
        parallel::pages(self.client.clone(), list, options)
    }
}
