//! The options of a download.

use r2_objects::{ETag, SseCustomerKey};

use crate::disk::Durability;
use crate::transfer::TransferOptions;

/// What to do when the object is replaced while it is read, or was since an earlier run read
/// parts of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "begin again, or stop")]
pub enum OnObjectChange {
    /// Throw away what was read and read the new object, at most twice. A writer that got bytes
    /// of the old one cannot take them back, so there it is the error all the same.
    #[default]
    Restart,
    /// End with [`ErrorKind::ObjectChanged`](crate::ErrorKind::ObjectChanged).
    Fail,
}

/// How a download goes.
///
/// ```
/// use r2_multipart::{DownloadOptions, Durability, OnObjectChange, TransferOptions};
///
/// let options = DownloadOptions::new()
///     .transfer(TransferOptions::new())
///     .on_object_change(OnObjectChange::Fail)
///     .durability(Durability::Always)
///     .expected_bytes(3 << 30);
/// assert!(format!("{options:?}").contains("Always"));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DownloadOptions {
    pub(super) transfer: TransferOptions,
    pub(super) on_object_change: OnObjectChange,
    pub(super) durability: Durability,
    pub(super) starts_anew: bool,
    pub(super) unverified: bool,
    pub(super) expected_bytes: Option<u64>,
    pub(super) etag: Option<ETag>,
    pub(super) sse: Option<SseCustomerKey>,
    pub(super) accept_encoding: Option<String>,
}

impl DownloadOptions {
    /// Goes on where an earlier download into the same file stopped, begins again when the object
    /// was replaced, and verifies what arrived.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Part size, concurrency, progress, stop signal, deadline.
    #[must_use]
    pub fn transfer(mut self, options: TransferOptions) -> Self {
        self.transfer = options;
        self
    }

    /// What to do when the object is replaced while it is read.
    #[must_use]
    pub fn on_object_change(mut self, decision: OnObjectChange) -> Self {
        self.on_object_change = decision;
        self
    }

    /// When a finished file is forced to the disk.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Neither goes on with what an earlier download left nor leaves anything when it fails.
    #[must_use]
    pub fn without_resume(mut self) -> Self {
        self.starts_anew = true;
        self
    }

    /// Does not compare the content with the checksum that the server keeps.
    #[must_use]
    pub fn without_verification(mut self) -> Self {
        self.unverified = true;
        self
    }

    /// How long the object is, as far as the caller knows, from a listing for example. A hint: it
    /// saves the first request of a large download from asking for the whole object.
    #[must_use]
    pub fn expected_bytes(mut self, bytes: u64) -> Self {
        self.expected_bytes = Some(bytes);
        self
    }

    /// Only this version of the object, from a listing for example. Any other is
    /// [`ErrorKind::ObjectChanged`](crate::ErrorKind::ObjectChanged), and nothing is begun again.
    #[must_use]
    pub fn etag(mut self, etag: ETag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// The key that the object is encrypted with (SSE-C).
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }

    /// Which content codings the caller takes. Cloudflare's edge decompresses what was stored with
    /// a `Content-Encoding` unless that encoding is named here.
    #[must_use]
    pub fn accept_encoding(mut self, codings: impl Into<String>) -> Self {
        self.accept_encoding = Some(codings.into());
        self
    }
}

impl From<TransferOptions> for DownloadOptions {
    fn from(options: TransferOptions) -> Self {
        Self::new().transfer(options)
    }
}
