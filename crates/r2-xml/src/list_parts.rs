//! `ListPartsResult`: the parts that an upload has so far.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{PAGE_BYTES_MAX, PARTS_MAX};
use crate::{Checksums, Document, Error, Owner, Timestamp};

/// One page of the parts of an upload.
///
/// ```
/// use r2_xml::{Document, ListPartsResult};
///
/// let body = b"<ListPartsResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>
///     <NextPartNumberMarker>1</NextPartNumberMarker><IsTruncated>true</IsTruncated>
///     <Part><PartNumber>1</PartNumber><ETag>\"aa\"</ETag><Size>5242880</Size></Part>
///     </ListPartsResult>";
/// let page = ListPartsResult::decode(body)?;
/// assert_eq!(page.parts[0].size, 5_242_880);
/// assert_eq!(page.next_page(), Some(1));
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPartsResult {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The upload.
    pub upload_id: String,
    /// The part number after which this page begins.
    pub part_number_marker: Option<u32>,
    /// The last part number of this page: see [`ListPartsResult::next_page`].
    pub next_part_number_marker: Option<u32>,
    /// The number of parts that was asked for.
    pub max_parts: Option<u32>,
    /// Whether there are more.
    pub is_truncated: bool,
    /// The parts, by number.
    pub parts: Vec<Part>,
    /// Who began the upload.
    pub initiator: Option<Owner>,
    /// Who will own the object.
    pub owner: Option<Owner>,
    /// The storage class that the object will have.
    pub storage_class: Option<String>,
    /// The checksum that the upload asked for.
    pub checksum_algorithm: Option<String>,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
}

/// One part of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// 1 to 10,000.
    pub part_number: u32,
    /// When the part was written.
    pub last_modified: Option<Timestamp>,
    /// The part's ETag as it stands.
    pub etag: String,
    /// Bytes.
    pub size: u64,
    /// The part's checksums.
    pub checksums: Checksums,
}

impl ListPartsResult {
    /// The part number marker to send for the next page, if there is one.
    #[must_use]
    pub fn next_page(&self) -> Option<u32> {
        let last = || self.parts.last().map(|part| part.part_number);
        self.is_truncated.then(|| self.next_part_number_marker.or_else(last)).flatten()
    }
}

impl Document for ListPartsResult {
    const ROOT: &'static str = "ListPartsResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for ListPartsResult {
    /// Moto's name for it.
    const OTHER_ROOTS: &'static [&'static str] = &["ListPartsResponse"];

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut page = Self::default();
        let (mut bucket, mut key, mut upload_id, mut is_truncated) = (None, None, None, None);
        let (mut marker, mut next_marker) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Part" => cursor.push(&mut page.parts, PARTS_MAX, Part::read)?,
                "Bucket" => cursor.once(&mut bucket, Cursor::string)?,
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "UploadId" => cursor.once(&mut upload_id, Cursor::string)?,
                "PartNumberMarker" => cursor.once(&mut marker, Cursor::number_or_empty)?,
                "NextPartNumberMarker" => {
                    cursor.once(&mut next_marker, Cursor::number_or_empty)?;
                }
                "MaxParts" => cursor.once(&mut page.max_parts, Cursor::number)?,
                "IsTruncated" => cursor.once(&mut is_truncated, Cursor::boolean)?,
                "Initiator" => cursor.once(&mut page.initiator, Owner::read)?,
                "Owner" => cursor.once(&mut page.owner, Owner::read)?,
                "StorageClass" => cursor.once(&mut page.storage_class, Cursor::string)?,
                "ChecksumAlgorithm" => {
                    cursor.once(&mut page.checksum_algorithm, Cursor::string)?;
                }
                "ChecksumType" => cursor.once(&mut page.checksum_type, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        page.bucket = bucket.unwrap_or_default();
        page.key = key.unwrap_or_default();
        page.upload_id = upload_id.unwrap_or_default();
        page.part_number_marker = marker.flatten();
        page.next_part_number_marker = next_marker.flatten();
        page.is_truncated = is_truncated.ok_or_else(|| missing(at, Self::ROOT, "IsTruncated"))?;
        Ok(page)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Bucket", &self.bucket);
        writer.text("Key", &self.key);
        writer.text("UploadId", &self.upload_id);
        writer.value_if("PartNumberMarker", self.part_number_marker);
        writer.value_if("NextPartNumberMarker", self.next_part_number_marker);
        writer.value_if("MaxParts", self.max_parts);
        writer.value("IsTruncated", self.is_truncated);
        for part in &self.parts {
            writer.element("Part", |writer| part.write(writer));
        }
        for (name, owner) in [("Initiator", &self.initiator), ("Owner", &self.owner)] {
            if let Some(owner) = owner {
                writer.element(name, |writer| owner.write(writer));
            }
        }
        writer.text_if("StorageClass", self.storage_class.as_deref());
        writer.text_if("ChecksumAlgorithm", self.checksum_algorithm.as_deref());
        writer.text_if("ChecksumType", self.checksum_type.as_deref());
    }
}

impl Part {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut part = Self::default();
        let (mut part_number, mut etag, mut size) = (None, None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "PartNumber" => cursor.once(&mut part_number, Cursor::number)?,
                "LastModified" => cursor.once(&mut part.last_modified, Cursor::timestamp)?,
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                "Size" => cursor.once(&mut size, Cursor::number)?,
                _ => part.checksums.read_or_skip(cursor, name)?,
            }
        }
        part.part_number = part_number.ok_or_else(|| missing(at, "Part", "PartNumber"))?;
        part.etag = etag.ok_or_else(|| missing(at, "Part", "ETag"))?;
        part.size = size.ok_or_else(|| missing(at, "Part", "Size"))?;
        Ok(part)
    }

    fn write(&self, writer: &mut Writer) {
        writer.value("PartNumber", self.part_number);
        writer.value_if("LastModified", self.last_modified);
        writer.text("ETag", &self.etag);
        writer.value("Size", self.size);
        self.checksums.write(writer);
    }
}
