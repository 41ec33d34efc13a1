//! `CompleteMultipartUpload` and its result: the parts that make an object, and the object.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{COMPLETE_BYTES_MAX, PARTS_MAX, SMALL_BYTES_MAX};
use crate::{Checksums, Document, Error, Invalid, RequestDocument};

/// The body of CompleteMultipartUpload.
///
/// ```
/// use r2_xml::{CompleteMultipartUpload, CompletedPart, Document};
///
/// let part = |part_number, etag: &str| CompletedPart {
///     part_number,
///     etag: etag.into(),
///     ..CompletedPart::default()
/// };
/// let request = CompleteMultipartUpload { parts: vec![part(1, "\"aa\""), part(2, "bb")] };
/// let body = request.encode();
/// assert!(body.contains("<Part><PartNumber>2</PartNumber><ETag>bb</ETag></Part>"));
/// assert_eq!(CompleteMultipartUpload::decode(body.as_bytes())?, request);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompleteMultipartUpload {
    /// The parts. R2 sorts them by number; other services want them sorted.
    pub parts: Vec<CompletedPart>,
}

/// One part of a completion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletedPart {
    /// 1 to 10,000. R2 answers `InvalidPart`, not `MalformedXML`, for another number.
    pub part_number: u32,
    /// The part's ETag, with or without quotes: see [`crate::bare_etag`].
    pub etag: String,
    /// The part's checksums, if the client sends them.
    pub checksums: Checksums,
}

/// The reply to CompleteMultipartUpload. Read it by [`crate::Reply`]: a 200 may hold an error.
///
/// ```
/// use r2_xml::{CompleteMultipartUploadResult, Document};
///
/// let body = b"<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>
///     <ETag>&quot;f77dc0eecdebcd774a2a22cb393ad2ff-2&quot;</ETag>
///     <Location>https://example.com/b/k</Location></CompleteMultipartUploadResult>";
/// let result = CompleteMultipartUploadResult::decode(body)?;
/// assert_eq!(result.etag, "\"f77dc0eecdebcd774a2a22cb393ad2ff-2\"");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompleteMultipartUploadResult {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The new object's ETag as it stands.
    pub etag: String,
    /// The new object's URL, as the service sees it. Not for use.
    pub location: Option<String>,
    /// The new object's checksums.
    pub checksums: Checksums,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
}

impl Document for CompleteMultipartUpload {
    const ROOT: &'static str = "CompleteMultipartUpload";
    const BYTES_MAX: usize = COMPLETE_BYTES_MAX;
}

impl RequestDocument for CompleteMultipartUpload {
    /// At least one part.
    fn validate(&self) -> Result<(), Invalid> {
        if self.parts.is_empty() { Err(Invalid::NoParts) } else { Ok(()) }
    }
}

impl Codec for CompleteMultipartUpload {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut parts = Vec::new();
        while let Some(name) = cursor.child()? {
            match name {
                "Part" => cursor.push(&mut parts, PARTS_MAX, CompletedPart::read)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { parts })
    }

    fn write(&self, writer: &mut Writer) {
        for part in &self.parts {
            writer.element("Part", |writer| {
                writer.value("PartNumber", part.part_number);
                writer.text("ETag", &part.etag);
                part.checksums.write(writer);
            });
        }
    }
}

impl CompletedPart {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut part_number, mut etag, mut checksums) = (None, None, Checksums::default());
        while let Some(name) = cursor.child()? {
            match name {
                "PartNumber" => cursor.once(&mut part_number, Cursor::number)?,
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                _ => checksums.read_or_skip(cursor, name)?,
            }
        }
        Ok(Self {
            part_number: part_number.ok_or_else(|| missing(at, "Part", "PartNumber"))?,
            etag: etag.ok_or_else(|| missing(at, "Part", "ETag"))?,
            checksums,
        })
    }
}

impl Document for CompleteMultipartUploadResult {
    const ROOT: &'static str = "CompleteMultipartUploadResult";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for CompleteMultipartUploadResult {
    /// Moto's name for it.
    const OTHER_ROOTS: &'static [&'static str] = &["CompleteMultipartUploadResponse"];

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut result = Self::default();
        let (mut bucket, mut key, mut etag) = (None, None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Bucket" => cursor.once(&mut bucket, Cursor::string)?,
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                "Location" => cursor.once(&mut result.location, Cursor::string)?,
                "ChecksumType" => cursor.once(&mut result.checksum_type, Cursor::string)?,
                _ => result.checksums.read_or_skip(cursor, name)?,
            }
        }
        result.bucket = bucket.unwrap_or_default();
        result.key = key.unwrap_or_default();
        result.etag = etag.ok_or_else(|| missing(at, Self::ROOT, "ETag"))?;
        Ok(result)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Bucket", &self.bucket);
        writer.text("Key", &self.key);
        writer.text("ETag", &self.etag);
        writer.text_if("Location", self.location.as_deref());
        self.checksums.write(writer);
        writer.text_if("ChecksumType", self.checksum_type.as_deref());
    }
}
