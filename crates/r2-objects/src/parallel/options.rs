//! How much a listing may do at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::limits::LIST_REQUESTS_MAX;

/// How much a listing may do at a time: see
/// [`Objects::list_parallel`](crate::Objects::list_parallel).
///
/// ```
/// use r2_objects::ParallelListing;
///
/// assert_eq!(ParallelListing::new().requests, 16);
/// assert_eq!(ParallelListing::new().requests(0).requests, 1);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ParallelListing {
    /// List requests in flight, 1 to 64; with 1 the pages are asked for one after the other.
    /// Default: 16, which a client's 20 connections carry.
    pub requests: usize,
    /// Grows by one with each request that is sent, the client's retries not counted: pages do not
    /// tell what they cost. Default: none.
    pub counter: Option<Arc<AtomicU64>>,
}

impl ParallelListing {
    /// The defaults above.
    #[must_use]
    pub fn new() -> Self {
        Self { requests: 16, counter: None }
    }

    /// Sets how many list requests are in flight, 1 to 64.
    #[must_use]
    pub fn requests(mut self, requests: usize) -> Self {
        self.requests = requests.clamp(1, LIST_REQUESTS_MAX);
        self
    }

    /// Sets what counts the requests.
    #[must_use]
    pub fn counter(mut self, counter: &Arc<AtomicU64>) -> Self {
        self.counter = Some(Arc::clone(counter));
        self
    }

    pub(super) fn count(&self) {
        if let Some(counter) = &self.counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Default for ParallelListing {
    fn default() -> Self {
        Self::new()
    }
}
