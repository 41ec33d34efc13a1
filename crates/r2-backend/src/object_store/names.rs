//! Keys and paths, tags, ranges and times, as the two crates say them.

use std::time::SystemTime;

use ::object_store::path::{self, Path};
use ::object_store::{Error, GetRange, ObjectMeta};
use r2_objects::{ByteRange, ETag, ETagMatch, LastModified, ObjectKey};

use super::error::generic;
use crate::storage::ListedObject;

pub(super) fn key(location: &Path) -> Result<ObjectKey, Error> {
    ObjectKey::new(location.as_ref()).map_err(generic)
}

/// Below this path, as a prefix of keys.
pub(super) fn prefix(path: Option<&Path>) -> String {
    match path {
        Some(path) if !path.as_ref().is_empty() => format!("{path}{}", path::DELIMITER),
        _ => String::new(),
    }
}

/// The path that leads to this key and no other.
pub(super) fn path(key: &str) -> Result<Path, Error> {
    let path = Path::parse(key)?;
    if path.as_ref() == key {
        return Ok(path);
    }
    // slashes at the ends are dropped in silence, so that it would name another object
    Err(path::Error::EmptySegment { path: key.to_owned() }.into())
}

/// The tags of a condition, as they stand in its header.
pub(super) fn tags(text: &str) -> Result<ETagMatch, Error> {
    if text.trim() == "*" {
        return Ok(ETagMatch::Any);
    }
    let tags: Result<_, _> = text.split(',').map(ETag::parse).collect();
    tags.map(ETagMatch::Tags).map_err(generic)
}

pub(super) fn range(range: &GetRange) -> Result<ByteRange, Error> {
    match range {
        GetRange::Bounded(range) => ByteRange::new(range.clone()).map_err(generic),
        GetRange::Offset(offset) => Ok(ByteRange::from_offset(*offset)),
        GetRange::Suffix(length) => ByteRange::suffix(*length).map_err(generic),
    }
}

pub(super) fn meta(
    location: Path,
    size: u64,
    etag: Option<&ETag>,
    modified: Option<LastModified>,
) -> ObjectMeta {
    // a server that does not say when leaves the beginning of time: older than anything
    let moment = modified.map_or(SystemTime::UNIX_EPOCH, |moment| moment.time());
    let e_tag = etag.map(ETag::to_string);
    ObjectMeta { location, last_modified: moment.into(), size, e_tag, version: None }
}

/// `None` for a key that ends in a slash: consoles make such objects to show folders, and no path
/// can name them.
pub(super) fn listed(object: &ListedObject) -> Option<Result<ObjectMeta, Error>> {
    let key = object.key.as_str();
    if key.ends_with(path::DELIMITER) {
        return None;
    }
    let meta = |location| meta(location, object.size, object.etag.as_ref(), object.modified);
    Some(path(key).map(meta))
}
