//! The tables of the index and the typed steps on them, for a snapshot and for a transaction.
//!
//! `docs/local-store-format.md` describes these tables; a change here is a change of the format.

use bytes::Bytes;
use redb::{
    Database, ReadTransaction, ReadableDatabase as _, ReadableTable, Table, TableDefinition,
    WriteTransaction,
};

use super::failure::StoreError;
use super::record::{self, BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord};
use super::sink::{NewBlob, NewBody};
use super::{Blobs, Claim};

type BytesTable<K> = TableDefinition<'static, K, &'static [u8]>;
/// Bucket id and NFC key.
type ObjectKey = (u32, &'static [u8]);
/// Bucket id, NFC key, upload number.
type UploadKey = (u32, &'static [u8], u64);
/// Upload number and part number.
type PartKey = (u64, u16);
/// Length, references, and where the bytes are.
type BlobRow = (u64, u32, u8);

const COUNTERS: TableDefinition<'static, &'static str, u64> = TableDefinition::new("counters");
const BUCKETS: BytesTable<&'static str> = TableDefinition::new("buckets");
const OBJECTS: BytesTable<ObjectKey> = TableDefinition::new("objects");
const UPLOADS: BytesTable<UploadKey> = TableDefinition::new("uploads");
const PARTS: BytesTable<PartKey> = TableDefinition::new("parts");
const BLOBS: TableDefinition<'static, u64, BlobRow> = TableDefinition::new("blobs");
const INLINE: BytesTable<u64> = TableDefinition::new("inline");
const GARBAGE: TableDefinition<'static, u64, ()> = TableDefinition::new("garbage");

/// The bytes are in `inline`.
const PLACE_INLINE: u8 = 0;
/// The bytes are in a file, or in memory.
const PLACE_FILE: u8 = 1;

/// A counter whose values are never used twice.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    Bucket,
    Upload,
    /// Chosen when the store is made; part of every upload id.
    Secret,
}

impl Counter {
    fn name(self) -> &'static str {
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

const TABLES: usize = 8;

/// Where the bytes of one segment are.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Here.
    Bytes(Bytes),
    /// In a file: blob, first byte, length.
    File(Segment),
}

/// One state of the store, read without locks.
pub(crate) struct Snapshot<'s> {
    reading: &'s ReadTransaction,
    blobs: &'s Blobs,
}

impl<'s> Snapshot<'s> {
    pub(super) fn new(reading: &'s ReadTransaction, blobs: &'s Blobs) -> Snapshot<'s> {
        Snapshot { reading, blobs }
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<Option<BucketRecord>, StoreError> {
        bucket(&self.reading.open_table(BUCKETS)?, name)
    }

    pub(crate) fn object(
        &self,
        bucket: u32,
        key: &str,
    ) -> Result<Option<ObjectRecord>, StoreError> {
        object(&self.reading.open_table(OBJECTS)?, bucket, key)
    }

    pub(crate) fn upload(
        &self,
        bucket: u32,
        key: &str,
        number: u64,
    ) -> Result<Option<UploadRecord>, StoreError> {
        upload(&self.reading.open_table(UPLOADS)?, bucket, key, number)
    }

