//! `ListMultipartUploadsResult`: the uploads of a bucket that are not finished.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{PAGE_BYTES_MAX, PAGE_ENTRIES_MAX};
use crate::listing::{
    decode_echoes, decode_names, encode_names, non_empty, read_common_prefixes,
    write_common_prefixes,
};
use crate::{Document, EncodingType, Error, Owner, Timestamp};

/// One page of a bucket's unfinished uploads.
///
/// ```
/// use r2_xml::{Document, ListMultipartUploadsResult};
///
/// let body = b"<ListMultipartUploadsResult><Bucket>b</Bucket><IsTruncated>false</IsTruncated>
///     <Upload><Key>k</Key><UploadId>u</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated>
///     </Upload></ListMultipartUploadsResult>";
/// assert_eq!(ListMultipartUploadsResult::decode(body)?.uploads[0].upload_id, "u");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListMultipartUploadsResult {
    /// The bucket.
    pub bucket: String,
    /// The key after which this page begins, or empty.
    pub key_marker: String,
    /// The upload of that key after which this page begins.
    pub upload_id_marker: Option<String>,
    /// See [`ListMultipartUploadsResult::next_page`].
    pub next_key_marker: Option<String>,
    /// See [`ListMultipartUploadsResult::next_page`].
    pub next_upload_id_marker: Option<String>,
    /// The delimiter that was asked for.
    pub delimiter: Option<String>,
    /// The prefix that was asked for, or empty.
    pub prefix: String,
    /// The number of entries that was asked for.
    pub max_uploads: Option<u32>,
    /// Whether there are more.
    pub is_truncated: bool,
    /// The uploads, by key, then by time.
    pub uploads: Vec<Upload>,
    /// What the delimiter groups, each ending with the delimiter.
    pub common_prefixes: Vec<String>,
    /// How keys, prefixes, delimiter and key markers are written.
    pub encoding_type: Option<EncodingType>,
}

/// One unfinished upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upload {
    /// The key, percent-encoded if the listing says so.
    pub key: String,
    /// What the other calls name the upload by.
    pub upload_id: String,
    /// Who began the upload.
    pub initiator: Option<Owner>,
    /// Who will own the object.
    pub owner: Option<Owner>,
    /// The storage class that the object will have.
    pub storage_class: Option<String>,
    /// When the upload began.
    pub initiated: Option<Timestamp>,
    /// The checksum that the upload asked for.
    pub checksum_algorithm: Option<String>,
    /// `FULL_OBJECT` or `COMPOSITE`.
    pub checksum_type: Option<String>,
}

impl ListMultipartUploadsResult {
    /// Key marker and upload-id marker to send for the next page, if there is one.
    #[must_use]
    pub fn next_page(&self) -> Option<(&str, Option<&str>)> {
        let key = non_empty(self.next_key_marker.as_ref())?;
        self.is_truncated.then(|| (key, non_empty(self.next_upload_id_marker.as_ref())))
    }

    /// Makes all names plain, if [`ListMultipartUploadsResult::encoding_type`] says they are
    /// encoded.
    ///
    /// Prefix, delimiter and key marker only repeat the request, and some servers do not encode
    /// them: trust the request's own.
    ///
    /// # Errors
    /// As [`crate::url::decode`], for a key, a common prefix or the next key marker.
    pub fn decode_url(mut self) -> Result<Self, Error> {
        if let Some(EncodingType::Url) = self.encoding_type.take() {
            decode_names(self.names())?;
            decode_echoes(self.echoes());
        }
        Ok(self)
    }

    /// Percent-encodes all names and says so, unless they are encoded already.
    #[must_use]
    pub fn encode_url(mut self) -> Self {
        if self.encoding_type.is_none() {
            encode_names(self.names());
            encode_names(self.echoes());
            self.encoding_type = Some(EncodingType::Url);
        }
        self
    }

    /// Names of this page.
    fn names(&mut self) -> impl Iterator<Item = &mut String> {
        self.uploads
            .iter_mut()
            .map(|upload| &mut upload.key)
            .chain(&mut self.common_prefixes)
            .chain(&mut self.next_key_marker)
    }

    /// Names of the request.
    fn echoes(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.prefix, &mut self.key_marker].into_iter().chain(&mut self.delimiter)
    }
}

