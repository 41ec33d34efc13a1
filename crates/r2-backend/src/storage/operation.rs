//! The names of what a back end does, for errors and traces.

use std::fmt;

/// What a back end was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageOperation {
    /// Setting the back end up.
    Open,
    /// Writing an object.
    Put,
    /// Writing an object from a file.
    UploadFile,
    /// Reading an object, or a range of it.
    Get,
    /// Asking what is known of an object.
    Head,
    /// Listing.
    List,
    /// Copying inside the back end.
    Copy,
    /// Deleting.
    Delete,
    /// Making a presigned request.
    Presign,
    /// Making a public URL.
    Url,
    /// Writing an object in parts.
    Parts,
}

impl StorageOperation {
    /// The name in a log: one lower-case word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Put => "put",
            Self::UploadFile => "upload",
            Self::Get => "get",
            Self::Head => "head",
            Self::List => "list",
            Self::Copy => "copy",
            Self::Delete => "delete",
            Self::Presign => "presign",
            Self::Url => "url",
            Self::Parts => "parts",
        }
    }
}

impl fmt::Display for StorageOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
