//! `client.multipart()`: uploads in parts by hand.

use futures_core::Stream;
use futures_util::stream;
use r2_objects::{
    BucketName, ByteRange, Client, Error, IntoBucketName, IntoObjectKey, ObjectKey, Payload,
};

use super::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, CompletedUpload,
    CreateMultipartUpload, ListMultipartUploads, ListParts, ListedPart, UnfinishedUpload,
    UploadPart, UploadPartCopy, UploadedPart,
};
use crate::plan::PartNumber;

/// The calls of uploads in parts, one by one. [`upload`](crate::upload()) does all of it by itself.
///
/// ```
/// # use r2_objects::Client;
/// use r2_multipart::{CompletedPart, MultipartExt as _, PartNumber};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_objects::Error> {
/// # let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// let upload = client.multipart().create("photos", "a.tar").await?;
/// let part = upload.upload_part(PartNumber::FIRST, "content").await?;
/// assert_eq!(upload.list_parts().await?[0].etag, part.etag);
/// upload.complete(vec![CompletedPart::new(PartNumber::FIRST, part.etag, None)]).await?;
/// assert_eq!(client.objects().get("photos", "a.tar").await?.body, "content");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Multipart<'a> {
    client: &'a Client,
}

/// The calls of uploads in parts of this client.
#[must_use]
pub fn multipart(client: &Client) -> Multipart<'_> {
    Multipart { client }
}

/// Adds `multipart()` to [`Client`].
pub trait MultipartExt {
    /// The calls of uploads in parts, one by one.
    fn multipart(&self) -> Multipart<'_>;
}

impl MultipartExt for Client {
    fn multipart(&self) -> Multipart<'_> {
        multipart(self)
    }
}

/// An upload that was created and neither completed nor aborted.
///
/// Dropping it does nothing: the upload stays on the server, with its parts, until somebody
/// completes or aborts it, or until it expires (after seven days on R2).
#[derive(Clone, Debug)]
pub struct OpenUpload<'a> {
    client: &'a Client,
    bucket: BucketName,
    key: ObjectKey,
    upload_id: String,
}

impl<'a> Multipart<'a> {
    /// Begins an upload.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may leave an empty upload on the server.
    pub async fn create(
        &self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
    ) -> Result<OpenUpload<'a>, Error> {
        let mut upload = self.open(bucket, key, "")?;
        let create = CreateMultipartUpload::new(upload.bucket.clone(), upload.key.clone());
        upload.upload_id = self.client.send(create).await?.upload_id;
        Ok(upload)
    }

    /// An upload that was begun elsewhere; nothing is sent.
    ///
    /// # Errors
    ///
    /// A name that is none.
    pub fn open(
        &self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        upload_id: impl Into<String>,
    ) -> Result<OpenUpload<'a>, Error> {
        let (bucket, key) = (bucket.into_bucket_name()?, key.into_object_key()?);
        Ok(OpenUpload { client: self.client, bucket, key, upload_id: upload_id.into() })
    }

    /// All unfinished uploads of the list, page by page as they are taken.
    pub fn list_uploads(
        &self,
        list: ListMultipartUploads,
    ) -> impl Stream<Item = Result<UnfinishedUpload, Error>> + Send + 'a {
        let client = self.client;
        let state = (Some(list), Vec::new().into_iter());
        stream::try_unfold(state, move |(mut list, mut page)| async move {
            loop {
                if let Some(upload) = page.next() {
                    return Ok(Some((upload, (list, page))));
                }
                let Some(request) = list.take() else { return Ok(None) };
                let answer = client.send(&request).await?;
                list = answer.next.map(|marker| request.after(marker));
                page = answer.uploads.into_iter();
            }
        })
    }
}

impl OpenUpload<'_> {
    /// What the other calls name the upload by.
    #[must_use]
    pub fn upload_id(&self) -> &str {
        &self.upload_id
    }

    /// Sends a part. All parts but the last must be equally long, 5 MiB at least.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may lose an earlier part of the same number.
    pub async fn upload_part(
        &self,
        number: PartNumber,
        content: impl Into<Payload>,
    ) -> Result<UploadedPart, Error> {
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        self.client.send(UploadPart::new(bucket, key, &self.upload_id, number, content)).await
    }

    /// Makes a part of a range of an object inside the service.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// As [`upload_part`](Self::upload_part).
    pub async fn upload_part_copy(
        &self,
        number: PartNumber,
        source_bucket: impl IntoBucketName,
        source_key: impl IntoObjectKey,
        range: ByteRange,
    ) -> Result<UploadedPart, Error> {
        let source_bucket = source_bucket.into_bucket_name()?;
        let source_key = source_key.into_object_key()?;
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let copy =
            UploadPartCopy::new(source_bucket, source_key, bucket, key, &self.upload_id, number);
        self.client.send(copy.range(range)).await
    }

    /// The parts that are on the server, by number; at most 10,000.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn list_parts(&self) -> Result<Vec<ListedPart>, Error> {
        let mut list = ListParts::new(self.bucket.clone(), self.key.clone(), &self.upload_id);
        let mut parts = Vec::new();
        // each page begins after the one before, so pages are never more than part numbers
        loop {
            let page = self.client.send(&list).await?;
            parts.extend(page.parts);
            match page.next {
                Some(next) => list = list.after(next),
                None => return Ok(parts),
            }
        }
    }

    /// Makes an object of these parts.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]. `NoSuchUpload` after a lost reply may mean that it worked.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves open whether the object was made.
    pub async fn complete(self, parts: Vec<CompletedPart>) -> Result<CompletedUpload, Error> {
        let Self { client, bucket, key, upload_id } = self;
        client.send(CompleteMultipartUpload::new(bucket, key, upload_id, parts)).await
    }

    /// Throws the parts away.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves open whether the upload was aborted.
    pub async fn abort(self) -> Result<(), Error> {
        let Self { client, bucket, key, upload_id } = self;
        client.send(AbortMultipartUpload::new(bucket, key, upload_id)).await
    }
}
