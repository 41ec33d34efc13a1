//! One bucket made equal to another.

use futures_util::stream::{self, StreamExt as _};
use r2_objects::{ETag, ObjectKey};

use super::backend::MultiBackend;
use super::bucket::Bucket;
use super::merge::Side;
use crate::limits::{COPIES_AT_ONCE, NAMED_ITEMS};
use crate::storage::{
    Capability, CopyOptions, Entry, ListOptions, ListedObject, PutCondition, StorageError,
    StorageErrorKind, StorageOperation,
};

/// What is done with objects that only the destination has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtraObjects {
    /// They stay.
    #[default]
    Keep,
    /// They are deleted at the end, if the listings were complete and there are at most so many;
    /// else none of them. So many keys are held in memory.
    Delete {
        /// How many may be deleted.
        at_most: usize,
    },
}

/// How one bucket is made equal to another.
///
/// ```
/// use r2_backend::multi::{BucketSync, ExtraObjects};
///
/// let how = BucketSync::new().prefix("2026/").extra(ExtraObjects::Delete { at_most: 100 });
/// assert_eq!(how.prefix, "2026/");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketSync {
    /// Only keys that begin so. Default: all.
    pub prefix: String,
    /// What is done with objects that only the destination has. Default: they stay.
    pub extra: ExtraObjects,
}

impl BucketSync {
    /// All keys, nothing deleted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only keys that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets what is done with objects that only the destination has.
    #[must_use]
    pub fn extra(mut self, extra: ExtraObjects) -> Self {
        self.extra = extra;
        self
    }
}

/// What a sync of two buckets did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BucketSyncReport {
    /// Objects that were the same already.
    pub same: u64,
    /// Objects that were copied.
    pub copied: u64,
    /// The bytes of these.
    pub copied_bytes: u64,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Objects that could not be copied or deleted.
    pub failures: u64,
    /// The first 1,000 of these, and why.
    pub failed: Vec<(ObjectKey, StorageError)>,
}

impl BucketSyncReport {
    fn fail(&mut self, key: ObjectKey, error: StorageError) {
        self.failures += 1;
        if self.failed.len() < NAMED_ITEMS {
            self.failed.push((key, error));
        }
    }
}

/// What is to be done with one key.
#[derive(Debug)]
enum Step {
    Same,
    Copy(ListedObject, PutCondition),
    Extra(ObjectKey),
}

enum Done {
    Same,
    Copied(u64),
    Extra(ObjectKey),
    Failed(ObjectKey, StorageError),
}

