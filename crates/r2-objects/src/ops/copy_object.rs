//! CopyObject.

use http::Method;
use r2_resilience::Safety;
use r2_sign::encode;
use r2_xml::CopyObjectResult;

use super::ObjectAttributes;
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::{BucketName, ETag, ObjectKey};
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;
use crate::values::{Conditions, LastModified, Precondition, SseCustomerKey, StorageClass};

/// What becomes of headers and metadata in a copy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataDirective {
    /// They are copied.
    #[default]
    Copy,
    /// The copy has those of the request, and no others.
    Replace,
    /// The copy has those of the source with the request's over them. R2's own; it cannot remove
    /// an entry.
    Merge,
}

impl MetadataDirective {
    fn as_str(self) -> &'static str {
        match self {
            Self::Copy => "COPY",
            Self::Replace => "REPLACE",
            Self::Merge => "MERGE",
        }
    }
}

/// Copies an object inside the service. Sources over about 5 GiB must be copied in parts.
///
/// ```
/// use r2_objects::{BucketName, CopyObject, ObjectKey, Operation, Precondition};
///
/// let bucket = BucketName::new("photos")?;
/// let copy = CopyObject::new(bucket.clone(), ObjectKey::new("a b")?, bucket, ObjectKey::new("c")?)
///     .destination_condition(Precondition::absent());
/// let headers = copy.request()?.headers().clone();
/// assert_eq!(headers["x-amz-copy-source"], "/photos/a%20b");
/// assert_eq!(headers["cf-copy-destination-if-none-match"], "*");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CopyObject {
    source_bucket: BucketName,
    source_key: ObjectKey,
    bucket: BucketName,
    key: ObjectKey,
    directive: MetadataDirective,
    attributes: ObjectAttributes,
    source_conditions: Conditions,
    destination_conditions: Conditions,
    source_sse: Option<SseCustomerKey>,
    sse: Option<SseCustomerKey>,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopiedObject {
    /// The tag of the copy.
    pub etag: ETag,
    /// When it was written.
    pub last_modified: Option<LastModified>,
}

impl CopyObject {
    /// Copies from the first bucket and key to the second.
    #[must_use]
    pub fn new(
        source_bucket: BucketName,
        source_key: ObjectKey,
        bucket: BucketName,
        key: ObjectKey,
    ) -> Self {
        Self {
            source_bucket,
            source_key,
            bucket,
            key,
            directive: MetadataDirective::Copy,
            attributes: ObjectAttributes::new(),
            source_conditions: Conditions::default(),
            destination_conditions: Conditions::default(),
            source_sse: None,
            sse: None,
        }
    }

    /// Sets what becomes of headers and metadata. With [`MetadataDirective::Copy`] only the storage
    /// class of the attributes counts.
    #[must_use]
    pub fn metadata_directive(
        mut self,
        directive: MetadataDirective,
        attributes: ObjectAttributes,
    ) -> Self {
        self.directive = directive;
        self.attributes = attributes;
        self
    }

    /// Sets the storage class of the copy.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.attributes.storage_class = Some(class);
        self
    }

    /// Adds a condition on the source.
    #[must_use]
    pub fn source_condition(mut self, condition: Precondition) -> Self {
        self.source_conditions.set(condition);
        self
    }

    /// Adds a condition on what the copy would replace. R2 checks it when the copy is committed,
    /// not in one step with the conditions on the source. Other services do not know these headers
    /// (`cf-copy-destination-if-*`) and would ignore them.
    #[must_use]
    pub fn destination_condition(mut self, condition: Precondition) -> Self {
        self.destination_conditions.set(condition);
        self
    }

    /// Brings the key that the source is encrypted with.
    #[must_use]
    pub fn source_customer_key(mut self, key: SseCustomerKey) -> Self {
        self.source_sse = Some(key);
        self
    }

    /// Has the server encrypt the copy with this key.
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.sse = Some(key);
        self
    }
}

impl Operation for CopyObject {
    type Output = CopiedObject;

    fn name(&self) -> &'static str {
        "CopyObject"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    fn storage_class(&self) -> StorageClass {
        self.attributes.storage_class.clone().unwrap_or_default()
    }

    /// A copy onto itself, or one with conditions, may meet what its own first attempt made.
    fn safety(&self) -> Safety {
        let onto_itself = self.source_bucket == self.bucket && self.source_key == self.key;
        let merges = onto_itself && self.directive == MetadataDirective::Merge;
        let conditional =
            !self.destination_conditions.is_empty() || !self.source_conditions.is_empty();
        if conditional && (onto_itself || !self.destination_conditions.is_empty()) || merges {
            Safety::IfNotApplied
        } else {
            Safety::Repeatable
        }
    }

    fn target(&self) -> Target<'_> {
        Target::Object(&self.bucket, &self.key)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        let mut parts = RequestParts::new(Method::PUT)
            .header("x-amz-copy-source", copy_source(&self.source_bucket, &self.source_key))?;
        if self.directive == MetadataDirective::Copy {
            let class = self.attributes.storage_class.as_ref();
            parts = parts.header_opt("x-amz-storage-class", class)?;
        } else {
            parts = parts.header("x-amz-metadata-directive", self.directive.as_str())?;
            parts = self.attributes.apply(parts)?;
        }
        for (name, value) in self.source_conditions.headers() {
            parts = parts.header(format!("x-amz-copy-source-if-{name}"), value)?;
        }
        for (name, value) in self.destination_conditions.headers() {
            parts = parts.header(format!("cf-copy-destination-if-{name}"), value)?;
        }
        if let Some(key) = &self.source_sse {
            parts = key.apply_to_source(parts)?;
        }
        match &self.sse {
            Some(key) => key.apply(parts),
            None => Ok(parts),
        }
    }

    fn decode(&self, reply: Reply) -> Result<CopiedObject, Error> {
        let document: CopyObjectResult = reply.document()?;
        let etag =
            ETag::parse(&document.etag).map_err(|_| reply.unexpected("the reply has no ETag"))?;
        Ok(CopiedObject { etag, last_modified: document.last_modified.map(Into::into) })
    }
}

/// The value of `x-amz-copy-source`: with a leading slash, which R2 once demanded, and encoded
/// once. For operations defined elsewhere.
///
/// ```
/// use r2_objects::{BucketName, ObjectKey, copy_source};
///
/// let source = copy_source(&BucketName::new("photos")?, &ObjectKey::new("a/b c")?);
/// assert_eq!(source, "/photos/a/b%20c");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[must_use]
pub fn copy_source(bucket: &BucketName, key: &ObjectKey) -> String {
    let mut source = format!("/{bucket}/");
    encode::path_into(&mut source, key.as_str());
    source
}
