//! Does a back end keep the promises of [`StorageBackend`](crate::StorageBackend)?
//!
//! [`Suite`] runs some fifty checks against any implementation, ours or a stranger's, and tells
//! what passed, what could not be asked of it, and what failed:
//!
//! ```
//! use std::sync::Arc;
//! use r2_backend::{MemoryBackend, conformance::Suite};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let report = Suite::new(Arc::new(MemoryBackend::new())).run().await;
//! assert!(report.is_ok(), "{report}");
//! # }
//! ```

mod conditions;
mod content;
mod copies;
mod keys;
mod lists;
mod parts;
mod report;
mod suite;
mod trouble;
mod urls;
mod world;

pub use report::{Failure, Report};
pub use suite::Suite;
