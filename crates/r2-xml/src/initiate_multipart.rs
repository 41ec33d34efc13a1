//! `InitiateMultipartUploadResult`: the reply to CreateMultipartUpload.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::SMALL_BYTES_MAX;
use crate::{Document, Error};

/// A new multipart upload.
///
/// ```
/// use r2_xml::{Document, InitiateMultipartUploadResult};
///
/// let body = b"<InitiateMultipartUploadResult><UploadId>A+/=</UploadId>
///     </InitiateMultipartUploadResult>";
/// assert_eq!(InitiateMultipartUploadResult::decode(body)?.upload_id, "A+/=");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitiateMultipartUploadResult {
    /// What the other calls name the upload by. R2's are about 340 characters and hold `+ / =`
    /// (opendal#2904).
    pub upload_id: String,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

impl Document for InitiateMultipartUploadResult {
    const ROOT: &'static str = "InitiateMultipartUploadResult";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for InitiateMultipartUploadResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut upload_id, mut bucket, mut key) = (None, None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "UploadId" => cursor.once(&mut upload_id, Cursor::string)?,
                "Bucket" => cursor.once(&mut bucket, Cursor::string)?,
                "Key" => cursor.once(&mut key, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self {
            upload_id: upload_id.ok_or_else(|| missing(at, Self::ROOT, "UploadId"))?,
            bucket: bucket.unwrap_or_default(),
            key: key.unwrap_or_default(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("UploadId", &self.upload_id);
        writer.text("Bucket", &self.bucket);
        writer.text("Key", &self.key);
    }
}
