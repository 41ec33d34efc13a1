//! What an upload came to.

use r2_objects::ETag;

use crate::crc64::Crc64;

/// An object that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// The object's tag.
    pub etag: ETag,
    /// Its length in bytes.
    pub bytes: u64,
    /// In how many parts it went; 0 for a single PUT.
    pub parts: u32,
    /// How many of them an earlier run had sent.
    pub parts_resumed: u32,
    /// The CRC64NVME of the whole, where it was computed.
    pub crc64: Option<Crc64>,
    /// Whether the server checked the content against that.
    pub verdict: UploadVerdict,
}

/// Whether what the server keeps is what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadVerdict {
    /// The server names the same checksum for the whole object.
    Verified,
    /// The checksum went along, and the server did not say that it compared it.
    Sent,
    /// No checksum was sent, because the client's policy says so; the connection is all that
    /// protected the bytes.
    Unverified,
}
