//! Whether a store is whole: every row leads somewhere, every count is right, every file is needed.

use std::collections::{BTreeMap, HashMap, HashSet};

use redb::{ReadableDatabase as _, ReadableTable as _};

use super::failure::{Halt, StoreError};
use super::record::{self, BucketRecord, ObjectRecord, PartRecord, Segment};
use super::seal::plain_length;
use super::shared::Inner;
use super::tables::{
    BLOBS, BUCKETS, GARBAGE, INLINE, OBJECTS, PARTS, PLACE_FILE, PLACE_SEALED, UPLOADS, is_inline,
};
use super::{Blobs, Store};

/// Problems that are told; a store that is broken throughout must not fill the memory with them.
const PROBLEMS_MAX: usize = 100;

/// What a look at a whole store found: how much there is, and what is wrong with it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = r2_sim::Emulator::memory();
/// let report = r2.check().await?;
/// assert_eq!((report.objects, report.bytes), (0, 0));
/// assert!(report.problems.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoreReport {
    /// Buckets that exist.
    pub buckets: u64,
    /// Objects that exist.
    pub objects: u64,
    /// Multipart uploads that are neither completed nor aborted.
    pub uploads: u64,
    /// Parts of those.
    pub parts: u64,
    /// Bytes that are kept for objects and parts; what a copy shares counts once.
    pub bytes: u64,
    /// What contradicts itself, a sentence each, at most a hundred. None in a store that is whole.
    pub problems: Vec<String>,
}

impl Store {
    /// Looks at every row and every file's length, while nothing is written. Needs some 50 bytes
    /// of memory for each body.
    pub(crate) async fn check(&self) -> Result<StoreReport, StoreError> {
        let looked = self.blocking(|inner| Ok(look(inner)?)).await;
        looked.map_err(|halt: Halt<StoreError>| match halt {
            Halt::Failed(error) | Halt::Refused(error) => error,
        })
    }
}

fn look(store: &Inner) -> Result<StoreReport, StoreError> {
    let database = store.database()?;
    // Held, not used: nothing is committed before it goes.
    let writing = database.begin_write()?;
    let mut look = Look::default();
    let reading = database.begin_read()?;
    let buckets = look.buckets(&reading.open_table(BUCKETS)?)?;
    look.objects(&reading.open_table(OBJECTS)?, &buckets)?;
    let uploads = look.uploads(&reading.open_table(UPLOADS)?, &buckets)?;
    look.parts(&reading.open_table(PARTS)?, &uploads)?;
    let files = look.blobs(&reading.open_table(BLOBS)?, &reading.open_table(INLINE)?)?;
    let mut garbage = HashSet::new();
    for row in reading.open_table(GARBAGE)?.iter()? {
        garbage.insert(row?.0.value());
    }
    look.files(&store.blobs, &files, &garbage)?;
    writing.abort()?;
    Ok(look.report)
}

#[derive(Default)]
struct Look {
    report: StoreReport,
    /// How often each blob is named, and the last byte that is needed of it.
    needed: HashMap<u64, (u32, u64)>,
}

