//! Where the directory and the origin differ.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use r2_objects::{ETag, ObjectKey};

use super::Mirror;
use crate::disk::{Copies, Walk, md5_of};
use crate::limits::MIRROR_BATCH;
use crate::local::Naming;
use crate::storage::{
    Entry, HeadOptions, ListOptions, ListedObject, PageBuilder, StorageBackend,
    StorageBackendExt as _, StorageError, StorageErrorKind,
};

/// How closely a copy is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Inspect {
    /// Its tag and its size.
    #[default]
    Tags,
    /// Its bytes as well: each copy is read.
    Content,
}

/// How directory and origin differ about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DriftKind {
    /// The origin has an object without a copy.
    Missing,
    /// The copy is of another version.
    Stale,
    /// The copy is of an object that the origin does not have.
    Extra,
    /// It was written in the directory, and the origin has none.
    OnlyHere,
    /// It was written in the directory, and the origin has another version.
    Conflict,
    /// The file in the directory is not what was written there.
    Damaged,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The key.
    pub key: ObjectKey,
    /// What is the matter.
    pub kind: DriftKind,
}

/// What a file of the directory is.
#[derive(Debug, Clone)]
pub(super) enum Here {
    Copy { etag: String, size: u64 },
    Work { etag: String, size: u64 },
    Damaged,
}

/// The sides of a comparison, each in the order of keys.
struct Merge<'a> {
    origin: BoxStream<'a, Result<Entry, StorageError>>,
    /// Taken from the origin, and not compared yet.
    next: Option<ListedObject>,
    here: VecDeque<(ObjectKey, Here)>,
    /// The last key that was read from the directory; `None` at its end.
    after: Option<String>,
}

impl<B: StorageBackend> Mirror<B> {
    /// Compares the directory with the origin, key by key, in bounded memory. What is written
    /// meanwhile may be told as a difference.
    ///
    /// # Errors
    ///
    /// The stream ends after an error of the listing, or of the disk.
    pub fn check(&self, inspect: Inspect) -> BoxStream<'_, Result<Drift, StorageError>> {
        let merge = Merge {
            origin: self.origin.list(ListOptions::new()),
            next: None,
            here: VecDeque::new(),
            after: Some(String::new()),
        };
        stream::try_unfold(merge, move |mut merge| async move {
            loop {
                let Some(pair) = self.pair(&mut merge).await? else { return Ok(None) };
                if let Some(drift) = self.compare(pair, inspect).await? {
                    return Ok(Some((drift, merge)));
                }
            }
        })
        .boxed()
    }

    /// The next key with what is on both sides.
    async fn pair(&self, merge: &mut Merge<'_>) -> Result<Option<Pair>, StorageError> {
        while merge.next.is_none() {
            match merge.origin.next().await.transpose()? {
                Some(entry) => merge.next = entry.object(),
                None => break,
            }
        }
        if merge.here.is_empty()
            && let Some(after) = merge.after.take()
        {
            let files = self.on_disk(move |copies| page(copies, &after)).await?;
            merge.after = files.last().map(|(key, _)| key.as_str().to_owned());
            merge.here = files.into();
        }
        let order = match (&merge.next, merge.here.front()) {
            (None, None) => return Ok(None),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(there), Some((here, _))) => there.key.as_str().cmp(here.as_str()),
        };
        let there = if order.is_le() { merge.next.take() } else { None };
        let here = if order.is_ge() { merge.here.pop_front() } else { None };
        let key = match (&there, &here) {
            (Some(there), _) => there.key.clone(),
            (None, Some((key, _))) => key.clone(),
            (None, None) => return Ok(None),
        };
        let pair = Pair { key, there: there.map(There::of), here: here.map(|(_, here)| here) };
        self.completed(pair).await.map(Some)
    }

    /// Where spellings of a key are one object, the two sides may order them differently: then
    /// each side is asked about the key of the other.
    async fn completed(&self, mut pair: Pair) -> Result<Pair, StorageError> {
        if self.is_exact || pair.key.as_str().is_ascii() {
            return Ok(pair);
        }
        if pair.here.is_none() {
            let local = self.local(&pair.key)?;
            pair.here = self.on_disk(move |copies| look(copies, &local)).await?;
        } else if pair.there.is_none() {
            pair.there = match self.origin.head(&pair.key, HeadOptions::new()).await {
                Ok(told) => Some(There { etag: Some(told.etag), size: told.size }),
                Err(error) if error.kind() == StorageErrorKind::NotFound => None,
                Err(error) => return Err(error),
            };
        }
        Ok(pair)
    }

    async fn compare(&self, pair: Pair, inspect: Inspect) -> Result<Option<Drift>, StorageError> {
        let Pair { key, mut there, here } = pair;
        // a listing need not tell tags
        if let Some(listed) = &mut there
            && listed.etag.is_none()
        {
            listed.etag = Some(self.origin.head(&key, HeadOptions::new()).await?.etag);
        }
        let is_kept =
            there.as_ref().is_none_or(|there| there.size <= self.options.object_bytes_max);
        if here.is_none() && !is_kept {
            return Ok(None);
        }
        let Some(kind) = kind(there.as_ref(), here.as_ref()) else {
            let is_copy = matches!(here, Some(Here::Copy { .. }));
            if inspect == Inspect::Content && is_copy && !self.is_whole(&key).await? {
                return Ok(Some(Drift { key, kind: DriftKind::Damaged }));
            }
            return Ok(None);
        };
        Ok(Some(Drift { key, kind }))
    }

    async fn is_whole(&self, key: &ObjectKey) -> Result<bool, StorageError> {
        let local = self.local(key)?;
        self.on_disk(move |copies| match copies.find(&local)?.held {
            Some(held) => Ok(Some(md5_of(&held.file, held.record.size)?) == held.record.copy_md5),
            None => Ok(true),
        })
        .await
    }
}

