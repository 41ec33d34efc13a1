//! The options of a copy.

use r2_objects::{
    ETag, MetadataDirective, ObjectAttributes, Precondition, SseCustomerKey, StorageClass,
};

use crate::limits::PART_BYTES_MAX;
use crate::transfer::TransferOptions;

/// How a copy goes.
///
/// ```
/// use r2_multipart::CopyOptions;
/// use r2_objects::{Precondition, StorageClass};
///
/// let options = CopyOptions::new()
///     .storage_class(StorageClass::InfrequentAccess)
///     .condition(Precondition::absent())
///     .expected_bytes(1024);
/// assert!(format!("{options:?}").contains("InfrequentAccess"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CopyOptions {
    pub(super) transfer: TransferOptions,
    pub(super) threshold_bytes: u64,
    pub(super) expected_bytes: Option<u64>,
    pub(super) etag: Option<ETag>,
    pub(super) directive: MetadataDirective,
    pub(super) attributes: ObjectAttributes,
    pub(super) conditions: Vec<Precondition>,
    pub(super) source_sse: Option<SseCustomerKey>,
    pub(super) sse: Option<SseCustomerKey>,
}

impl CopyOptions {
    /// With the metadata of the source, in one request up to 5 GiB less 5 MiB, in parts of 128 MiB
    /// above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            transfer: TransferOptions::new(),
            threshold_bytes: PART_BYTES_MAX,
            expected_bytes: None,
            etag: None,
            directive: MetadataDirective::Copy,
            attributes: ObjectAttributes::new(),
            conditions: Vec::new(),
            source_sse: None,
            sse: None,
        }
    }

    /// Part size, concurrency, progress, stop signal, deadline.
    #[must_use]
    pub fn transfer(mut self, options: TransferOptions) -> Self {
        self.transfer = options;
        self
    }

    /// Above this length, in bytes, the object is copied in parts. At most 5 GiB less 5 MiB, the
    /// largest source of a single copy.
    #[must_use]
    pub fn threshold_bytes(mut self, bytes: u64) -> Self {
        self.threshold_bytes = bytes.min(PART_BYTES_MAX);
        self
    }

    /// How long the source is, as far as the caller knows, from a listing for example. A hint: it
    /// saves asking before a copy in one request.
    #[must_use]
    pub fn expected_bytes(mut self, bytes: u64) -> Self {
        self.expected_bytes = Some(bytes);
        self
    }

    /// Only this version of the source. Any other is
    /// [`ErrorKind::ObjectChanged`](crate::ErrorKind::ObjectChanged).
    #[must_use]
    pub fn etag(mut self, etag: ETag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// What becomes of headers and metadata.
    #[must_use]
    pub fn metadata_directive(
        mut self,
        directive: MetadataDirective,
        attributes: ObjectAttributes,
    ) -> Self {
        let class = self.attributes.storage_class.take();
        self.directive = directive;
        self.attributes = attributes;
        self.attributes.storage_class = self.attributes.storage_class.or(class);
        self
    }

    /// The storage class of the copy.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.attributes.storage_class = Some(class);
        self
    }

    /// Adds a condition on the object that the copy replaces.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The key that the source is encrypted with (SSE-C).
    #[must_use]
    pub fn source_customer_key(mut self, key: SseCustomerKey) -> Self {
        self.source_sse = Some(key);
        self
    }

    /// Has the server encrypt the copy with this key (SSE-C).
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl From<TransferOptions> for CopyOptions {
    fn from(options: TransferOptions) -> Self {
        Self::new().transfer(options)
    }
}
