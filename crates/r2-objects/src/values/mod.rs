//! What requests and replies carry besides names: conditions, metadata, checksums, dates.

mod checksum;
mod instant;
mod metadata;
mod precondition;
mod rfc2047;
mod sse;
mod storage_class;

pub use checksum::{Checksum, ChecksumAlgorithm, Crc64Nvme};
pub use instant::LastModified;
pub use metadata::Metadata;
pub use precondition::{ETagMatch, Precondition};
pub use sse::SseCustomerKey;
pub use storage_class::StorageClass;

pub(crate) use precondition::Conditions;
