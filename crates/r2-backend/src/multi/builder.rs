//! How several buckets are put together.

use std::sync::Arc;

use super::backend::MultiBackend;
use super::options::{MultiOptions, ReadRepair};
use crate::limits::{BUCKET_NAME_BYTES_MAX, BUCKETS_MAX};
use crate::storage::{Capability, StorageBackend, StorageError, StorageErrorKind};

/// Puts a [`MultiBackend`] together.
///
/// ```
/// use r2_backend::{MemoryBackend, StorageErrorKind};
/// use r2_backend::multi::MultiBackend;
///
/// let twice = MultiBackend::builder("main", MemoryBackend::new())
///     .secondary("main", MemoryBackend::new())
///     .build();
/// assert_eq!(twice.unwrap_err().kind(), StorageErrorKind::Configuration);
/// ```
#[derive(Debug)]
pub struct MultiBackendBuilder {
    buckets: Vec<(Arc<str>, Arc<dyn StorageBackend>)>,
    options: MultiOptions,
}

impl MultiBackendBuilder {
    pub(super) fn new(name: Arc<str>, primary: Arc<dyn StorageBackend>) -> Self {
        Self { buckets: vec![(name, primary)], options: MultiOptions::new() }
    }

    /// Adds the bucket that is asked next, under a name.
    #[must_use]
    pub fn secondary(mut self, name: impl Into<Arc<str>>, bucket: impl StorageBackend) -> Self {
        self.buckets.push((name.into(), Arc::new(bucket)));
        self
    }

    /// Sets how the buckets act as one.
    #[must_use]
    pub fn options(mut self, options: MultiOptions) -> Self {
        self.options = options;
        self
    }

    /// The buckets as one.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] for a name that is empty, too long, not of plain text or
    /// used twice, for more than 16 buckets, and for repair of a primary that cannot create
    /// without replacing.
    pub fn build(self) -> Result<MultiBackend, StorageError> {
        let wrong =
            |message: String| Err(StorageError::new(StorageErrorKind::Configuration, message));
        for (index, (name, _)) in self.buckets.iter().enumerate() {
            if name.is_empty()
                || name.len() > BUCKET_NAME_BYTES_MAX
                || name.chars().any(char::is_control)
            {
                let range = format!("from 1 to {BUCKET_NAME_BYTES_MAX} bytes of plain text");
                return wrong(format!("{name:?} is no name for a bucket: take {range}"));
            }
            if self.buckets[..index].iter().any(|(earlier, _)| earlier == name) {
                return wrong(format!("two buckets are called {name:?}: give each its own name"));
            }
        }
        if self.buckets.len() > BUCKETS_MAX {
            return wrong(format!("these are more than {BUCKETS_MAX} buckets"));
        }
        let primary = self.buckets[0].1.capabilities();
        if self.options.repair != ReadRepair::Off && !primary.has(Capability::CreateOnly) {
            return wrong(format!(
                "the primary {:?} cannot create without replacing, so that repair might write an \
                 old version over a new one: turn repair off",
                self.buckets[0].0
            ));
        }
        Ok(MultiBackend::new(self.buckets, self.options))
    }
}
