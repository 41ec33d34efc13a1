//! What a download came to.

use bytes::Bytes;
use r2_objects::{ObjectInfo, Verdict};

use crate::crc64::Crc64;

/// An object that was downloaded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Downloaded {
    /// What the headers told.
    pub info: ObjectInfo,
    /// The content, when the target was memory; empty otherwise.
    pub content: Bytes,
    /// Its length in bytes.
    pub bytes: u64,
    /// In how many parts it came.
    pub parts: u32,
    /// How many of them an earlier run had written.
    pub parts_resumed: u32,
    /// The CRC64NVME of what arrived.
    pub crc64: Crc64,
    /// Whether that is what the server keeps.
    pub verdict: Verdict,
}
