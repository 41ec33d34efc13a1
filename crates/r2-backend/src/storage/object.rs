//! What a back end tells about an object.

use std::ops::Range;
use std::sync::Arc;

use r2_objects::{ETag, LastModified, ObjectAttributes, ObjectKey};
use r2_transport::Body;

/// What is known of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectMeta {
    /// Its key, as the caller spells it.
    pub key: ObjectKey,
    /// Its size in bytes, as it is stored.
    pub size: u64,
    /// Which version it is: another content has another tag.
    pub etag: ETag,
    /// When it was written, to the second at least; `None` where a server does not say.
    pub modified: Option<LastModified>,
    /// Headers and metadata that were written with it.
    pub attributes: ObjectAttributes,
    /// The [`name`](super::StorageBackend::name) of the back end that answered: behind a layer over
    /// several, the one that had it.
    pub served_by: Arc<str>,
}

impl ObjectMeta {
    /// An object without time and attributes.
    #[must_use]
    pub fn new(key: ObjectKey, size: u64, etag: ETag, served_by: Arc<str>) -> Self {
        let attributes = ObjectAttributes::new();
        Self { key, size, etag, modified: None, attributes, served_by }
    }

    /// Sets when it was written.
    #[must_use]
    pub fn modified(mut self, moment: impl Into<Option<LastModified>>) -> Self {
        self.modified = moment.into();
        self
    }

    /// Sets headers and metadata.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = attributes;
        self
    }
}

/// What a read gives.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// What is known of the whole object.
    pub meta: ObjectMeta,
    /// The bytes of the object that the body holds: all of them, if no range was asked for.
    pub range: Range<u64>,
    /// The content, as it is stored, to be read. Dropping it ends the read.
    pub body: Body,
}

impl Fetched {
    /// An answer. Layers use this to hand on another body.
    #[must_use]
    pub fn new(meta: ObjectMeta, range: Range<u64>, body: Body) -> Self {
        Self { meta, range, body }
    }
}

/// What a write gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// The tag of what is there now.
    pub etag: ETag,
    /// Its size in bytes, where it is known without asking.
    pub size: Option<u64>,
}

impl Stored {
    /// An answer.
    #[must_use]
    pub fn new(etag: ETag, size: impl Into<Option<u64>>) -> Self {
        Self { etag, size: size.into() }
    }
}
