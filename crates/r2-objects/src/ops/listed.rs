//! Entries of a listing.

use crate::error::Error;
use crate::names::{ETag, ObjectKey};
use crate::reply::Reply;
use crate::values::{LastModified, StorageClass};

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedObject {
    /// The key, in the spelling last written.
    pub key: ObjectKey,
    /// Size in bytes.
    pub size: u64,
    /// The tag, if the server lists it.
    pub etag: Option<ETag>,
    /// When it was written.
    pub last_modified: LastModified,
    /// The storage class, if the server lists it.
    pub storage_class: Option<StorageClass>,
}

/// One entry of a listing with a delimiter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "S3 lists objects and groups of them")]
pub enum ListedEntry {
    /// An object.
    Object(ListedObject),
    /// What the delimiter groups: the common beginning of keys, delimiter included.
    Prefix(String),
}

impl ListedEntry {
    /// The object, if it is one.
    #[must_use]
    pub fn object(self) -> Option<ListedObject> {
        match self {
            Self::Object(object) => Some(object),
            Self::Prefix(_) => None,
        }
    }
}

/// Entries of a page, names already plain.
pub(super) fn objects(
    reply: &Reply,
    contents: Vec<r2_xml::Object>,
) -> Result<Vec<ListedObject>, Error> {
    let read = |object: r2_xml::Object| {
        let key = ObjectKey::new(&object.key).map_err(|error| {
            reply.unexpected("the listing holds a key that is none").with_source(error)
        })?;
        Ok(ListedObject {
            key,
            size: object.size,
            etag: object.etag.and_then(|etag| ETag::parse(&etag).ok()),
            last_modified: object.last_modified.into(),
            storage_class: object.storage_class.as_deref().map(StorageClass::from),
        })
    };
    contents.into_iter().map(read).collect()
}
