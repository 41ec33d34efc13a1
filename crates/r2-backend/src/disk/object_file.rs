//! The file of an object: its content, and behind it what is known of it.
//!
//! One file and one rename, so that content and attributes can never be of two versions. The
//! content comes first, so that a range of it is a range of the file:
//!
//! ```text
//! content | record (JSON) | length of the record (4 bytes, little-endian) | "r2obj 1\n"
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use r2_objects::{ETag, LastModified, Metadata, ObjectAttributes, ObjectKey, StorageClass};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::limits::RECORD_BYTES_MAX;
use crate::md5::ETagHasher;
use crate::storage::{StorageError, StorageErrorKind};

const MAGIC: &[u8; 8] = b"r2obj 1\n";
/// The length of the record, and the magic.
const FOOT_BYTES: u64 = 12;

/// What is known of an object, as its file keeps it. Names are part of the format.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    /// ISO 8601 with milliseconds.
    pub(crate) modified: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    /// Only in a mirror: the file is a copy of an object elsewhere, whose tag `etag` is; this is
    /// the MD5 of the content. What lacks it was written here and is nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) copy_md5: Option<String>,
}

impl Record {
    pub(crate) fn new(
        key: &ObjectKey,
        size: u64,
        etag: &ETag,
        modified: LastModified,
        attributes: &ObjectAttributes,
    ) -> Self {
        let entries = attributes.metadata.iter();
        Self {
            key: key.as_str().to_owned(),
            size,
            etag: etag.as_str().to_owned(),
            modified: modified.to_string(),
            content_type: attributes.content_type.clone(),
            cache_control: attributes.cache_control.clone(),
            content_disposition: attributes.content_disposition.clone(),
            content_encoding: attributes.content_encoding.clone(),
            content_language: attributes.content_language.clone(),
            expires: attributes.expires.map(|moment| moment.to_string()),
            storage_class: attributes.storage_class.as_ref().map(|class| class.as_str().to_owned()),
            metadata: entries.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            copy_md5: None,
        }
    }

    /// The same for another key.
    pub(crate) fn of_key(mut self, key: &ObjectKey) -> Self {
        key.as_str().clone_into(&mut self.key);
        self
    }

    /// Makes it that of a copy: of an object written at this time, if that is known.
    pub(crate) fn of_copy(mut self, modified: Option<LastModified>, md5: &ETag) -> Self {
        // no text is no time
        self.modified = modified.map(|moment| moment.to_string()).unwrap_or_default();
        self.copy_md5 = Some(md5.as_str().to_owned());
        self
    }

    pub(crate) fn etag(&self) -> Result<ETag, StorageError> {
        ETag::parse(&self.etag).map_err(|error| damaged("its tag is none").source(error))
    }

    pub(crate) fn modified(&self) -> Option<LastModified> {
        LastModified::parse_iso(&self.modified)
    }

    pub(crate) fn attributes(&self) -> Result<ObjectAttributes, StorageError> {
        let mut metadata = Metadata::new();
        for (name, value) in &self.metadata {
            let kept = metadata.with(name, value);
            metadata = kept.map_err(|error| damaged("its metadata is none").source(error))?;
        }
        let mut attributes = ObjectAttributes::new().metadata(metadata);
        attributes.content_type.clone_from(&self.content_type);
        attributes.cache_control.clone_from(&self.cache_control);
        attributes.content_disposition.clone_from(&self.content_disposition);
        attributes.content_encoding.clone_from(&self.content_encoding);
        attributes.content_language.clone_from(&self.content_language);
        attributes.expires = self.expires.as_deref().and_then(LastModified::parse_iso);
        attributes.storage_class = self.storage_class.as_deref().map(StorageClass::from);
        Ok(attributes)
    }
}

/// An object that is being written, in a file that goes away if it is not kept.
pub(crate) struct NewFile {
    pub(crate) file: NamedTempFile,
    hasher: ETagHasher,
    pub(crate) size: u64,
}

impl NewFile {
    /// Locked for as long as it is open, so that no other process takes it for a leftover.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        let file = NamedTempFile::new_in(folder)?;
        file.as_file().lock()?;
        Ok(Self { file, hasher: ETagHasher::default(), size: 0 })
    }

    pub(crate) fn append(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.hasher.update(chunk);
        self.size += chunk.len() as u64;
        self.file.write_all(chunk)
    }

    /// The whole content of another object.
    pub(crate) fn copy(folder: &Path, source: &File, size: u64) -> io::Result<Self> {
        let mut new = Self::create(folder)?;
        let mut from = source;
        from.seek(SeekFrom::Start(0))?;
        new.size = io::copy(&mut from.take(size), new.file.as_file_mut())?;
        if new.size == size { Ok(new) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    pub(crate) fn hashed(&mut self) -> Result<ETag, StorageError> {
        std::mem::take(&mut self.hasher).finish()
    }

    /// Writes the record and has it all on the disk.
    pub(crate) fn seal(&mut self, record: &Record) -> Result<(), StorageError> {
        let json = serde_json::to_vec(record).map_err(|error| {
            let message = "the attributes cannot be written down";
            StorageError::new(StorageErrorKind::InvalidInput, message).source(error)
        })?;
        let length = u32::try_from(json.len()).ok().filter(|length| *length <= RECORD_BYTES_MAX);
        let Some(length) = length else {
            let message =
                format!("the attributes have {} bytes, {RECORD_BYTES_MAX} are allowed", json.len());
            return Err(StorageError::new(StorageErrorKind::InvalidInput, message));
        };
        let tail = [&json[..], &length.to_le_bytes(), MAGIC].concat();
        self.file.write_all(&tail).map_err(StorageError::io)?;
        self.file.as_file().sync_all().map_err(StorageError::io)
    }
}

/// Reads the record at the end of an open file.
pub(crate) fn read_record(file: &File) -> Result<Record, StorageError> {
    let length = file.metadata().map_err(StorageError::io)?.len();
    if length < FOOT_BYTES {
        return Err(damaged("the file is too short"));
    }
    let mut foot = [0; 12];
    read_at(file, length - FOOT_BYTES, &mut foot)?;
    let (record_length, magic) = foot.split_at(4);
    if magic != MAGIC {
        return Err(damaged("the file does not end as an object's does"));
    }
    let record_length = record_length.try_into().map(u32::from_le_bytes).unwrap_or(u32::MAX);
    let rest = length - FOOT_BYTES;
    if record_length > RECORD_BYTES_MAX || u64::from(record_length) > rest {
        return Err(damaged("its record is longer than it can be"));
    }
    let mut json = vec![0; usize::try_from(record_length).unwrap_or_default()];
    let size = rest - u64::from(record_length);
    read_at(file, size, &mut json)?;
    let record: Record = serde_json::from_slice(&json)
        .map_err(|error| damaged("its record cannot be read").source(error))?;
    if record.size == size { Ok(record) } else { Err(damaged("it is not as long as it was")) }
}

fn read_at(mut file: &File, offset: u64, into: &mut [u8]) -> Result<(), StorageError> {
    let read = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(into));
    read.map_err(StorageError::io)
}

pub(crate) fn damaged(why: &str) -> StorageError {
    let message = format!("the file of the object is damaged: {why}");
    StorageError::new(StorageErrorKind::Corrupt, message)
}