impl Look {
    fn problem(&mut self, what: impl FnOnce() -> String) {
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(what());
        }
    }

    fn need(&mut self, segments: &[Segment], size: u64, whose: impl Fn() -> String) {
        for segment in segments {
            let (count, end) = self.needed.entry(segment.blob).or_default();
            *count += 1;
            *end = (*end).max(segment.start.saturating_add(segment.length));
        }
        let length: u64 = segments.iter().map(|segment| segment.length).sum();
        if length != size {
            self.problem(|| format!("{} has {length} bytes instead of {size}", whose()));
        }
    }

    fn buckets(
        &mut self,
        rows: &impl redb::ReadableTable<&'static str, &'static [u8]>,
    ) -> Result<HashSet<u32>, StoreError> {
        let mut ids = HashSet::new();
        for row in rows.iter()? {
            let (name, value) = row?;
            let bucket: BucketRecord = record::decode(value.value())?;
            self.report.buckets += 1;
            if !ids.insert(bucket.id) {
                self.problem(|| format!("the number of bucket {} is taken", name.value()));
            }
        }
        Ok(ids)
    }

    fn objects(
        &mut self,
        rows: &impl redb::ReadableTable<(u32, &'static [u8]), &'static [u8]>,
        buckets: &HashSet<u32>,
    ) -> Result<(), StoreError> {
        for row in rows.iter()? {
            let (key, value) = row?;
            let (bucket, key) = key.value();
            let object: ObjectRecord = record::decode(value.value())?;
            self.report.objects += 1;
            let name = || format!("object {:?}", String::from_utf8_lossy(key));
            if !buckets.contains(&bucket) {
                self.problem(|| format!("{} is in no bucket", name()));
            }
            self.need(&object.segments, object.size, name);
        }
        Ok(())
    }

    fn uploads(
        &mut self,
        rows: &impl redb::ReadableTable<(u32, &'static [u8], u64), &'static [u8]>,
        buckets: &HashSet<u32>,
    ) -> Result<HashSet<u64>, StoreError> {
        let mut numbers = HashSet::new();
        for row in rows.iter()? {
            let (bucket, _, number) = row?.0.value();
            self.report.uploads += 1;
            if !numbers.insert(number) || !buckets.contains(&bucket) {
                self.problem(|| format!("upload {number} is in no bucket, or in two"));
            }
        }
        Ok(numbers)
    }

    fn parts(
        &mut self,
        rows: &impl redb::ReadableTable<(u64, u16), &'static [u8]>,
        uploads: &HashSet<u64>,
    ) -> Result<(), StoreError> {
        for row in rows.iter()? {
            let (key, value) = row?;
            let (upload, number) = key.value();
            let part: PartRecord = record::decode(value.value())?;
            self.report.parts += 1;
            let name = || format!("part {number} of upload {upload}");
            if !uploads.contains(&upload) {
                self.problem(|| format!("{} is of no upload", name()));
            }
            self.need(&part.segments, part.size, name);
        }
        Ok(())
    }

    /// Compares the rows of bodies with what is needed; gives lengths of those that are files.
    fn blobs(
        &mut self,
        rows: &impl redb::ReadableTable<u64, (u64, u32, u8)>,
        inline: &impl redb::ReadableTable<u64, &'static [u8]>,
    ) -> Result<BTreeMap<u64, u64>, StoreError> {
        let (mut files, mut inlined) = (BTreeMap::new(), 0);
        for row in rows.iter()? {
            let (id, row) = row?;
            let (id, (length, references, place)) = (id.value(), row.value());
            self.report.bytes += length;
            let (count, end) = self.needed.remove(&id).unwrap_or_default();
            if count != references || references == 0 {
                self.problem(|| format!("body {id:x} counts {references} uses, has {count}"));
            }
            let sealed = place & PLACE_SEALED != 0;
            let plain = if sealed { plain_length(length) } else { Some(length) };
            if plain.is_none_or(|plain| end > plain) {
                self.problem(|| format!("body {id:x} has {plain:?} bytes, {end} are needed"));
            }
            if is_inline(place) {
                inlined += 1;
                let bytes = inline.get(id)?.map(|bytes| bytes.value().len() as u64);
                if bytes != Some(length) {
                    self.problem(|| format!("body {id:x} has {bytes:?} bytes, not {length}"));
                }
            } else if place & !PLACE_SEALED == PLACE_FILE {
                files.insert(id, length);
            } else {
                self.problem(|| format!("body {id:x} is at an unknown place"));
            }
        }
        let missing: Vec<u64> = self.needed.keys().copied().collect();
        for id in missing {
            self.problem(|| format!("body {id:x} is needed and unknown"));
        }
        let bytes = inline.iter()?.count();
        if bytes != inlined {
            self.problem(|| format!("{bytes} small bodies are kept, {inlined} are needed"));
        }
        Ok(files)
    }

    fn files(
        &mut self,
        blobs: &Blobs,
        rows: &BTreeMap<u64, u64>,
        garbage: &HashSet<u64>,
    ) -> Result<(), StoreError> {
        for (id, length) in rows {
            if garbage.contains(id) {
                self.problem(|| format!("body {id:x} is needed, and thrown away"));
            }
            let found = blobs.length(*id)?;
            if found != Some(*length) {
                self.problem(|| format!("the file of body {id:x} has {found:?}, not {length}"));
            }
        }
        for id in blobs.placed_ids()? {
            if !rows.contains_key(&id) && !garbage.contains(&id) {
                self.problem(|| format!("the file of body {id:x} is needed by nothing"));
            }
        }
        Ok(())
    }
}
