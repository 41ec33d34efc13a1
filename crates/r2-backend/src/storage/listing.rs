//! What is listed, and how it is asked for.

use std::fmt;
use std::sync::Arc;

use r2_objects::{ETag, LastModified, ObjectKey};

/// What a listing holds.
///
/// ```
/// use r2_backend::storage::ListOptions;
///
/// let options = ListOptions::new().prefix("2026/").delimiter("/").page_size(100);
/// assert_eq!(options.prefix, "2026/");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListOptions {
    /// Only keys that begin so. Default: all.
    pub prefix: String,
    /// Groups keys that hold this after the prefix. Default: no groups.
    pub delimiter: Option<String>,
    /// Only keys after this one, in the order of their bytes. Default: from the first. It should
    /// not lie inside a group: whether the rest of that group is shown is up to the back end.
    pub start_after: Option<String>,
    /// Entries of one page, at most. Default: what the back end likes, 1,000 at most.
    pub page_size: Option<u32>,
}

impl ListOptions {
    /// Everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only keys that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Groups keys that hold this after the prefix; an empty one does not.
    #[must_use]
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> Self {
        self.delimiter = Some(delimiter.into()).filter(|delimiter| !delimiter.is_empty());
        self
    }

    /// Only keys after this one.
    #[must_use]
    pub fn start_after(mut self, key: impl Into<String>) -> Self {
        self.start_after = Some(key.into()).filter(|key| !key.is_empty());
        self
    }

    /// At most so many entries on a page, at least one.
    #[must_use]
    pub fn page_size(mut self, entries: u32) -> Self {
        self.page_size = Some(entries.max(1));
        self
    }
}

/// Where the next page begins: opaque, and good only for the back end and the options it came from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PageToken(Box<str>);

impl PageToken {
    /// A token of a back end's own making.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into().into_boxed_str())
    }

    /// What the back end made.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageToken({:?})", self.0)
    }
}

/// An object as a listing tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// Its tag, if the back end lists it.
    pub etag: Option<ETag>,
    /// When it was written, if the back end lists it.
    pub modified: Option<LastModified>,
    /// The name of the back end that listed it.
    pub served_by: Arc<str>,
}

impl ListedObject {
    /// An object without tag and time.
    #[must_use]
    pub fn new(key: ObjectKey, size: u64, served_by: Arc<str>) -> Self {
        Self { key, size, etag: None, modified: None, served_by }
    }

    /// Sets its tag.
    #[must_use]
    pub fn etag(mut self, etag: impl Into<Option<ETag>>) -> Self {
        self.etag = etag.into();
        self
    }

    /// Sets when it was written.
    #[must_use]
    pub fn modified(mut self, moment: impl Into<Option<LastModified>>) -> Self {
        self.modified = moment.into();
        self
    }
}

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a listing has objects, and groups of them")]
pub enum Entry {
    /// An object.
    Object(ListedObject),
    /// What the delimiter groups: the common beginning of keys, delimiter included.
    Prefix(String),
}

impl Entry {
    /// The key, or the common beginning of keys: what entries are ordered by.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Object(object) => object.key.as_str(),
            Self::Prefix(prefix) => prefix,
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn object(self) -> Option<ListedObject> {
        match self {
            Self::Object(object) => Some(object),
            Self::Prefix(_) => None,
        }
    }
}

/// One page of a listing. It may be short, even empty, and still not be the last one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// In the order of the bytes of their names.
    pub entries: Vec<Entry>,
    /// With what the next page is asked for; `None` on the last one.
    pub next: Option<PageToken>,
}

impl Page {
    /// A page.
    #[must_use]
    pub fn new(entries: Vec<Entry>, next: Option<PageToken>) -> Self {
        Self { entries, next }
    }
}
