//! Every back end keeps the promises of the trait.

mod liars;
mod local;
mod memory;
mod published;
mod real_server;
mod s3;

use std::sync::Arc;

use r2_backend::StorageBackend;
use r2_backend::conformance::Suite;

/// Runs the whole suite; the report tells all failures at once.
async fn conforms(backend: impl StorageBackend) {
    let report = Suite::new(Arc::new(backend)).run().await;
    assert!(report.is_ok(), "{report}");
}