impl Document for ListMultipartUploadsResult {
    const ROOT: &'static str = "ListMultipartUploadsResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for ListMultipartUploadsResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut page = Self::default();
        let (mut bucket, mut key_marker, mut prefix) = (None, None, None);
        let (mut is_truncated, mut encoding_type) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Upload" => cursor.push(&mut page.uploads, PAGE_ENTRIES_MAX, Upload::read)?,
                "CommonPrefixes" => read_common_prefixes(cursor, &mut page.common_prefixes)?,
                "Bucket" => cursor.once(&mut bucket, Cursor::string)?,
                "KeyMarker" => cursor.once(&mut key_marker, Cursor::string)?,
                "UploadIdMarker" => cursor.once(&mut page.upload_id_marker, Cursor::string)?,
                "NextKeyMarker" => cursor.once(&mut page.next_key_marker, Cursor::string)?,
                "NextUploadIdMarker" => {
                    cursor.once(&mut page.next_upload_id_marker, Cursor::string)?;
                }
                "Delimiter" => cursor.once(&mut page.delimiter, Cursor::string)?,
                "Prefix" => cursor.once(&mut prefix, Cursor::string)?,
                "MaxUploads" => cursor.once(&mut page.max_uploads, Cursor::number)?,
                "IsTruncated" => cursor.once(&mut is_truncated, Cursor::boolean)?,
                "EncodingType" => cursor.once(&mut encoding_type, EncodingType::read)?,
                _ => cursor.other(name)?,
            }
        }
        page.bucket = bucket.unwrap_or_default();
        page.key_marker = key_marker.unwrap_or_default();
        page.prefix = prefix.unwrap_or_default();
        page.is_truncated = is_truncated.ok_or_else(|| missing(at, Self::ROOT, "IsTruncated"))?;
        page.encoding_type = encoding_type.flatten();
        Ok(page)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Bucket", &self.bucket);
        writer.text("KeyMarker", &self.key_marker);
        writer.text_if("UploadIdMarker", self.upload_id_marker.as_deref());
        writer.text_if("NextKeyMarker", self.next_key_marker.as_deref());
        writer.text_if("NextUploadIdMarker", self.next_upload_id_marker.as_deref());
        writer.text_if("Delimiter", self.delimiter.as_deref());
        writer.text("Prefix", &self.prefix);
        writer.value_if("MaxUploads", self.max_uploads);
        writer.value("IsTruncated", self.is_truncated);
        for upload in &self.uploads {
            writer.element("Upload", |writer| upload.write(writer));
        }
        write_common_prefixes(writer, &self.common_prefixes);
        EncodingType::write(self.encoding_type, writer);
    }
}

impl Upload {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut upload = Self::default();
        let (mut key, mut upload_id) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "UploadId" => cursor.once(&mut upload_id, Cursor::string)?,
                "Initiator" => cursor.once(&mut upload.initiator, Owner::read)?,
                "Owner" => cursor.once(&mut upload.owner, Owner::read)?,
                "StorageClass" => cursor.once(&mut upload.storage_class, Cursor::string)?,
                "Initiated" => cursor.once(&mut upload.initiated, Cursor::timestamp)?,
                "ChecksumAlgorithm" => {
                    cursor.once(&mut upload.checksum_algorithm, Cursor::string)?;
                }
                "ChecksumType" => cursor.once(&mut upload.checksum_type, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        upload.key = key.ok_or_else(|| missing(at, "Upload", "Key"))?;
        upload.upload_id = upload_id.ok_or_else(|| missing(at, "Upload", "UploadId"))?;
        Ok(upload)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Key", &self.key);
        writer.text("UploadId", &self.upload_id);
        for (name, owner) in [("Initiator", &self.initiator), ("Owner", &self.owner)] {
            if let Some(owner) = owner {
                writer.element(name, |writer| owner.write(writer));
            }
        }
        writer.text_if("StorageClass", self.storage_class.as_deref());
        writer.value_if("Initiated", self.initiated);
        writer.text_if("ChecksumAlgorithm", self.checksum_algorithm.as_deref());
        writer.text_if("ChecksumType", self.checksum_type.as_deref());
    }
}
