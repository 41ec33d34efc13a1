//! Listings of several buckets as one: in order, each name once, one page of each in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use tokio::time::timeout;

use super::bucket::Bucket;
use super::options::FailingLists;
use crate::storage::{
    Entry, ListOptions, Page, StorageBackendExt as _, StorageError, StorageErrorKind,
    StorageOperation,
};

/// The listing of one bucket, held to what was asked for.
pub(super) struct Side<'a> {
    bucket: &'a Bucket,
    pages: BoxStream<'a, Result<Page, StorageError>>,
    options: ListOptions,
    patience: Duration,
    /// What is left of the page at hand.
    entries: VecDeque<Entry>,
    last: Option<String>,
    is_over: bool,
}

impl<'a> Side<'a> {
    pub(super) fn new(bucket: &'a Bucket, options: &ListOptions, patience: Duration) -> Self {
        let pages = bucket.backend.list_pages(options.clone());
        let (options, entries) = (options.clone(), VecDeque::new());
        Self { bucket, pages, options, patience, entries, last: None, is_over: false }
    }

    /// The next entry, without taking it.
    pub(super) fn head(&self) -> Option<&Entry> {
        self.entries.front()
    }

    pub(super) fn take(&mut self) -> Option<Entry> {
        self.entries.pop_front()
    }

    /// Has the next entry at hand, unless there is none.
    pub(super) async fn fill(&mut self) -> Result<(), StorageError> {
        while self.entries.is_empty() && !self.is_over {
            let page = timeout(self.patience, self.pages.next()).await.unwrap_or_else(|_| {
                let patience = self.patience;
                let message = format!("the bucket did not list its next page within {patience:?}");
                Some(Err(StorageError::new(StorageErrorKind::Timeout, message)))
            });
            let page = page.transpose().and_then(|page| self.check(page));
            let page =
                page.map_err(|error| error.at(self.bucket.backend.name(), StorageOperation::List));
            self.bucket.note(page.as_ref());
            self.is_over = !matches!(page, Ok(Some(_)));
            let entries = page?.map(|page| page.entries).unwrap_or_default();
            if let Some(last) = entries.last() {
                self.last = Some(last.name().to_owned());
            }
            let wanted = entries.into_iter().filter(|entry| self.is_wanted(entry));
            self.entries = wanted.map(|entry| self.served(entry)).collect();
        }
        Ok(())
    }

    /// A bucket that lists out of order would make the merged listing lose or repeat names, so a
    /// page is looked at before anything of it is shown.
    fn check(&self, page: Option<Page>) -> Result<Option<Page>, StorageError> {
        let mut last = self.last.as_deref();
        for name in page.iter().flat_map(|page| &page.entries).map(Entry::name) {
            let is_in_order = last.is_none_or(|last| last < name);
            if !is_in_order || !name.starts_with(&self.options.prefix) {
                let what = if is_in_order { "beside the prefix" } else { "out of order" };
                let bucket = &self.bucket.name;
                let message = format!("the bucket {bucket} is not to be trusted: it lists {what}");
                return Err(StorageError::new(StorageErrorKind::Corrupt, message).key(name));
            }
            last = Some(name);
        }
        Ok(page)
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        let after = self.options.start_after.as_deref().unwrap_or_default();
        matches!(entry, Entry::Prefix(_)) || entry.name() > after
    }

    fn served(&self, mut entry: Entry) -> Entry {
        if let Entry::Object(object) = &mut entry {
            object.served_by = Arc::clone(&self.bucket.name);
        }
        entry
    }
}

/// All listings as one. Of equal names, the one of the first bucket is shown.
pub(super) fn merged<'a>(
    buckets: &'a [Bucket],
    options: &ListOptions,
    patience: Duration,
    failing: FailingLists,
) -> BoxStream<'a, Result<Entry, StorageError>> {
    let sides = buckets.iter().map(|bucket| Side::new(bucket, options, patience)).collect();
    stream::try_unfold(Some(sides), move |sides: Option<Vec<Side<'a>>>| async move {
        let Some(mut sides) = sides else { return Ok(None) };
        fill(&mut sides, failing).await?;
        Ok(first(&mut sides).map(|entry| (entry, Some(sides))))
    })
    .boxed()
}

/// Asks those that have nothing at hand, at once.
async fn fill(sides: &mut Vec<Side<'_>>, failing: FailingLists) -> Result<(), StorageError> {
    let results = join_all(sides.iter_mut().map(Side::fill)).await;
    let mut failed = None;
    let mut results = results.into_iter();
    sides.retain(|_| match results.next() {
        Some(Err(error)) => {
            failed.get_or_insert(error);
            false
        }
        _ => true,
    });
    match failed {
        // nobody is left who could list anything
        Some(error) if failing == FailingLists::End || sides.is_empty() => Err(error),
        _ => Ok(()),
    }
}

fn first(sides: &mut [Side<'_>]) -> Option<Entry> {
    let least = sides.iter().filter_map(Side::head).map(Entry::name).min()?.to_owned();
    let mut first = None;
    for side in sides {
        if side.head().is_some_and(|entry| entry.name() == least) {
            let entry = side.take();
            first = first.or(entry);
        }
    }
    first
}
