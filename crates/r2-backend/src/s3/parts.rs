//! An upload in parts on an S3 service.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use r2_multipart::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, CreateMultipartUpload,
    PartNumber, UploadPart,
};
use r2_objects::{BucketName, Client, ETag, HeadObject, ObjectKey, Payload, Precondition};
use r2_transport::{Body, BoxFuture};

use super::blame::of_request;
use crate::limits::PART_GATHER_BYTES;
use crate::md5::ETagHasher;
use crate::storage::{
    PartsUpload, PutOptions, StorageError, StorageErrorKind, StorageOperation, Stored,
};

/// An upload that is open on the service.
#[derive(Debug)]
pub(super) struct S3Parts {
    target: Target,
    condition: Option<Precondition>,
    /// What was sent, by number.
    sent: Arc<Mutex<BTreeMap<PartNumber, CompletedPart>>>,
    is_over: bool,
}

#[derive(Debug, Clone)]
struct Target {
    name: Arc<str>,
    client: Client,
    bucket: BucketName,
    /// As it is in the bucket.
    key: ObjectKey,
    /// As the caller has it.
    outer: ObjectKey,
    upload_id: String,
}

impl Target {
    fn named(&self, error: StorageError) -> StorageError {
        error.about(&self.name, StorageOperation::Parts, &self.outer)
    }

    /// The tag of the object, if it is the one with this tag.
    async fn made_of(&self, whole: Option<ETag>) -> Option<ETag> {
        let head = HeadObject::new(self.bucket.clone(), self.key.clone());
        let found = self.client.send(head).await.ok()?.met().ok()?.etag;
        (Some(&found) == whole.as_ref()).then_some(found)
    }

    async fn send(&self, number: PartNumber, content: Body) -> Result<CompletedPart, StorageError> {
        let unreadable = |error| StorageError::of(StorageErrorKind::Content).source(error);
        let payload = match content.length() {
            Some(_) => Payload::from(content),
            None => Payload::from(content.collect(PART_GATHER_BYTES).await.map_err(unreadable)?),
        };
        let payload = if self.client.sends_checksums() && payload.can_restart() {
            payload.hashed().await.map_err(of_request)?
        } else {
            payload
        };
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let part = UploadPart::new(bucket, key, &self.upload_id, number, payload);
        let sent = self.client.send(part).await.map_err(of_request)?;
        Ok(CompletedPart::new(number, sent.etag, sent.crc64))
    }
}

/// The tag of an object that is made of these parts, where tags are MD5s.
fn parts_etag<'a>(parts: impl Iterator<Item = &'a ETag>) -> Option<ETag> {
    let (mut hasher, mut count) = (ETagHasher::default(), 0);
    for part in parts {
        hasher.update(&part.md5()?);
        count += 1;
    }
    ETag::parse(&format!("{}-{count}", hasher.finish().ok()?.as_str())).ok()
}

impl S3Parts {
    pub(super) async fn begin(
        name: Arc<str>,
        client: &Client,
        place: (BucketName, ObjectKey),
        outer: &ObjectKey,
        options: PutOptions,
    ) -> Result<Self, StorageError> {
        let (bucket, key) = place;
        let create = CreateMultipartUpload::new(bucket.clone(), key.clone());
        let create = create.attributes(options.attributes);
        let create = if client.sends_checksums() { create.checksum_crc64() } else { create };
        let created = client.send(create).await.map_err(of_request)?;
        let upload_id = created.upload_id;
        let client = client.clone();
        Ok(Self {
            target: Target { name, client, bucket, key, outer: outer.clone(), upload_id },
            condition: options.condition.precondition(),
            sent: Arc::default(),
            is_over: false,
        })
    }

    fn over(&self) -> StorageError {
        let message = "this upload was completed or aborted before: begin another";
        self.target.named(StorageError::new(StorageErrorKind::InvalidInput, message))
    }
}

impl PartsUpload for S3Parts {
    fn put_part(
        &mut self,
        number: PartNumber,
        content: Body,
    ) -> BoxFuture<'static, Result<(), StorageError>> {
        if self.is_over {
            return Box::pin(std::future::ready(Err(self.over())));
        }
        let (target, sent) = (self.target.clone(), Arc::clone(&self.sent));
        Box::pin(async move {
            let part = target.send(number, content).await.map_err(|error| target.named(error))?;
            sent.lock().unwrap_or_else(PoisonError::into_inner).insert(number, part);
            Ok(())
        })
    }

    fn complete(&mut self) -> BoxFuture<'_, Result<Stored, StorageError>> {
        Box::pin(async move {
            if self.is_over {
                return Err(self.over());
            }
            let target = &self.target;
            let parts: Vec<_> = {
                let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.values().cloned().collect()
            };
            if parts.is_empty() {
                let message = "there is no part: an empty object has one, of no bytes";
                let error = StorageError::new(StorageErrorKind::InvalidInput, message);
                return Err(target.named(error));
            }
            let whole = parts_etag(parts.iter().map(|part| &part.etag));
            let (bucket, key) = (target.bucket.clone(), target.key.clone());
            let complete = CompleteMultipartUpload::new(bucket, key, &target.upload_id, parts);
            let complete = match self.condition.clone() {
                Some(condition) => complete.condition(condition),
                None => complete,
            };
            let etag = match target.client.send(complete).await {
                Ok(completed) => completed.etag,
                // Ceph 16 answers without a tag, and any reply can get lost
                Err(error) if error.may_have_applied() => {
                    let found = target.made_of(whole).await;
                    found.ok_or_else(|| target.named(of_request(error)))?
                }
                Err(error) => return Err(target.named(of_request(error))),
            };
            self.is_over = true;
            Ok(Stored::new(etag, None))
        })
    }

    fn abort(&mut self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move {
            if self.is_over {
                return Ok(());
            }
            let target = &self.target;
            let (bucket, key) = (target.bucket.clone(), target.key.clone());
            let abort = AbortMultipartUpload::new(bucket, key, &target.upload_id);
            let aborted = target.client.send(abort).await;
            aborted.map_err(|error| target.named(of_request(error)))?;
            self.is_over = true;
            Ok(())
        })
    }
}
