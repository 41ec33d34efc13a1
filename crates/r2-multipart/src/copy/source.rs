//! The object that is copied.

use r2_objects::{
    BucketName, ByteRange, Client, ETag, HeadObject, ObjectInfo, ObjectKey, SseCustomerKey,
};
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::operations::UploadPartCopy;
use crate::place::Place;
use crate::plan::Part;

/// An object on the same server, in the version that it had when the copy began.
#[derive(Clone)]
pub(crate) struct CopySource<'a> {
    client: &'a Client,
    deadline: Option<Instant>,
    pub(super) bucket: &'a BucketName,
    pub(super) key: &'a ObjectKey,
    sse: Option<SseCustomerKey>,
    etag: Option<ETag>,
}

impl<'a> CopySource<'a> {
    pub(super) fn new(
        to: &Place<'a>,
        bucket: &'a BucketName,
        key: &'a ObjectKey,
        sse: Option<SseCustomerKey>,
        etag: Option<ETag>,
    ) -> Self {
        Self { client: to.client, deadline: to.deadline, bucket, key, sse, etag }
    }

    fn place(&self) -> Place<'a> {
        let Self { client, deadline, bucket, key, .. } = *self;
        Place { client, bucket, key, deadline }
    }

    /// Looks at the source, and holds it to what is found.
    pub(super) async fn look(&mut self) -> Result<ObjectInfo, Error> {
        let info = self.head().await?;
        if self.etag.as_ref().is_some_and(|etag| *etag != info.etag) {
            return Err(self.place().error(ErrorKind::ObjectChanged));
        }
        self.etag = Some(info.etag.clone());
        Ok(info)
    }

    async fn head(&self) -> Result<ObjectInfo, Error> {
        let head = HeadObject::new(self.bucket.clone(), self.key.clone()).with_checksums();
        let head = self.sse.iter().cloned().fold(head, HeadObject::customer_key);
        let (info, _) = self.place().send(head).await?;
        info.met().map_err(Error::of_request)
    }

    /// R2 knows no conditions on the source of a part, so somebody has to look.
    pub(crate) async fn check_unchanged(&self) -> Result<(), Error> {
        let info = self.head().await?;
        if self.etag.as_ref().is_some_and(|etag| *etag != info.etag) {
            return Err(self.place().error(ErrorKind::SourceChanged));
        }
        Ok(())
    }

    /// The request that makes a part of this object.
    pub(crate) fn part(
        &self,
        to: &Place<'_>,
        upload_id: &str,
        part: &Part,
    ) -> Result<UploadPartCopy, Error> {
        let range = ByteRange::new(part.offset..part.end()).map_err(r2_objects::Error::from);
        let range = range.map_err(Error::of_request)?;
        let (from_bucket, from_key) = (self.bucket.clone(), self.key.clone());
        let (bucket, key) = (to.bucket.clone(), to.key.clone());
        let copy = UploadPartCopy::new(from_bucket, from_key, bucket, key, upload_id, part.number);
        let copy = copy.range(range);
        Ok(self.sse.iter().cloned().fold(copy, UploadPartCopy::source_customer_key))
    }

    pub(super) fn etag(&self) -> Option<&ETag> {
        self.etag.as_ref()
    }
}
