//! One state of the store, read without locks.

use bytes::Bytes;
use redb::{ReadTransaction, ReadableTable as _};

use super::Blobs;
use super::failure::StoreError;
use super::record::{self, BucketRecord, ObjectRecord, PartRecord, Segment, UploadRecord};
use super::sealed::{Held, Sealed};
use super::tables::{
    self, BLOBS, BUCKETS, COUNTERS, Counter, GARBAGE, INLINE, OBJECTS, PARTS, PLACE_SEALED, Step,
    UPLOADS, Visit, is_inline, utf8,
};

/// Where the bytes of one segment are.
#[derive(Debug)]
pub(crate) enum Source {
    /// Here.
    Bytes(Bytes),
    /// In a file: blob, first byte, length.
    File(Segment),
    /// Under a customer's key, wherever.
    Sealed(Sealed),
}

#[cfg(test)]
std::thread_local! {
    /// Rows of objects that listings looked at, in memory: there they run on the test's thread.
    pub(super) static VISITED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// One state of the store, read without locks.
pub(crate) struct Snapshot<'s> {
    reading: &'s ReadTransaction,
    blobs: &'s Blobs,
    /// Comes before the names of buckets.
    namespace: &'static str,
}

impl<'s> Snapshot<'s> {
    pub(super) fn new(reading: &'s ReadTransaction, blobs: &'s Blobs) -> Snapshot<'s> {
        Snapshot { reading, blobs, namespace: "" }
    }

    /// The same state with the buckets of a namespace.
    pub(crate) fn within(&self, namespace: &'static str) -> Snapshot<'s> {
        Snapshot { namespace, ..*self }
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<Option<BucketRecord>, StoreError> {
        tables::bucket(&self.reading.open_table(BUCKETS)?, self.namespace, name)
    }

    pub(crate) fn object(
        &self,
        bucket: u32,
        key: &str,
    ) -> Result<Option<ObjectRecord>, StoreError> {
        tables::object(&self.reading.open_table(OBJECTS)?, bucket, key)
    }

    pub(crate) fn upload(
        &self,
        bucket: u32,
        key: &str,
        number: u64,
    ) -> Result<Option<UploadRecord>, StoreError> {
        tables::upload(&self.reading.open_table(UPLOADS)?, bucket, key, number)
    }

    /// Buckets after `after`, in order, until `visit` says stop.
    pub(crate) fn buckets(
        &self,
        from: &str,
        mut visit: impl FnMut(&str, BucketRecord) -> Visit,
    ) -> Result<(), StoreError> {
        let table = self.reading.open_table(BUCKETS)?;
        let from = format!("{}{from}", self.namespace);
        for row in table.range::<&str>(from.as_str()..)? {
            let (name, value) = row?;
            // Behind the names come those of other namespaces.
            let Some(name) = name.value().strip_prefix(self.namespace) else { break };
            if name.starts_with('~') {
                break;
            }
            if visit(name, record::decode(value.value())?) == Visit::Stop {
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
                #[cfg(test)]
                VISITED.set(VISITED.get() + 1);
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
            if place & PLACE_SEALED != 0 {
                let held = if is_inline(place) {
                    let bytes = inline.get(segment.blob)?.ok_or_else(missing)?;
                    Held::Bytes(vec![Bytes::copy_from_slice(bytes.value())])
                } else if self.blobs.is_memory() {
                    Held::Bytes(self.blobs.chunks(segment.blob).ok_or_else(missing)?.to_vec())
                } else {
                    Held::File(None)
                };
                sources.push(Source::Sealed(Sealed::new(*segment, length, held)?));
                continue;
            }
            let end = segment.start.checked_add(segment.length);
            if end.is_none_or(|end| end > length) {
                return Err(StoreError::corrupt(format!("blob {:x} is short", segment.blob)));
            }
            if is_inline(place) {
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
