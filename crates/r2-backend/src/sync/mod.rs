//! Sync between a directory and a bucket, both ways, and between buckets: plan first, then run.

mod compare;
mod disk;
mod entry;
mod listing;
mod location;
mod merge;
mod name;
mod options;
mod plan;
mod report;
mod requests;
mod rules;
mod run;
mod sort;
mod spool;
mod transfer;

pub use compare::{Direction, Reason};
pub use entry::{Side, SkipReason, Skipped};
pub use location::Location;
pub use name::{KeyIdentity, UnsafeName};
pub use options::{Compare, Extra, Symlinks, SyncOptions};
pub use plan::{Action, Actions, Plan, Summary, Sync};
pub use report::{Event, Failed, Report};
pub use rules::Rules;
