//! What a write says about the object beside its content.

use crate::error::Error;
use crate::operation::RequestParts;
use crate::values::{LastModified, Metadata, StorageClass};

/// Headers and metadata that are kept with an object and given back with it. Used by PutObject,
/// CopyObject and CreateMultipartUpload alike.
///
/// ```
/// use r2_objects::{Metadata, ObjectAttributes, StorageClass};
///
/// let attributes = ObjectAttributes::new()
///     .content_type("text/plain; charset=utf-8")
///     .metadata(Metadata::new().with("author", "Zoë")?)
///     .storage_class(StorageClass::InfrequentAccess);
/// assert_eq!(attributes.content_type.as_deref(), Some("text/plain; charset=utf-8"));
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectAttributes {
    /// `Content-Type`. Default: R2 looks at the content.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Disposition`. ASCII only: other names go into `filename*=UTF-8''...`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`. Cloudflare decompresses such an object for a reader who does not name
    /// the encoding in `Accept-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Expires`.
    pub expires: Option<LastModified>,
    /// `x-amz-meta-*`.
    pub metadata: Metadata,
    /// The storage class. Default: the bucket's.
    pub storage_class: Option<StorageClass>,
}

impl ObjectAttributes {
    /// Nothing said.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the content type.
    #[must_use]
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.content_type = Some(value.into());
        self
    }

    /// Sets how caches may keep it.
    #[must_use]
    pub fn cache_control(mut self, value: impl Into<String>) -> Self {
        self.cache_control = Some(value.into());
        self
    }

    /// Sets how a browser presents it.
    #[must_use]
    pub fn content_disposition(mut self, value: impl Into<String>) -> Self {
        self.content_disposition = Some(value.into());
        self
    }

    /// Sets how the content is coded.
    #[must_use]
    pub fn content_encoding(mut self, value: impl Into<String>) -> Self {
        self.content_encoding = Some(value.into());
        self
    }

    /// Sets the language.
    #[must_use]
    pub fn content_language(mut self, value: impl Into<String>) -> Self {
        self.content_language = Some(value.into());
        self
    }

    /// Sets until when caches may keep it.
    #[must_use]
    pub fn expires(mut self, moment: impl Into<LastModified>) -> Self {
        self.expires = Some(moment.into());
        self
    }

    /// Sets the metadata.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Sets the storage class.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// Puts them into a request. For operations defined elsewhere.
    ///
    /// # Errors
    ///
    /// A value that cannot stand in a header.
    pub fn apply(&self, mut parts: RequestParts) -> Result<RequestParts, Error> {
        let Self {
            content_type,
            cache_control,
            content_disposition,
            content_encoding,
            content_language,
            expires,
            metadata,
            storage_class,
        } = self;
        parts = parts
            .header_opt("content-type", content_type.as_ref())?
            .header_opt("cache-control", cache_control.as_ref())?
            .header_opt("content-disposition", content_disposition.as_ref())?
            .header_opt("content-encoding", content_encoding.as_ref())?
            .header_opt("content-language", content_language.as_ref())?
            .header_opt("expires", expires.map(|moment| moment.http()))?
            .header_opt("x-amz-storage-class", storage_class.as_ref())?;
        for (name, value) in metadata.headers() {
            parts = parts.header(name, value)?;
        }
        Ok(parts)
    }
}
