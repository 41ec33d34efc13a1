//! The checksum elements that parts, copies and completions carry.

use crate::Error;
use crate::codec::{Cursor, Writer};

/// Checksums in base64, as S3 writes them. R2 stores at most one for an object.
///
/// A composite checksum ends with a hyphen and the number of parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checksums {
    /// `ChecksumCRC32`.
    pub crc32: Option<String>,
    /// `ChecksumCRC32C`.
    pub crc32c: Option<String>,
    /// `ChecksumCRC64NVME`.
    pub crc64nvme: Option<String>,
    /// `ChecksumSHA1`.
    pub sha1: Option<String>,
    /// `ChecksumSHA256`.
    pub sha256: Option<String>,
}

impl Checksums {
    /// Reads `element` if it is a checksum, else skips it.
    pub(crate) fn read_or_skip(
        &mut self,
        cursor: &mut Cursor<'_>,
        element: &str,
    ) -> Result<(), Error> {
        let slot = match element {
            "ChecksumCRC32" => &mut self.crc32,
            "ChecksumCRC32C" => &mut self.crc32c,
            "ChecksumCRC64NVME" => &mut self.crc64nvme,
            "ChecksumSHA1" => &mut self.sha1,
            "ChecksumSHA256" => &mut self.sha256,
            _ => return cursor.other(element),
        };
        cursor.once(slot, Cursor::string)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self { crc32, crc32c, crc64nvme, sha1, sha256 } = self;
        writer.text_if("ChecksumCRC32", crc32.as_deref());
        writer.text_if("ChecksumCRC32C", crc32c.as_deref());
        writer.text_if("ChecksumCRC64NVME", crc64nvme.as_deref());
        writer.text_if("ChecksumSHA1", sha1.as_deref());
        writer.text_if("ChecksumSHA256", sha256.as_deref());
    }
}
