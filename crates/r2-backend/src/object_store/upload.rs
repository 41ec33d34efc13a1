//! Uploads in parts.

use std::fmt;

use ::object_store::{Error, MultipartUpload, PutPayload, PutResult, UploadPart};
use futures_util::stream;
use r2_multipart::PartNumber;
use r2_transport::{Body, BoxFuture};

use super::error::{generic, to_theirs};
use crate::storage::{PartsUpload, Stored};

/// Numbers parts in the order in which they are asked for.
pub(super) struct Upload {
    upload: Box<dyn PartsUpload>,
    next: u32,
}

impl Upload {
    pub(super) fn new(upload: Box<dyn PartsUpload>) -> Self {
        Self { upload, next: 1 }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("upload", &self.upload).field("next", &self.next).finish()
    }
}

impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let Some(number) = PartNumber::new(self.next) else {
            let message = "an object has at most 10,000 parts: make them larger";
            return Box::pin(std::future::ready(Err(generic(message))));
        };
        self.next = self.next.saturating_add(1);
        let part = self.upload.put_part(number, body(data));
        Box::pin(async move { part.await.map_err(to_theirs) })
    }

    fn complete<'a, 'f>(&'a mut self) -> BoxFuture<'f, Result<PutResult, Error>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let done = self.upload.complete().await.map_err(to_theirs)?;
            Ok(stored(&done))
        })
    }

    fn abort<'a, 'f>(&'a mut self) -> BoxFuture<'f, Result<(), Error>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.upload.abort().await.map_err(to_theirs) })
    }
}

/// A content that can be sent again.
pub(super) fn body(payload: PutPayload) -> Body {
    let length = u64::try_from(payload.content_length()).ok();
    Body::restartable(move || {
        let chunks = payload.clone().into_iter().map(Ok::<_, std::io::Error>);
        Body::one_shot(stream::iter(chunks), length)
    })
}

pub(super) fn stored(stored: &Stored) -> PutResult {
    let e_tag = Some(stored.etag.to_string());
    PutResult { e_tag, version: None, extensions: Default::default() }
}