/// A key, and what is known of it on each side.
struct Pair {
    key: ObjectKey,
    there: Option<There>,
    here: Option<Here>,
}

struct There {
    etag: Option<ETag>,
    size: u64,
}

impl There {
    fn of(listed: ListedObject) -> Self {
        Self { etag: listed.etag, size: listed.size }
    }

    fn is(&self, etag: &str, size: u64) -> bool {
        self.size == size && self.etag.as_ref().is_some_and(|told| told.as_str() == etag)
    }
}

fn kind(there: Option<&There>, here: Option<&Here>) -> Option<DriftKind> {
    match (there, here) {
        (None, None) => None,
        (_, Some(Here::Damaged)) => Some(DriftKind::Damaged),
        (Some(_), None) => Some(DriftKind::Missing),
        (None, Some(Here::Copy { .. })) => Some(DriftKind::Extra),
        (None, Some(Here::Work { .. })) => Some(DriftKind::OnlyHere),
        (Some(there), Some(Here::Copy { etag, size })) => {
            (!there.is(etag, *size)).then_some(DriftKind::Stale)
        }
        // the same content was written on both sides: all that lacks is the origin's word for it
        (Some(there), Some(Here::Work { etag, size })) if there.is(etag, *size) => {
            Some(DriftKind::Stale)
        }
        (Some(_), Some(Here::Work { .. })) => Some(DriftKind::Conflict),
    }
}

fn look(copies: &Copies, key: &ObjectKey) -> Result<Option<Here>, StorageError> {
    match copies.store().find(key) {
        Ok(None) => Ok(None),
        Ok(Some((_, record))) => Ok(Some(match record.copy_md5 {
            Some(_) => Here::Copy { etag: record.etag, size: record.size },
            None => Here::Work { etag: record.etag, size: record.size },
        })),
        Err(error) if error.kind() == StorageErrorKind::Corrupt => Ok(Some(Here::Damaged)),
        Err(error) => Err(error),
    }
}

/// The next files of the directory.
fn page(copies: &Copies, after: &str) -> Result<Vec<(ObjectKey, Here)>, StorageError> {
    let files = RefCell::new(Vec::new());
    let name: Arc<str> = Arc::from("");
    let options = ListOptions::new().start_after(after).page_size(MIRROR_BATCH);
    let describe = |_: &std::path::Path, key: &str| {
        let key = ObjectKey::new(key)?;
        let Some(here) = look(copies, &key)? else { return Ok(None) };
        files.borrow_mut().push((key.clone(), here));
        Ok(Some(ListedObject::new(key, 0, Arc::clone(&name))))
    };
    let builder = PageBuilder::new(&options, None)?;
    Walk::new(Naming::Escaped, builder, &describe).finish(&copies.store().objects())?;
    Ok(files.into_inner())
}
