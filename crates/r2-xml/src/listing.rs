//! What the documents of listings share: entries, owners, prefixes, the encoding of names.

use crate::codec::{Cursor, Writer, missing};
use crate::error::quoted;
use crate::limits::{PAGE_ENTRIES_MAX, VALUES_MAX};
use crate::{Error, ErrorKind, Timestamp, url};

/// How names in a listing are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodingType {
    /// Percent-encoded, see [`crate::url`].
    Url,
}

/// One object of a listing.
///
/// ```
/// use r2_xml::{Object, Timestamp};
///
/// let object = Object {
///     key: "a.txt".into(),
///     size: 3,
///     last_modified: Timestamp::from_unix(1_750_000_000, 0),
///     etag: Some("\"acbd18db4cc2f85cedef654fccc4a4d8\"".into()),
///     storage_class: Some("STANDARD".into()),
///     ..Object::default()
/// };
/// assert_eq!(object.owner, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// The key, percent-encoded if the listing says so.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// When the object was written.
    pub last_modified: Timestamp,
    /// The ETag as it stands: R2 writes the quotes, some servers do not.
    pub etag: Option<String>,
    /// `STANDARD`, `STANDARD_IA`, or another service's.
    pub storage_class: Option<String>,
    /// The owner, when asked for (version 2) or always (version 1 of some services).
    pub owner: Option<Owner>,
    /// Names of the checksums that the object has. R2 does not write them.
    pub checksum_algorithms: Vec<String>,
    /// `FULL_OBJECT` or `COMPOSITE`. R2 does not write it.
    pub checksum_type: Option<String>,
}

/// Who owns a bucket or an object, or began an upload. R2 writes the account id into both fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The account.
    pub id: String,
    /// A name for people.
    pub display_name: Option<String>,
}

/// An ETag without the quotes around it, if there are any.
///
/// ```
/// assert_eq!(r2_xml::bare_etag("\"abc-2\""), "abc-2");
/// assert_eq!(r2_xml::bare_etag("abc-2"), "abc-2");
/// ```
#[must_use]
pub fn bare_etag(etag: &str) -> &str {
    etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"')).unwrap_or(etag)
}

impl Object {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut key, mut size, mut last_modified) = (None, None, None);
        let (mut etag, mut storage_class, mut owner, mut checksum_type) = (None, None, None, None);
        let mut checksum_algorithms = Vec::new();
        while let Some(name) = cursor.child()? {
            match name {
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "Size" => cursor.once(&mut size, Cursor::number)?,
                "LastModified" => cursor.once(&mut last_modified, Cursor::timestamp)?,
                "ETag" => cursor.once(&mut etag, Cursor::string)?,
                "StorageClass" => cursor.once(&mut storage_class, Cursor::string)?,
                "Owner" => cursor.once(&mut owner, Owner::read)?,
                "ChecksumAlgorithm" => {
                    cursor.push(&mut checksum_algorithms, VALUES_MAX, Cursor::string)?;
                }
                "ChecksumType" => cursor.once(&mut checksum_type, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self {
            key: key.ok_or_else(|| missing(at, "Contents", "Key"))?,
            size: size.ok_or_else(|| missing(at, "Contents", "Size"))?,
            last_modified: last_modified.ok_or_else(|| missing(at, "Contents", "LastModified"))?,
            etag,
            storage_class,
            owner,
            checksum_algorithms,
            checksum_type,
        })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.text("Key", &self.key);
        writer.value("Size", self.size);
        writer.value("LastModified", self.last_modified);
        writer.text_if("ETag", self.etag.as_deref());
        for algorithm in &self.checksum_algorithms {
            writer.text("ChecksumAlgorithm", algorithm);
        }
        writer.text_if("ChecksumType", self.checksum_type.as_deref());
        writer.text_if("StorageClass", self.storage_class.as_deref());
        if let Some(owner) = &self.owner {
            writer.element("Owner", |writer| owner.write(writer));
        }
    }
}

impl Owner {
    /// An owner whose name is the id, as R2 writes it.
    #[must_use]
    pub fn account(id: &str) -> Self {
        Self { id: id.to_owned(), display_name: Some(id.to_owned()) }
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (mut id, mut display_name) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "ID" => cursor.once(&mut id, Cursor::string)?,
                "DisplayName" => cursor.once(&mut display_name, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        // Some servers write an empty owner.
        Ok(Self { id: id.unwrap_or_default(), display_name })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.text("ID", &self.id);
        writer.text_if("DisplayName", self.display_name.as_deref());
    }
}

impl EncodingType {
    /// `None` for an empty element, which some servers write when nothing was asked for.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Error> {
        let text = cursor.text()?;
        match text.trim_ascii() {
            "" => Ok(None),
            "url" => Ok(Some(Self::Url)),
            _ => {
                let reason =
                    format!("`EncodingType`: {} is not an encoding of names", quoted(&text));
                Err(cursor.error(ErrorKind::Value, reason))
            }
        }
    }

    pub(crate) fn write(encoding: Option<Self>, writer: &mut Writer) {
        if let Some(Self::Url) = encoding {
            writer.text("EncodingType", "url");
        }
    }
}

/// Reads one `CommonPrefixes`, adding what is in it: one prefix, or, from some servers, several.
pub(crate) fn read_common_prefixes(
    cursor: &mut Cursor<'_>,
    prefixes: &mut Vec<String>,
) -> Result<(), Error> {
    while let Some(name) = cursor.child()? {
        match name {
            "Prefix" => cursor.push(prefixes, PAGE_ENTRIES_MAX, Cursor::string)?,
            _ => cursor.other(name)?,
        }
    }
    Ok(())
}

pub(crate) fn write_common_prefixes(writer: &mut Writer, prefixes: &[String]) {
    for prefix in prefixes {
        writer.element("CommonPrefixes", |writer| writer.text("Prefix", prefix));
    }
}

/// Percent-decodes names in place.
pub(crate) fn decode_names<'a>(
    names: impl IntoIterator<Item = &'a mut String>,
) -> Result<(), Error> {
    for name in names {
        *name = url::decode(name)?;
    }
    Ok(())
}

/// Percent-decodes in place what a page repeats of the request, where that can be decoded.
///
/// Ceph and others encode the keys and leave the rest plain. That must not cost the page.
pub(crate) fn decode_echoes<'a>(echoes: impl IntoIterator<Item = &'a mut String>) {
    for echo in echoes {
        if let Ok(decoded) = url::decode(echo) {
            *echo = decoded;
        }
    }
}

/// Percent-encodes names in place.
pub(crate) fn encode_names<'a>(names: impl IntoIterator<Item = &'a mut String>) {
    for name in names {
        *name = url::encode(name);
    }
}

/// A token or marker that says where the next page begins. Some servers write an empty one on
/// the last page.
pub(crate) fn non_empty(token: Option<&String>) -> Option<&str> {
    token.map(String::as_str).filter(|token| !token.is_empty())
}
