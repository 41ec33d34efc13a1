//! `CopyObjectResult` and `CopyPartResult`: what a copy made.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::SMALL_BYTES_MAX;
use crate::{Checksums, Document, Error, Timestamp};

/// The reply to CopyObject. Read it by [`crate::Reply`]: a 200 may hold an error.
///
/// ```
/// use r2_xml::{CopyObjectResult, Document, Timestamp};
///
/// let copied = CopyObjectResult {
///     etag: "\"aa\"".into(),
///     last_modified: Some(Timestamp::from_unix(0, 0)),
///     ..CopyObjectResult::default()
/// };
/// assert_eq!(CopyObjectResult::decode(copied.encode().as_bytes())?, copied);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyObjectResult {
    /// The new object's ETag as it stands.
    pub etag: String,
    /// When the new object was written.
    pub last_modified: Option<Timestamp>,
    /// The new object's checksums.
    pub checksums: Checksums,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
}

/// The reply to UploadPartCopy. Read it by [`crate::Reply`]: a 200 may hold an error.
///
/// ```
/// use r2_xml::{CopyPartResult, Document};
///
/// let body = b"<CopyPartResult><ETag>\"aa\"</ETag></CopyPartResult>";
/// assert_eq!(CopyPartResult::decode(body)?.etag, "\"aa\"");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyPartResult {
    /// The part's ETag as it stands.
    pub etag: String,
    /// When the part was written.
    pub last_modified: Option<Timestamp>,
    /// The part's checksums.
    pub checksums: Checksums,
}

impl Document for CopyObjectResult {
    const ROOT: &'static str = "CopyObjectResult";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for CopyObjectResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut result = Self::default();
        let mut etag = None;
        while let Some(name) = cursor.child()? {
            match name {
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                "LastModified" => cursor.once(&mut result.last_modified, Cursor::timestamp)?,
                "ChecksumType" => cursor.once(&mut result.checksum_type, Cursor::string)?,
                _ => result.checksums.read_or_skip(cursor, name)?,
            }
        }
        result.etag = etag.ok_or_else(|| missing(at, Self::ROOT, "ETag"))?;
        Ok(result)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("ETag", &self.etag);
        writer.value_if("LastModified", self.last_modified);
        self.checksums.write(writer);
        writer.text_if("ChecksumType", self.checksum_type.as_deref());
    }
}

impl Document for CopyPartResult {
    const ROOT: &'static str = "CopyPartResult";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for CopyPartResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut result = Self::default();
        let mut etag = None;
        while let Some(name) = cursor.child()? {
            match name {
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                "LastModified" => cursor.once(&mut result.last_modified, Cursor::timestamp)?,
                _ => result.checksums.read_or_skip(cursor, name)?,
            }
        }
        result.etag = etag.ok_or_else(|| missing(at, Self::ROOT, "ETag"))?;
        Ok(result)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("ETag", &self.etag);
        writer.value_if("LastModified", self.last_modified);
        self.checksums.write(writer);
    }
}
