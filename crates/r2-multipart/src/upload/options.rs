//! The options of an upload.

use std::sync::Arc;

use r2_objects::{ObjectAttributes, Precondition, SseCustomerKey};

use super::settings::ObjectSettings;
use crate::limits::PART_BYTES_MAX;
use crate::resume::ResumeStore;
use crate::transfer::TransferOptions;

/// What to do when a kept upload no longer fits its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "stop, or go on with the new content")]
pub enum OnSourceChange {
    /// End with [`ErrorKind::SourceChanged`](crate::ErrorKind::SourceChanged), and leave the kept
    /// upload alone.
    #[default]
    Fail,
    /// Abort the kept upload and start anew with what the source is now.
    StartAnew,
}

/// How an upload goes.
///
/// ```
/// use std::sync::Arc;
/// use r2_multipart::{OnSourceChange, ResumeDirectory, TransferOptions, UploadOptions};
///
/// let options = UploadOptions::new()
///     .transfer(TransferOptions::new())
///     .threshold_bytes(16 * 1024 * 1024)
///     .resume(Arc::new(ResumeDirectory::new("/var/lib/backup/uploads")))
///     .on_source_change(OnSourceChange::StartAnew);
/// assert!(format!("{options:?}").contains("16777216"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UploadOptions {
    pub(super) transfer: TransferOptions,
    pub(super) threshold_bytes: Option<u64>,
    pub(super) resume: Option<Arc<dyn ResumeStore>>,
    pub(super) on_source_change: OnSourceChange,
    pub(super) settings: ObjectSettings,
}

impl UploadOptions {
    /// In parts from the client's threshold on (100 MiB), aborted when it fails.
    #[must_use]
    pub fn new() -> Self {
        Self {
            transfer: TransferOptions::new(),
            threshold_bytes: None,
            resume: None,
            on_source_change: OnSourceChange::default(),
            settings: ObjectSettings::default(),
        }
    }

    /// Part size, concurrency, progress, stop signal, deadline.
    #[must_use]
    pub fn transfer(mut self, options: TransferOptions) -> Self {
        self.transfer = options;
        self
    }

    /// From this length on, in bytes, the object goes in parts; below, in one PUT. Default 100 MiB;
    /// at most 5 GiB less 5 MiB, the largest single PUT.
    #[must_use]
    pub fn threshold_bytes(mut self, bytes: u64) -> Self {
        self.threshold_bytes = Some(bytes.min(PART_BYTES_MAX));
        self
    }

    /// Keeps a failed or killed upload to go on with, and goes on with one that was kept. Only
    /// uploads in parts, from a file or from memory, can be kept.
    ///
    /// Nothing is aborted then, unless going on is pointless. What is never gone on with stays on
    /// the server until its bucket's lifecycle rule removes it: after seven days on R2, unless the
    /// rule was changed.
    #[must_use]
    pub fn resume(mut self, store: Arc<dyn ResumeStore>) -> Self {
        self.resume = Some(store);
        self
    }

    /// What to do when the source is not what it was when the kept upload began.
    #[must_use]
    pub fn on_source_change(mut self, decision: OnSourceChange) -> Self {
        self.on_source_change = decision;
        self
    }

    /// Content type, metadata, storage class, and whatever else is kept with the object.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.settings.attributes = attributes;
        self
    }

    /// Adds a condition on the object that the upload replaces. In parts it is checked when the
    /// upload is created (by R2 only) and when it is completed; a condition that does not hold
    /// then ends the upload.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.settings.conditions.push(condition);
        self
    }

    /// Has the server encrypt the object with this key and forget it (SSE-C).
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.settings.sse = Some(key);
        self
    }
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl From<TransferOptions> for UploadOptions {
    fn from(options: TransferOptions) -> Self {
        Self::new().transfer(options)
    }
}
