//! The search for an object through the buckets, one after another or hedged.

use std::collections::VecDeque;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use r2_transport::BoxFuture;
use tokio::time::{Instant, sleep};

use super::bucket::Bucket;
use super::health::Turn;
use super::options::Search;
use crate::storage::{StorageError, StorageErrorKind};

/// An answer, and what was learned on the way to it.
#[derive(Debug)]
pub(super) struct Served<T> {
    pub(super) value: T,
    /// Which bucket it is from.
    pub(super) index: usize,
    /// Whether the primary said that it has none.
    pub(super) is_missing_in_primary: bool,
}

/// What was learned of buckets that did not serve.
#[derive(Debug, Default)]
struct Learned {
    missing: Vec<usize>,
    /// The first that failed, or did not take the question.
    failed: Option<StorageError>,
    failing_names: Vec<String>,
}

/// Asks until one has it.
///
/// Without one, "not found" is said only if all buckets say so: one that failed may have it.
pub(super) async fn search<'a, T: Send + 'a>(
    buckets: &'a [Bucket],
    how: Search,
    ask: impl Fn(&'a Bucket) -> BoxFuture<'a, Result<T, StorageError>>,
) -> Result<Served<T>, StorageError> {
    let mut waiting = order(buckets);
    let mut learned = Learned::default();
    let mut running = FuturesUnordered::new();
    let ask = |index: usize| {
        let answer = ask(&buckets[index]);
        async move { (index, answer.await) }
    };
    loop {
        if running.is_empty() {
            let Some(index) = waiting.pop_front() else { return Err(learned.error()) };
            running.push(ask(index));
        }
        let answer = match how {
            Search::Hedged { delay } if !waiting.is_empty() => tokio::select! {
                biased;
                answer = running.next() => answer,
                () = sleep(delay) => None,
            },
            _ => running.next().await,
        };
        match answer {
            Some((index, Ok(value))) => {
                let is_missing_in_primary = learned.missing.contains(&0);
                return Ok(Served { value, index, is_missing_in_primary });
            }
            Some((_, Err(error))) if decides(error.kind()) => return Err(error),
            Some((index, Err(error))) => learned.note(&buckets[index], index, error),
            None => {}
        }
        if matches!(how, Search::Hedged { .. }) {
            running.extend(waiting.pop_front().map(&ask));
        }
    }
}

/// In their order, those that fail last.
fn order(buckets: &[Bucket]) -> VecDeque<usize> {
    let now = Instant::now();
    let (mut order, mut last) = (VecDeque::new(), VecDeque::new());
    for (index, bucket) in buckets.iter().enumerate() {
        match bucket.turn(now) {
            Turn::AtItsPlace => order.push_back(index),
            Turn::Last => last.push_back(index),
        }
    }
    order.append(&mut last);
    order
}

/// Does this settle the matter, whatever other buckets may have?
fn decides(kind: StorageErrorKind) -> bool {
    matches!(
        kind,
        StorageErrorKind::PreconditionFailed
            | StorageErrorKind::NotModified
            | StorageErrorKind::InvalidRange
            | StorageErrorKind::OutsideScope
    )
}

impl Learned {
    fn note(&mut self, bucket: &Bucket, index: usize, error: StorageError) {
        if error.kind() == StorageErrorKind::NotFound {
            self.missing.push(index);
            return;
        }
        self.failing_names.push(bucket.name.to_string());
        self.failed.get_or_insert(error);
    }

    fn error(self) -> StorageError {
        let Some(first) = self.failed else {
            return StorageError::of(StorageErrorKind::NotFound);
        };
        let names = self.failing_names.join(", ");
        let message = if self.missing.is_empty() {
            format!("none of the buckets could be asked: {names}")
        } else {
            format!("it is not in the buckets that answered, and these could not be asked: {names}")
        };
        let may_pass = first.is_retryable();
        let error = StorageError::new(first.kind(), message).source(first);
        if may_pass { error.retryable() } else { error }
    }
}
