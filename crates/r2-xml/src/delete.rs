//! `Delete` and `DeleteResult`: a batch delete and its reply.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{DELETE_BYTES_MAX, DELETE_KEYS_MAX, PAGE_BYTES_MAX};
use crate::{Document, Error, ErrorCode, Invalid, RequestDocument};

/// The most keys that R2 takes in one batch (Cloudflare's limits page).
const KEYS_MAX: usize = 1_000;

/// The body of DeleteObjects.
///
/// ```
/// use r2_xml::{Delete, Document};
///
/// let delete = Delete::of(["a", "b&c"]);
/// let body = delete.encode();
/// assert!(body.contains("<Object><Key>b&amp;c</Key></Object>"));
/// assert_eq!(Delete::decode(body.as_bytes())?, delete);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delete {
    /// What to delete.
    pub objects: Vec<ObjectIdentifier>,
    /// Whether the reply may leave out what went well. R2 reads it and leaves nothing out.
    pub quiet: Option<bool>,
}

/// One object of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectIdentifier {
    /// The key.
    pub key: String,
    /// A version. R2 has none.
    pub version_id: Option<String>,
}

/// The reply to DeleteObjects.
///
/// ```
/// use r2_xml::{DeleteResult, Document, ErrorCode};
///
/// let body = b"<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key>
///     <Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>";
/// let result = DeleteResult::decode(body)?;
/// assert_eq!(result.deleted[0].key, "a");
/// assert_eq!(result.errors[0].code, ErrorCode::AccessDenied);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteResult {
    /// What is gone, also what never was there.
    pub deleted: Vec<DeletedObject>,
    /// What is still there, and why.
    pub errors: Vec<DeleteError>,
}

/// One object that is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeletedObject {
    /// The key.
    pub key: String,
    /// The version that was deleted.
    pub version_id: Option<String>,
    /// Whether what was made or deleted is a delete marker.
    pub delete_marker: Option<bool>,
    /// The delete marker's version.
    pub delete_marker_version_id: Option<String>,
}

/// One object that could not be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteError {
    /// The key.
    pub key: String,
    /// The version that was named.
    pub version_id: Option<String>,
    /// Why, for programs.
    pub code: ErrorCode,
    /// Why, for people.
    pub message: String,
}

impl Delete {
    /// A batch of keys without versions.
    pub fn of<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        let identifier = |key: K| ObjectIdentifier { key: key.into(), version_id: None };
        Self { objects: keys.into_iter().map(identifier).collect(), quiet: None }
    }
}

impl Document for Delete {
    const ROOT: &'static str = "Delete";
    const BYTES_MAX: usize = DELETE_BYTES_MAX;
}

impl RequestDocument for Delete {
    /// R2 wants 1 to 1,000 keys.
    fn validate(&self) -> Result<(), Invalid> {
        if !(1..=KEYS_MAX).contains(&self.objects.len()) {
            return Err(Invalid::DeleteKeyCount(self.objects.len()));
        }
        match self.objects.iter().position(|object| object.key.is_empty()) {
            Some(index) => Err(Invalid::EmptyKey(index)),
            None => Ok(()),
        }
    }
}

impl Codec for Delete {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut delete = Self::default();
        while let Some(name) = cursor.child()? {
            match name {
                "Object" => {
                    cursor.push(&mut delete.objects, DELETE_KEYS_MAX, ObjectIdentifier::read)?;
                }
                "Quiet" => cursor.once(&mut delete.quiet, Cursor::boolean)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(delete)
    }

    fn write(&self, writer: &mut Writer) {
        for object in &self.objects {
            writer.element("Object", |writer| {
                writer.text("Key", &object.key);
                writer.text_if("VersionId", object.version_id.as_deref());
            });
        }
        writer.value_if("Quiet", self.quiet);
    }
}

impl ObjectIdentifier {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut key, mut version_id) = (None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "VersionId" => cursor.once(&mut version_id, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { key: key.ok_or_else(|| missing(at, "Object", "Key"))?, version_id })
    }
}

impl Document for DeleteResult {
    const ROOT: &'static str = "DeleteResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for DeleteResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut result = Self::default();
        while let Some(name) = cursor.child()? {
            match name {
                "Deleted" => {
                    cursor.push(&mut result.deleted, DELETE_KEYS_MAX, DeletedObject::read)?;
                }
                "Error" => cursor.push(&mut result.errors, DELETE_KEYS_MAX, DeleteError::read)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(result)
    }

    fn write(&self, writer: &mut Writer) {
        for deleted in &self.deleted {
            writer.element("Deleted", |writer| deleted.write(writer));
        }
        for error in &self.errors {
            writer.element("Error", |writer| error.write(writer));
        }
    }
}

impl DeletedObject {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut deleted = Self::default();
        let mut key = None;
        while let Some(name) = cursor.child()? {
            match name {
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "VersionId" => cursor.once(&mut deleted.version_id, Cursor::string)?,
                "DeleteMarker" => cursor.once(&mut deleted.delete_marker, Cursor::boolean)?,
                "DeleteMarkerVersionId" => {
                    cursor.once(&mut deleted.delete_marker_version_id, Cursor::string)?;
                }
                _ => cursor.other(name)?,
            }
        }
        deleted.key = key.ok_or_else(|| missing(at, "Deleted", "Key"))?;
        Ok(deleted)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Key", &self.key);
        writer.text_if("VersionId", self.version_id.as_deref());
        writer.value_if("DeleteMarker", self.delete_marker);
        writer.text_if("DeleteMarkerVersionId", self.delete_marker_version_id.as_deref());
    }
}

impl DeleteError {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut key, mut version_id, mut code, mut message) = (None, None, None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Key" => cursor.once(&mut key, Cursor::string)?,
                "VersionId" => cursor.once(&mut version_id, Cursor::string)?,
                "Code" => cursor.once(&mut code, Cursor::code)?,
                "Message" => cursor.once(&mut message, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self {
            key: key.ok_or_else(|| missing(at, "Error", "Key"))?,
            version_id,
            code: code.ok_or_else(|| missing(at, "Error", "Code"))?,
            message: message.unwrap_or_default(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Key", &self.key);
        writer.text_if("VersionId", self.version_id.as_deref());
        writer.text("Code", self.code.as_str());
        writer.text("Message", &self.message);
    }
}
