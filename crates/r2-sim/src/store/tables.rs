//! The tables of the index, and what a look and a change have in common.
//!
//! `docs/local-store-format.md` describes these tables; a change here is a change of the format.

use std::borrow::Cow;

use redb::{Database, ReadableDatabase as _, ReadableTable, TableDefinition};

use super::failure::StoreError;
use super::record::{self, BucketRecord, ObjectRecord, UploadRecord};
use super::txn::Txn;

pub(super) type BytesTable<K> = TableDefinition<'static, K, &'static [u8]>;
/// Bucket id and NFC key.
pub(super) type ObjectKey = (u32, &'static [u8]);
/// Bucket id, NFC key, upload number.
pub(super) type UploadKey = (u32, &'static [u8], u64);
/// Upload number and part number.
pub(super) type PartKey = (u64, u16);
/// Length, references, and where the bytes are.
pub(super) type BlobRow = (u64, u32, u8);

pub(super) const COUNTERS: TableDefinition<'static, &'static str, u64> =
    TableDefinition::new("counters");
pub(super) const BUCKETS: BytesTable<&'static str> = TableDefinition::new("buckets");
pub(super) const OBJECTS: BytesTable<ObjectKey> = TableDefinition::new("objects");
pub(super) const UPLOADS: BytesTable<UploadKey> = TableDefinition::new("uploads");
pub(super) const PARTS: BytesTable<PartKey> = TableDefinition::new("parts");
pub(super) const BLOBS: TableDefinition<'static, u64, BlobRow> = TableDefinition::new("blobs");
pub(super) const INLINE: BytesTable<u64> = TableDefinition::new("inline");
pub(super) const GARBAGE: TableDefinition<'static, u64, ()> = TableDefinition::new("garbage");

/// The bytes are in `inline`.
pub(super) const PLACE_INLINE: u8 = 0;
/// The bytes are in a file, or in memory.
pub(super) const PLACE_FILE: u8 = 1;
/// Added to the place of a blob whose bytes are sealed under a customer's key.
pub(super) const PLACE_SEALED: u8 = 2;

/// The place without the mark of sealed bytes.
pub(super) fn is_inline(place: u8) -> bool {
    place & !PLACE_SEALED == PLACE_INLINE
}

/// A counter whose values are never used twice.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    Bucket,
    Upload,
    /// Chosen when the store is made; part of every upload id.
    Secret,
}

impl Counter {
    pub(super) fn name(self) -> &'static str {
        match self {
            Counter::Bucket => "bucket",
            Counter::Upload => "upload",
            Counter::Secret => "secret",
        }
    }
}

/// Makes every table, so that readers need not care which were never written.
///
/// `secret` makes the upload ids of a new store its own; an existing store keeps the one it has.
pub(super) fn create_all(database: &Database, secret: u64) -> Result<(), StoreError> {
    let reading = database.begin_read()?;
    if reading.list_tables()?.count() == TABLES {
        return Ok(());
    }
    drop(reading);
    let mut writing = database.begin_write()?;
    writing.set_quick_repair(true);
    Txn::open(&writing)?.set(Counter::Secret, secret)?;
    writing.commit()?;
    Ok(())
}

pub(super) const TABLES: usize = 8;

/// What a visitor of rows wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Visit {
    Next,
    Stop,
}

/// What a visitor of object rows wants next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    Next,
    Stop,
    /// Go on at the first key that is not below this one.
    Seek(Vec<u8>),
}

pub(super) fn utf8(key: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(key).map_err(|_| StoreError::corrupt("a key is not UTF-8"))
}

/// The row of a bucket of a namespace; `None` for a name that no bucket has.
pub(super) fn bucket_row<'n>(namespace: &str, name: &'n str) -> Option<Cow<'n, str>> {
    // A name with a slash would be one of another namespace.
    match (namespace, name.contains('/')) {
        (_, true) => None,
        ("", false) => Some(Cow::Borrowed(name)),
        (namespace, false) => Some(Cow::Owned(format!("{namespace}{name}"))),
    }
}

pub(super) fn bucket(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    namespace: &str,
    name: &str,
) -> Result<Option<BucketRecord>, StoreError> {
    let Some(name) = bucket_row(namespace, name) else { return Ok(None) };
    table.get(&*name)?.map(|row| record::decode(row.value())).transpose()
}

pub(super) fn object(
    table: &impl ReadableTable<ObjectKey, &'static [u8]>,
    bucket: u32,
    key: &str,
) -> Result<Option<ObjectRecord>, StoreError> {
    table.get((bucket, key.as_bytes()))?.map(|row| record::decode(row.value())).transpose()
}

pub(super) fn upload(
    table: &impl ReadableTable<UploadKey, &'static [u8]>,
    bucket: u32,
    key: &str,
    number: u64,
) -> Result<Option<UploadRecord>, StoreError> {
    table.get((bucket, key.as_bytes(), number))?.map(|row| record::decode(row.value())).transpose()
}
