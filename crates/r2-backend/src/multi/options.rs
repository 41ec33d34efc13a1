//! How several buckets act as one.

use std::sync::Arc;
use std::time::Duration;

use super::health::{BucketHealth, HealthPolicy};
use crate::storage::Capabilities;

/// How long a bucket may take to begin its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// In which way the buckets are asked for an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Search {
    /// One after another, primary first: what the primary has is what is read.
    #[default]
    InOrder,
    /// In order, and the next one as well whenever no answer has come for so long. The first who
    /// has it serves it: a secondary that is quicker may serve an older version.
    Hedged {
        /// How long to wait for those that were asked; zero asks all at once.
        delay: Duration,
    },
}

/// Where a deletion takes place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deletes {
    /// In every bucket, the primary last: what was deleted is gone.
    #[default]
    Everywhere,
    /// In the primary. What a secondary still has is read again from there.
    PrimaryOnly,
}

/// What a merged listing does when a bucket cannot be listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailingLists {
    /// It ends in the error: a listing is complete, or it is none.
    #[default]
    End,
    /// The bucket is logged and passed over: objects that only it has are missing.
    PassOver,
}

/// What is done with an object that the primary does not have and a secondary has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadRepair {
    /// Nothing: reading changes nothing.
    #[default]
    Off,
    /// It is copied to the primary before it is served, if it has at most so many bytes. The
    /// primary must be able to create without replacing.
    UpTo(u64),
}

/// Options of a [`MultiBackend`](super::MultiBackend).
///
/// ```
/// use std::time::Duration;
/// use r2_backend::multi::{MultiOptions, ReadRepair, Search};
///
/// let options = MultiOptions::new()
///     .search(Search::Hedged { delay: Duration::from_millis(200) })
///     .repair(ReadRepair::UpTo(1 << 20));
/// assert_eq!(options.repair, ReadRepair::UpTo(1 << 20));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MultiOptions {
    /// How buckets are asked for an object. Default: in order.
    pub search: Search,
    /// How long a bucket may take to begin its answer, or to list its next page, until it counts
    /// as failing. Default: 30 seconds.
    pub patience: Duration,
    /// What happens to a listing when a bucket fails. Default: it ends in the error, because who
    /// reads a listing may delete by it.
    pub lists: FailingLists,
    /// Where objects are deleted. Default: everywhere, because who deletes wants it gone.
    pub deletes: Deletes,
    /// Whether reading copies to the primary. Default: no, because it writes.
    pub repair: ReadRepair,
    /// When a bucket counts as failing, and when as healthy again.
    pub health: HealthPolicy,
}

impl Default for MultiOptions {
    fn default() -> Self {
        Self {
            search: Search::default(),
            patience: PATIENCE,
            lists: FailingLists::default(),
            deletes: Deletes::default(),
            repair: ReadRepair::default(),
            health: HealthPolicy::default(),
        }
    }
}

impl MultiOptions {
    /// In order, nothing written by reading, deletions everywhere.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how buckets are asked for an object.
    #[must_use]
    pub fn search(mut self, search: Search) -> Self {
        self.search = search;
        self
    }

    /// Sets how long a bucket may take to begin its answer.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets what happens to a listing when a bucket fails.
    #[must_use]
    pub fn lists(mut self, lists: FailingLists) -> Self {
        self.lists = lists;
        self
    }

    /// Sets where objects are deleted.
    #[must_use]
    pub fn deletes(mut self, deletes: Deletes) -> Self {
        self.deletes = deletes;
        self
    }

    /// Sets whether reading copies to the primary.
    #[must_use]
    pub fn repair(mut self, repair: ReadRepair) -> Self {
        self.repair = repair;
        self
    }

    /// Sets when a bucket counts as failing.
    #[must_use]
    pub fn health(mut self, health: HealthPolicy) -> Self {
        self.health = health;
        self
    }
}

/// What a bucket is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one is written, all others are asked next")]
pub enum BucketRole {
    /// It is asked first, and the only one that is written.
    Primary,
    /// It is asked after those before it.
    Secondary,
}

/// What is known of one of the buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketInfo {
    /// The name it is reached by.
    pub name: Arc<str>,
    /// What it is among the others.
    pub role: BucketRole,
    /// What its back end calls itself.
    pub backend: Arc<str>,
    /// What its back end can do.
    pub capabilities: Capabilities,
    /// How it has done lately.
    pub health: BucketHealth,
}