    /// Buckets after `after`, in order, until `visit` says stop.
    pub(crate) fn buckets(
        &self,
        from: &str,
        mut visit: impl FnMut(&str, BucketRecord) -> Visit,
    ) -> Result<(), StoreError> {
        let table = self.reading.open_table(BUCKETS)?;
        for row in table.range::<&str>(from..)? {
            let (name, value) = row?;
            if visit(name.value(), record::decode(value.value())?) == Visit::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Rows of objects from `from` on, raw, until `visit` says otherwise.
    ///
    /// A listing that skips a group of keys names the key to go on from, so it costs one descent
    /// of the tree for each group and not one step for each key in it.
    pub(crate) fn objects(
        &self,
        bucket: u32,
        from: &[u8],
        mut visit: impl FnMut(&str, &[u8]) -> Result<Step, StoreError>,
    ) -> Result<(), StoreError> {
        let table = self.reading.open_table(OBJECTS)?;
        let mut from = from.to_vec();
        loop {
            let mut seek = None;
            for row in table.range::<(u32, &[u8])>((bucket, from.as_slice())..)? {
                let (key, value) = row?;
                let (owner, key) = key.value();
                if owner != bucket {
                    break;
                }
                match visit(utf8(key)?, value.value())? {
                    Step::Next => {}
                    Step::Stop => break,
                    Step::Seek(to) => {
                        seek = Some(to);
                        break;
                    }
                }
            }
            match seek {
                Some(to) => from = to,
                None => return Ok(()),
            }
        }
    }

    /// Uploads of a bucket in order of key, then of age.
    pub(crate) fn uploads(
        &self,
        bucket: u32,
        from: &[u8],
        mut visit: impl FnMut(&str, u64, UploadRecord) -> Visit,
    ) -> Result<(), StoreError> {
        let table = self.reading.open_table(UPLOADS)?;
        for row in table.range::<(u32, &[u8], u64)>((bucket, from, 0)..)? {
            let (key, value) = row?;
            let (owner, key, number) = key.value();
            if owner != bucket {
                break;
            }
            if visit(utf8(key)?, number, record::decode(value.value())?) == Visit::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Parts of an upload with numbers above `after`.
    pub(crate) fn parts(
        &self,
        upload: u64,
        after: u16,
        mut visit: impl FnMut(u16, PartRecord) -> Visit,
    ) -> Result<(), StoreError> {
        let table = self.reading.open_table(PARTS)?;
        let Some(first) = after.checked_add(1) else { return Ok(()) };
        for row in table.range((upload, first)..=(upload, u16::MAX))? {
            let (key, value) = row?;
            if visit(key.value().1, record::decode(value.value())?) == Visit::Stop {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn counter(&self, counter: Counter) -> Result<u64, StoreError> {
        let table = self.reading.open_table(COUNTERS)?;
        Ok(table.get(counter.name())?.map_or(0, |value| value.value()))
    }

    /// Finds the bytes of segments: small ones and those in memory at once, files by name.
    pub(super) fn sources(&self, segments: &[Segment]) -> Result<Vec<Source>, StoreError> {
        let (rows, inline) = (self.reading.open_table(BLOBS)?, self.reading.open_table(INLINE)?);
        let mut sources = Vec::with_capacity(segments.len());
        for segment in segments {
            let missing = || StoreError::corrupt(format!("blob {:x} is missing", segment.blob));
            let (length, _, place) = rows.get(segment.blob)?.ok_or_else(missing)?.value();
            let end = segment.start.checked_add(segment.length);
            if end.is_none_or(|end| end > length) {
                return Err(StoreError::corrupt(format!("blob {:x} is short", segment.blob)));
            }
            if place == PLACE_INLINE {
                let bytes = inline.get(segment.blob)?.ok_or_else(missing)?;
                let bytes = slice(bytes.value(), segment).ok_or_else(missing)?;
                sources.push(Source::Bytes(Bytes::copy_from_slice(bytes)));
            } else if self.blobs.is_memory() {
                let chunks = self.blobs.chunks(segment.blob).ok_or_else(missing)?;
                push_chunks(&mut sources, &chunks, segment);
            } else {
                sources.push(Source::File(*segment));
            }
        }
        Ok(sources)
    }

    /// The rows a start looks at: the highest blob id, and files that are no longer needed.
    pub(super) fn blob_state(&self) -> Result<(u64, Vec<u64>), StoreError> {
        let highest = self.reading.open_table(BLOBS)?.last()?.map_or(0, |(id, _)| id.value());
        let mut garbage = Vec::new();
        for row in self.reading.open_table(GARBAGE)?.iter()? {
            garbage.push(row?.0.value());
        }
        Ok((highest.max(garbage.last().copied().unwrap_or(0)), garbage))
    }

    pub(super) fn has_blob(&self, id: u64) -> Result<bool, StoreError> {
        Ok(self.reading.open_table(BLOBS)?.get(id)?.is_some())
    }
}

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

fn utf8(key: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(key).map_err(|_| StoreError::corrupt("a key is not UTF-8"))
}

fn slice<'b>(bytes: &'b [u8], segment: &Segment) -> Option<&'b [u8]> {
    let start = usize::try_from(segment.start).ok()?;
    let length = usize::try_from(segment.length).ok()?;
    bytes.get(start..start.checked_add(length)?)
}

fn push_chunks(sources: &mut Vec<Source>, chunks: &[Bytes], segment: &Segment) {
    let (mut skip, mut left) = (segment.start, segment.length);
    for chunk in chunks {
        let length = chunk.len() as u64;
        if skip >= length {
            skip -= length;
            continue;
        }
        let take = left.min(length - skip);
        let (from, to) = (index(skip), index(skip + take));
        if take > 0 {
            sources.push(Source::Bytes(chunk.slice(from..to)));
        }
        (skip, left) = (0, left - take);
    }
}

/// An offset inside a chunk, which is shorter than the address space.
fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn bucket(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    name: &str,
) -> Result<Option<BucketRecord>, StoreError> {
    table.get(name)?.map(|row| record::decode(row.value())).transpose()
}

fn object(
    table: &impl ReadableTable<ObjectKey, &'static [u8]>,
    bucket: u32,
    key: &str,
) -> Result<Option<ObjectRecord>, StoreError> {
    table.get((bucket, key.as_bytes()))?.map(|row| record::decode(row.value())).transpose()
}

fn upload(
    table: &impl ReadableTable<UploadKey, &'static [u8]>,
    bucket: u32,
    key: &str,
    number: u64,
) -> Result<Option<UploadRecord>, StoreError> {
    table.get((bucket, key.as_bytes(), number))?.map(|row| record::decode(row.value())).transpose()
}

/// A change of the store: everything done through it becomes visible at once, or not at all.
pub(crate) struct Txn<'t> {
    counters: Table<'t, &'static str, u64>,
    buckets: Table<'t, &'static str, &'static [u8]>,
    objects: Table<'t, ObjectKey, &'static [u8]>,
    uploads: Table<'t, UploadKey, &'static [u8]>,
    parts: Table<'t, PartKey, &'static [u8]>,
    blobs: Table<'t, u64, BlobRow>,
    inline: Table<'t, u64, &'static [u8]>,
    garbage: Table<'t, u64, ()>,
    outcome: Outcome,
}

/// What a transaction did besides rows.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// How many rows were written or removed; none: nothing to commit.
    pub(super) changes: u64,
    /// New blobs, to be settled when the commit is done.
    pub(super) claims: Vec<Claim>,
    /// Blobs that lost their last reference.
    pub(super) dead: Vec<u64>,
}

impl<'t> Txn<'t> {
    pub(super) fn open(writing: &'t WriteTransaction) -> Result<Txn<'t>, StoreError> {
        Ok(Txn {
            counters: writing.open_table(COUNTERS)?,
            buckets: writing.open_table(BUCKETS)?,
            objects: writing.open_table(OBJECTS)?,
            uploads: writing.open_table(UPLOADS)?,
            parts: writing.open_table(PARTS)?,
            blobs: writing.open_table(BLOBS)?,
            inline: writing.open_table(INLINE)?,
            garbage: writing.open_table(GARBAGE)?,
            outcome: Outcome::default(),
        })
    }

    pub(super) fn changes(&self) -> u64 {
        self.outcome.changes
    }

    pub(super) fn into_outcome(self) -> Outcome {
        self.outcome
    }

    /// The next value, starting with 1.
    pub(crate) fn next(&mut self, counter: Counter) -> Result<u64, StoreError> {
        let current = self.counters.get(counter.name())?.map_or(0, |value| value.value());
        let next = current.checked_add(1).ok_or_else(|| StoreError::corrupt("counter overflow"))?;
        self.set(counter, next)?;
        Ok(next)
    }

    pub(crate) fn counter(&self, counter: Counter) -> Result<u64, StoreError> {
        Ok(self.counters.get(counter.name())?.map_or(0, |value| value.value()))
    }

    pub(crate) fn set(&mut self, counter: Counter, value: u64) -> Result<(), StoreError> {
        self.counters.insert(counter.name(), value)?;
        self.outcome.changes += 1;
        Ok(())
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<Option<BucketRecord>, StoreError> {
        bucket(&self.buckets, name)
    }

    pub(crate) fn put_bucket(&mut self, name: &str, row: &BucketRecord) -> Result<(), StoreError> {
        self.buckets.insert(name, record::encode(row)?.as_slice())?;
        self.outcome.changes += 1;
        Ok(())
    }

    pub(crate) fn remove_bucket(&mut self, name: &str) -> Result<(), StoreError> {
        self.buckets.remove(name)?;
        self.outcome.changes += 1;
        Ok(())
    }

    /// Visits objects until `visit` says stop; used to find out whether a bucket is empty.
    pub(crate) fn objects(
        &self,
        bucket: u32,
        mut visit: impl FnMut(&str, ObjectRecord) -> Visit,
    ) -> Result<(), StoreError> {
        for row in self.objects.range::<(u32, &[u8])>((bucket, [].as_slice())..)? {
            let (key, value) = row?;
            let (owner, key) = key.value();
            if owner != bucket || visit(utf8(key)?, record::decode(value.value())?) == Visit::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Keys and numbers of the bucket's uploads.
    pub(crate) fn uploads(&self, bucket: u32) -> Result<Vec<(String, u64)>, StoreError> {
        let mut found = Vec::new();
        for row in self.uploads.range::<(u32, &[u8], u64)>((bucket, [].as_slice(), 0)..)? {
            let (owner, key, number) = {
                let (key, _) = row?;
                let (owner, key, number) = key.value();
                (owner, utf8(key)?.to_owned(), number)
            };
            if owner != bucket {
                break;
            }
            found.push((key, number));
        }
        Ok(found)
    }

    pub(crate) fn object(
        &self,
        bucket: u32,
        key: &str,
    ) -> Result<Option<ObjectRecord>, StoreError> {
        object(&self.objects, bucket, key)
    }

    /// Stores a row whose segments are already counted for it, and lets go of the one it replaces.
    pub(crate) fn put_object(
        &mut self,
        bucket: u32,
        key: &str,
        row: &ObjectRecord,
    ) -> Result<(), StoreError> {
        let old = self.object(bucket, key)?;
        self.objects.insert((bucket, key.as_bytes()), record::encode(row)?.as_slice())?;
        self.outcome.changes += 1;
        old.map_or(Ok(()), |old| self.release(&old.segments))
    }

    pub(crate) fn remove_object(&mut self, bucket: u32, key: &str) -> Result<bool, StoreError> {
        let Some(old) = self.object(bucket, key)? else { return Ok(false) };
        self.objects.remove((bucket, key.as_bytes()))?;
        self.outcome.changes += 1;
        self.release(&old.segments)?;
        Ok(true)
    }

    pub(crate) fn upload(
        &self,
        bucket: u32,
        key: &str,
        number: u64,
    ) -> Result<Option<UploadRecord>, StoreError> {
        upload(&self.uploads, bucket, key, number)
    }

    pub(crate) fn put_upload(
        &mut self,
        bucket: u32,
        key: &str,
        number: u64,
        row: &UploadRecord,
    ) -> Result<(), StoreError> {
        let row = record::encode(row)?;
        self.uploads.insert((bucket, key.as_bytes(), number), row.as_slice())?;
        self.outcome.changes += 1;
        Ok(())
    }

    /// Removes an upload with all its parts.
    pub(crate) fn remove_upload(
        &mut self,
        bucket: u32,
        key: &str,
        number: u64,
    ) -> Result<(), StoreError> {
        self.uploads.remove((bucket, key.as_bytes(), number))?;
        self.outcome.changes += 1;
        for (part, _) in self.parts(number)? {
            self.remove_part(number, part)?;
        }
        Ok(())
    }

    /// Every part of an upload, in order.
    pub(crate) fn parts(&self, upload: u64) -> Result<Vec<(u16, PartRecord)>, StoreError> {
        let mut parts = Vec::new();
        for row in self.parts.range((upload, 0)..=(upload, u16::MAX))? {
            let (key, value) = row?;
            parts.push((key.value().1, record::decode(value.value())?));
        }
        Ok(parts)
    }

    pub(crate) fn put_part(
        &mut self,
        upload: u64,
        part: u16,
        row: &PartRecord,
    ) -> Result<(), StoreError> {
        self.remove_part(upload, part)?;
        self.parts.insert((upload, part), record::encode(row)?.as_slice())?;
        self.outcome.changes += 1;
        Ok(())
    }

    pub(crate) fn remove_part(&mut self, upload: u64, part: u16) -> Result<(), StoreError> {
        let old = self.parts.remove((upload, part))?.map(|row| record::decode(row.value()));
        let Some(old) = old else { return Ok(()) };
        let old: PartRecord = old?;
        self.outcome.changes += 1;
        self.release(&old.segments)
    }

    /// Takes a new body into the store, with one reference to it.
    pub(crate) fn adopt(&mut self, body: NewBody) -> Result<Vec<Segment>, StoreError> {
        let length = body.length;
        let (id, place) = match body.blob {
            NewBlob::Empty => return Ok(Vec::new()),
            NewBlob::Inline { id, bytes } => {
                self.inline.insert(id, &*bytes)?;
                (id, PLACE_INLINE)
            }
            NewBlob::Stored(claim) => {
                let id = claim.id();
                self.outcome.claims.push(claim);
                (id, PLACE_FILE)
            }
        };
        self.blobs.insert(id, (length, 1, place))?;
        self.outcome.changes += 1;
        Ok(vec![Segment { blob: id, start: 0, length }])
    }

    /// Adds a reference for each segment.
    pub(crate) fn retain(&mut self, segments: &[Segment]) -> Result<(), StoreError> {
        for segment in segments {
            self.count(segment.blob, 1)?;
        }
        Ok(())
    }

    /// Takes a reference away for each segment.
    pub(crate) fn release(&mut self, segments: &[Segment]) -> Result<(), StoreError> {
        for segment in segments {
            self.count(segment.blob, -1)?;
        }
        Ok(())
    }

    fn count(&mut self, id: u64, by: i32) -> Result<(), StoreError> {
        let damaged = || StoreError::corrupt(format!("references of blob {id:x}"));
        let (length, references, place) = self.blobs.get(id)?.ok_or_else(damaged)?.value();
        let references = references.checked_add_signed(by).ok_or_else(damaged)?;
        self.outcome.changes += 1;
        if references > 0 {
            self.blobs.insert(id, (length, references, place))?;
            return Ok(());
        }
        self.blobs.remove(id)?;
        if place == PLACE_INLINE {
            self.inline.remove(id)?;
        } else {
            self.garbage.insert(id, ())?;
            self.outcome.dead.push(id);
        }
        Ok(())
    }

    /// Forgets garbage whose files are gone. Not a change by itself: it travels with others.
    pub(super) fn forget_garbage(&mut self, ids: &[u64]) -> Result<(), StoreError> {
        for id in ids {
            self.garbage.remove(id)?;
        }
        Ok(())
    }
}

/// Copies every row into an empty database.
pub(super) fn copy_all(from: &Database, to: &Database) -> Result<(), StoreError> {
    let reading = from.begin_read()?;
    let writing = to.begin_write()?;
    {
        let mut txn = Txn::open(&writing)?;
        copy(&reading.open_table(COUNTERS)?, &mut txn.counters)?;
        copy(&reading.open_table(BUCKETS)?, &mut txn.buckets)?;
        copy(&reading.open_table(OBJECTS)?, &mut txn.objects)?;
        copy(&reading.open_table(UPLOADS)?, &mut txn.uploads)?;
        copy(&reading.open_table(PARTS)?, &mut txn.parts)?;
        copy(&reading.open_table(BLOBS)?, &mut txn.blobs)?;
        copy(&reading.open_table(INLINE)?, &mut txn.inline)?;
        copy(&reading.open_table(GARBAGE)?, &mut txn.garbage)?;
    }
    writing.commit()?;
    Ok(())
}

fn copy<K: redb::Key, V: redb::Value>(
    from: &impl ReadableTable<K, V>,
    to: &mut Table<'_, K, V>,
) -> Result<(), StoreError> {
    for row in from.iter()? {
        let (key, value) = row?;
        to.insert(key.value(), value.value())?;
    }
    Ok(())
}
