//! The map of objects, and its size.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use r2_objects::{ETag, LastModified, ObjectAttributes, ObjectKey};

/// An object: replaced as a whole, never changed.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) key: ObjectKey,
    pub(super) content: Bytes,
    pub(super) etag: ETag,
    pub(super) modified: LastModified,
    pub(super) attributes: ObjectAttributes,
}

impl Object {
    pub(super) fn size(&self) -> u64 {
        self.content.len() as u64
    }
}

/// All objects, by key.
#[derive(Debug, Default)]
pub(super) struct Objects {
    by_key: BTreeMap<Box<str>, Arc<Object>>,
    bytes: u64,
}

impl Objects {
    /// The sum of all sizes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Option<&Arc<Object>> {
        self.by_key.get(key.as_str())
    }

    pub(super) fn insert(&mut self, object: Object) {
        self.bytes += object.size();
        let old = self.by_key.insert(object.key.as_str().into(), Arc::new(object));
        self.bytes -= old.map_or(0, |old| old.size());
    }

    pub(super) fn remove(&mut self, key: &ObjectKey) {
        let old = self.by_key.remove(key.as_str());
        self.bytes -= old.map_or(0, |old| old.size());
    }

    /// Objects from this key on, in order.
    pub(super) fn from(&self, lower: &str) -> impl Iterator<Item = &Arc<Object>> {
        let range = (Bound::Included(lower), Bound::Unbounded);
        self.by_key.range::<str, _>(range).map(|(_, object)| object)
    }
}
