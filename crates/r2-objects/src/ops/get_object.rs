//! GetObject.

use http::{Method, StatusCode};
use r2_resilience::Safety;
use r2_transport::Body;

use super::select::Selection;
use super::{Conditional, ObjectInfo};
use crate::cost::CostClass;
use crate::error::{Error, ErrorKind};
use crate::names::{BucketName, ByteRange, ETag, ObjectKey};
use crate::operation::{Operation, ReplyMode, RequestParts, Target};
use crate::reply::Reply;
use crate::values::{Conditions, LastModified, Precondition, SseCustomerKey};

/// Reads an object, or a range of it. One HTTP exchange: the body is a plain stream that ends when
/// the connection breaks. [`Objects::get_stream`](crate::Objects::get_stream) takes it up again.
///
/// ```
/// use r2_objects::{BucketName, ByteRange, GetObject, ObjectKey, Operation};
///
/// let get = GetObject::new(BucketName::new("photos")?, ObjectKey::new("a.jpg")?)
///     .range(ByteRange::new(0..100)?);
/// assert_eq!(get.request()?.headers()["range"], "bytes=0-99");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GetObject {
    selection: Selection,
    accept_encoding: Option<String>,
    overrides: Vec<(&'static str, String)>,
}

/// What GetObject gives: the headers, and the body to come.
#[derive(Debug)]
#[non_exhaustive]
pub struct FetchedObject {
    /// What the headers tell.
    pub info: ObjectInfo,
    /// The content, not read yet.
    pub body: Body,
}

impl GetObject {
    /// Reads the whole object.
    #[must_use]
    pub fn new(bucket: BucketName, key: ObjectKey) -> Self {
        Self {
            selection: Selection::new(bucket, key),
            accept_encoding: None,
            overrides: Vec::new(),
        }
    }

    /// Reads a range. R2 answers a range outside the object with
    /// [`InvalidRange`](ErrorKind::InvalidRange), also any range of an empty object.
    #[must_use]
    pub fn range(mut self, range: ByteRange) -> Self {
        self.selection.range = Some(range);
        self
    }

    /// Reads one part of an object that was uploaded in parts. Counts from 1.
    #[must_use]
    pub fn part_number(mut self, number: u32) -> Self {
        self.selection.part_number = Some(number);
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.selection.condition(condition);
        self
    }

    /// Brings the key that the object is encrypted with.
    #[must_use]
    pub fn customer_key(mut self, key: SseCustomerKey) -> Self {
        self.selection.sse = Some(key);
        self
    }

    /// Asks for the checksums that the server keeps.
    #[must_use]
    pub fn with_checksums(mut self) -> Self {
        self.selection.checksum_mode = true;
        self
    }

    /// Which content codings the reader takes. Default: `identity`, which makes Cloudflare's edge
    /// decompress an object that was stored with a `Content-Encoding`; name that encoding here to
    /// get the bytes as they were stored.
    #[must_use]
    pub fn accept_encoding(mut self, codings: impl Into<String>) -> Self {
        self.accept_encoding = Some(codings.into());
        self
    }

    /// Has the reply say another content type (`response-content-type`). Needs a signature.
    #[must_use]
    pub fn response_content_type(self, value: impl Into<String>) -> Self {
        self.respond_with("response-content-type", value.into())
    }

    /// Has the reply say another content disposition.
    #[must_use]
    pub fn response_content_disposition(self, value: impl Into<String>) -> Self {
        self.respond_with("response-content-disposition", value.into())
    }

    /// Has the reply say another content encoding.
    #[must_use]
    pub fn response_content_encoding(self, value: impl Into<String>) -> Self {
        self.respond_with("response-content-encoding", value.into())
    }

    /// Has the reply say another content language.
    #[must_use]
    pub fn response_content_language(self, value: impl Into<String>) -> Self {
        self.respond_with("response-content-language", value.into())
    }

    /// Has the reply say another cache control.
    #[must_use]
    pub fn response_cache_control(self, value: impl Into<String>) -> Self {
        self.respond_with("response-cache-control", value.into())
    }

    /// Has the reply say another expiry.
    #[must_use]
    pub fn response_expires(self, moment: impl Into<LastModified>) -> Self {
        self.respond_with("response-expires", moment.into().http())
    }

    fn respond_with(mut self, name: &'static str, value: String) -> Self {
        self.overrides.push((name, value));
        self
    }

    /// The rest of the same content, after a break.
    pub(crate) fn resumed(&self, range: ByteRange, etag: ETag) -> Self {
        let mut rest = self.clone();
        rest.selection.range = Some(range);
        rest.selection.part_number = None;
        rest.selection.conditions = Conditions::default();
        rest.condition(Precondition::unchanged(etag))
    }

    /// Does it read the object from its first byte to its last?
    pub(crate) fn reads_all(&self) -> bool {
        self.selection.range.is_none() && self.selection.part_number.is_none()
    }
}

impl Operation for GetObject {
    type Output = Conditional<FetchedObject>;

    fn name(&self) -> &'static str {
        "GetObject"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::B
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Object(&self.selection.bucket, &self.selection.key)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        if self.selection.range.is_some() && self.selection.part_number.is_some() {
            let message = "a range and a part number cannot be asked for at once";
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let mut parts = self.selection.request(Method::GET)?;
        parts = parts.header_opt("accept-encoding", self.accept_encoding.as_ref())?;
        for (name, value) in &self.overrides {
            parts = parts.param(*name, value);
        }
        Ok(parts)
    }

    fn reply_mode(&self) -> ReplyMode {
        ReplyMode::Streamed
    }

    fn accepts(&self, status: StatusCode) -> bool {
        matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED)
    }

    fn decode(&self, reply: Reply) -> Result<Self::Output, Error> {
        if reply.status() == StatusCode::NOT_MODIFIED {
            return Ok(Conditional::not_modified(&reply));
        }
        let info = ObjectInfo::from_reply(&reply)?;
        // a server that ignores the range would make a reader take one part of the object for
        // another
        if self.selection.range.is_some() && info.content_range.is_none() {
            return Err(reply.unexpected("a range was asked for, the whole object came"));
        }
        Ok(Conditional::Met(FetchedObject { info, body: reply.into_body() }))
    }
}