impl MultiBackend {
    /// Makes one bucket have what another has: copies what is missing there or differs, as it goes
    /// through both listings.
    ///
    /// Two objects are the same if they are equally long and have the same tag; where both tags are
    /// not MD5s of the content, as those of objects in parts, also if the copy is not the older
    /// one. What somebody else writes to the destination meanwhile is not replaced, if its back end
    /// can keep such a condition: the report names it.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::NoSuchStore`] for a name that is none,
    /// [`StorageErrorKind::InvalidInput`] for a bucket and itself, and an error of a listing, after
    /// which nothing is deleted. [`StorageErrorKind::TooLarge`] when more would be deleted than may
    /// be. What concerns one object is in the report.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends it between objects; run again, it goes on.
    ///
    /// ```
    /// use r2_backend::{MemoryBackend, StorageBackendExt as _};
    /// use r2_backend::multi::{BucketSync, MultiBackend};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), r2_backend::StorageError> {
    /// let (main, copy) = (MemoryBackend::new(), MemoryBackend::new());
    /// let all = MultiBackend::builder("main", main).secondary("copy", copy.clone()).build()?;
    /// all.put_bytes(&"a".try_into()?, "hello").await?;
    /// let report = all.sync_between("main", "copy", &BucketSync::new()).await?;
    /// assert_eq!((report.copied, report.same), (1, 0));
    /// let again = all.sync_between("main", "copy", &BucketSync::new()).await?;
    /// assert_eq!((again.copied, again.same), (0, 1));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sync_between(
        &self,
        from: &str,
        to: &str,
        how: &BucketSync,
    ) -> Result<BucketSyncReport, StorageError> {
        let (from, to) = (self.find_bucket(from)?, self.find_bucket(to)?);
        if from.name == to.name {
            let message = "a bucket is equal to itself: name two buckets";
            return Err(StorageError::new(StorageErrorKind::InvalidInput, message));
        }
        let (mut report, mut extra) = (BucketSyncReport::default(), Vec::new());
        let at_most = match how.extra {
            ExtraObjects::Keep => 0,
            ExtraObjects::Delete { at_most } => at_most,
        };
        let mut is_over_cap = false;
        let mut listing_error = None;
        {
            let steps = self.steps(from, to, how);
            let work = steps.map(|step| self.step(from, to, step)).buffer_unordered(COPIES_AT_ONCE);
            let mut work = std::pin::pin!(work);
            while let Some(done) = work.next().await {
                match done {
                    Err(error) => listing_error = Some(error),
                    Ok(Done::Same) => report.same += 1,
                    Ok(Done::Copied(bytes)) => {
                        report.copied += 1;
                        report.copied_bytes += bytes;
                    }
                    Ok(Done::Failed(key, error)) => report.fail(key, error),
                    Ok(Done::Extra(key)) if extra.len() < at_most => extra.push(key),
                    Ok(Done::Extra(_)) => is_over_cap = true,
                }
            }
        }
        if let Some(error) = listing_error {
            return Err(error);
        }
        if how.extra == ExtraObjects::Keep {
            return Ok(report);
        }
        if is_over_cap {
            let message = format!("more than {at_most} objects would be deleted, so none were");
            let error = StorageError::new(StorageErrorKind::TooLarge, message);
            return Err(error.at(to.backend.name(), StorageOperation::Delete));
        }
        self.delete_extra(to, extra, &mut report).await?;
        Ok(report)
    }

    async fn delete_extra(
        &self,
        to: &Bucket,
        extra: Vec<ObjectKey>,
        report: &mut BucketSyncReport,
    ) -> Result<(), StorageError> {
        let asked = extra.len();
        if asked == 0 {
            return Ok(());
        }
        let failed = to.backend.delete_many(extra).await;
        to.note(failed.as_ref());
        let failed = failed?;
        report.deleted = u64::try_from(asked.saturating_sub(failed.len())).unwrap_or(u64::MAX);
        for (key, error) in failed {
            report.fail(key, error);
        }
        Ok(())
    }

    /// Goes through both listings side by side.
    fn steps<'a>(
        &self,
        from: &'a Bucket,
        to: &'a Bucket,
        how: &BucketSync,
    ) -> impl stream::Stream<Item = Result<Step, StorageError>> + use<'a> {
        let options = ListOptions::new().prefix(how.prefix.clone());
        let sides = [from, to].map(|bucket| Side::new(bucket, &options, self.patience()));
        let conditions = to.backend.capabilities();
        stream::try_unfold(sides, move |[mut from, mut to]| async move {
            let (source, target) = tokio::join!(from.fill(), to.fill());
            source.and(target)?;
            let names = (from.head().map(Entry::name), to.head().map(Entry::name));
            let (takes_source, takes_target) = match names {
                (Some(source), Some(target)) => (source <= target, target <= source),
                (source, target) => (source.is_some(), target.is_some()),
            };
            let source = from.take_if(takes_source);
            let target = to.take_if(takes_target);
            let step = match (source, target) {
                (None, None) => return Ok(None),
                (None, Some(extra)) => Step::Extra(extra.key),
                (Some(source), Some(target)) if is_same(&source, &target) => Step::Same,
                (Some(source), target) => {
                    let condition = match target {
                        None if conditions.has(Capability::CreateOnly) => PutCondition::Absent,
                        Some(ListedObject { etag: Some(etag), .. })
                            if conditions.has(Capability::ReplaceMatching) =>
                        {
                            PutCondition::Matches(etag)
                        }
                        _ => PutCondition::Always,
                    };
                    Step::Copy(source, condition)
                }
            };
            Ok(Some((step, [from, to])))
        })
    }

    async fn step(
        &self,
        from: &Bucket,
        to: &Bucket,
        step: Result<Step, StorageError>,
    ) -> Result<Done, StorageError> {
        Ok(match step? {
            Step::Same => Done::Same,
            Step::Extra(key) => Done::Extra(key),
            Step::Copy(object, condition) => {
                let ListedObject { key, size, etag, .. } = object;
                let mut options = CopyOptions::new().condition(condition);
                options.source = etag;
                match self.transfer(from, to, (&key, &key), options).await {
                    Ok(_) => Done::Copied(size),
                    Err(error) => Done::Failed(key, error),
                }
            }
        })
    }
}

impl Side<'_> {
    fn take_if(&mut self, takes: bool) -> Option<ListedObject> {
        if takes { self.take().and_then(Entry::object) } else { None }
    }
}

fn is_same(source: &ListedObject, copy: &ListedObject) -> bool {
    let text = |object: &ListedObject| object.etag.as_ref().map(|etag| etag.as_str().to_owned());
    if source.size != copy.size {
        return false;
    }
    if text(source).is_some() && text(source) == text(copy) {
        return true;
    }
    let is_md5 = |object: &ListedObject| object.etag.as_ref().and_then(ETag::md5).is_some();
    if is_md5(source) && is_md5(copy) {
        return false;
    }
    let seconds = |object: &ListedObject| Some(object.modified?.unix_seconds());
    seconds(source).zip(seconds(copy)).is_some_and(|(source, copy)| copy >= source)
}
