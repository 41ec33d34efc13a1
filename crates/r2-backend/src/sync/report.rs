//! What a run tells while it runs, and at its end.

use std::sync::Arc;

use crate::error::Error;

/// Is told what happens in a run.
pub(crate) type Watcher = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// Something that happened in a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An item is being sent.
    #[non_exhaustive]
    Started {
        /// Its name.
        name: &'a str,
        /// Its size in bytes.
        bytes: u64,
    },
    /// Bytes of an item went through.
    #[non_exhaustive]
    Moved {
        /// Its name.
        name: &'a str,
        /// How many; negative when a part of it begins again.
        bytes: i64,
    },
    /// An item was sent.
    #[non_exhaustive]
    Sent {
        /// Its name.
        name: &'a str,
        /// Its size in bytes.
        bytes: u64,
    },
    /// An item failed, and is tried once more at the end.
    #[non_exhaustive]
    Postponed {
        /// Its name.
        name: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// An item failed.
    #[non_exhaustive]
    Failed {
        /// Its name.
        name: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// An item was deleted from the destination.
    #[non_exhaustive]
    Deleted {
        /// Its name.
        name: &'a str,
    },
}

/// An item that failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failed {
    /// Its name below source and destination.
    pub name: String,
    /// Why.
    pub error: Error,
}

/// What came of a run.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Items sent.
    pub sent: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// Items deleted from the destination.
    pub deleted: u64,
    /// Items that failed: the first 1,000.
    pub failed: Vec<Failed>,
    /// How many failed in all.
    pub failures: u64,
    /// Items that were not tried, or not to their end, because the run was ended before: by an
    /// error that would have met them all, or by the stop signal.
    pub not_tried: u64,
    /// Items that were not deleted, because not everything was sent.
    pub deletes_withheld: u64,
    /// Things that should have been sent and cannot be, from the plan.
    pub missing: u64,
    /// Whether the stop signal ended it.
    pub was_stopped: bool,
}

impl Report {
    /// Does the destination now have all that the source had, as far as rules and options say?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let Self { failures, not_tried, deletes_withheld, missing, was_stopped, .. } = self;
        *failures + *not_tried + *deletes_withheld + *missing == 0 && !was_stopped
    }
}
