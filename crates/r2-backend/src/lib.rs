//! R2 as a back end for other programs: one interface for storage, and sync between directories
//! and buckets.
//!
//! [`StorageBackend`] is what an application asks for storage, wherever the bytes are.
//!
//! [`Sync::plan`] compares two places and says what it would do, with the requests it takes;
//! [`Plan::run`] does it. All file-system work happens off the async runtime, memory is bounded
//! whatever the number of objects, and no name from a bucket leaves the directory it is written to.

mod blocking;
pub mod compress;
pub mod config;
pub mod conformance;
pub mod credentials;
mod disk;
mod error;
pub mod limits;
mod local;
mod md5;
mod memory;
pub mod mirror;
pub mod multi;
#[cfg(feature = "object_store")]
pub mod object_store;
pub mod prometheus;
mod s3;
pub mod scope;
pub mod storage;
pub mod sync;

pub use compress::Compressed;
pub use error::{Error, ErrorKind};
pub use local::LocalBackend;
pub use memory::MemoryBackend;
pub use mirror::Mirror;
pub use multi::MultiBackend;
pub use prometheus::Prometheus;
pub use s3::{S3Backend, S3BackendBuilder, S3Service};
pub use scope::{DomainTable, Scope, Scoped};
pub use storage::{StorageBackend, StorageBackendExt, StorageError, StorageErrorKind};
pub use sync::{
    Action, Actions, Compare, Direction, Event, Extra, Failed, KeyIdentity, Location, Plan, Reason,
    Report, Rules, Side, SkipReason, Skipped, Summary, Symlinks, Sync, SyncOptions, UnsafeName,
};

/// The README's examples, compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
