//! A change of the store, step by step.

use std::borrow::Cow;

use redb::{ReadableTable as _, Table, WriteTransaction};

use super::Claim;
use super::failure::StoreError;
use super::record::{self, BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord};
use super::sink::{NewBlob, NewBody};
use super::tables::{
    self, BLOBS, BUCKETS, BlobRow, COUNTERS, Counter, GARBAGE, INLINE, OBJECTS, ObjectKey, PARTS,
    PLACE_FILE, PLACE_INLINE, PLACE_SEALED, PartKey, UPLOADS, UploadKey, Visit, is_inline, utf8,
};

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
    /// Comes before the names of buckets. Each change says its own.
    namespace: &'static str,
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
    /// How many rows of `garbage` went.
    pub(super) forgotten: usize,
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
            namespace: "",
            outcome: Outcome::default(),
        })
    }

    /// Says in which namespace buckets are meant from here on.
    pub(crate) fn enter(&mut self, namespace: &'static str) {
        self.namespace = namespace;
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

    /// Where a bucket of this name was made first: `asked`, unless there was one before.
    pub(crate) fn first_place(&mut self, name: &str, asked: u64) -> Result<u64, StoreError> {
        let row = format!("place {}{name}", self.namespace);
        if let Some(first) = self.counters.get(row.as_str())?.map(|place| place.value()) {
            return Ok(first);
        }
        self.counters.insert(row.as_str(), asked)?;
        Ok(asked)
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<Option<BucketRecord>, StoreError> {
        tables::bucket(&self.buckets, self.namespace, name)
    }

    pub(crate) fn put_bucket(&mut self, name: &str, row: &BucketRecord) -> Result<(), StoreError> {
        let name = self.bucket_row(name)?;
        self.buckets.insert(&*name, record::encode(row)?.as_slice())?;
        self.outcome.changes += 1;
        Ok(())
    }

    pub(crate) fn remove_bucket(&mut self, name: &str) -> Result<(), StoreError> {
        let name = self.bucket_row(name)?;
        self.buckets.remove(&*name)?;
        self.outcome.changes += 1;
        Ok(())
    }

    fn bucket_row<'n>(&self, name: &'n str) -> Result<Cow<'n, str>, StoreError> {
        let row = tables::bucket_row(self.namespace, name);
        row.ok_or_else(|| StoreError::corrupt(format!("`{name}` cannot be a bucket")))
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
        tables::object(&self.objects, bucket, key)
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
        tables::upload(&self.uploads, bucket, key, number)
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
        let (length, stored) = (body.length, body.stored_length());
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
        let seal = if body.is_sealed { PLACE_SEALED } else { 0 };
        self.blobs.insert(id, (stored, 1, place | seal))?;
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
        if is_inline(place) {
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
        self.outcome.forgotten = ids.len();
        Ok(())
    }
}
