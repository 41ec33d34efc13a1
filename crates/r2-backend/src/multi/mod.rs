//! Several buckets as one: a primary that is written, and secondaries that are asked next.
//!
//! [`MultiBackend`] is a back end over back ends. Reads go to the primary and then to the
//! secondaries in order; a bucket that fails is logged and passed over, and the answer says who
//! served it. Listings are merged. Buckets are also reached by name, copied and synced.

mod backend;
mod bucket;
mod builder;
mod exchange;
mod health;
mod merge;
mod options;
mod search;
mod storage;
mod sync;
mod write;

pub use backend::MultiBackend;
pub use builder::MultiBackendBuilder;
pub use health::{BucketHealth, HealthPolicy, HealthState};
pub use options::{
    BucketInfo, BucketRole, Deletes, FailingLists, MultiOptions, ReadRepair, Search,
};
pub use sync::{BucketSync, BucketSyncReport, ExtraObjects};
