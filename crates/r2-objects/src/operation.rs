//! What a call to S3 is: plain data with two pure halves.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use r2_resilience::Safety;

use crate::cost::CostClass;
use crate::error::{Error, ErrorKind};
use crate::names::{BucketName, ObjectKey};
use crate::payload::Payload;
use crate::reply::Reply;
use crate::values::StorageClass;

/// One call to S3: what to send, and what the answer means. Everything between the two (signing,
/// sending, trying again, counting) is the [`Client`](crate::Client)'s.
///
/// The same value can be sent, presigned, priced and counted. Implement it to add an operation that
/// this crate does not have:
///
/// ```
/// use http::Method;
/// use r2_objects::{
///     BucketName, Client, CostClass, Error, Operation, Reply, RequestParts, Safety, Target,
/// };
///
/// struct GetVersioning(BucketName);
///
/// impl Operation for GetVersioning {
///     type Output = String;
///
///     fn name(&self) -> &'static str {
///         "GetBucketVersioning"
///     }
///     fn cost_class(&self) -> CostClass {
///         CostClass::B
///     }
///     fn safety(&self) -> Safety {
///         Safety::Repeatable
///     }
///     fn target(&self) -> Target<'_> {
///         Target::Bucket(&self.0)
///     }
///     fn request(&self) -> Result<RequestParts, Error> {
///         Ok(RequestParts::new(Method::GET).flag("versioning"))
///     }
///     fn decode(&self, reply: Reply) -> Result<String, Error> {
///         Ok(String::from_utf8_lossy(reply.bytes()).into_owned())
///     }
/// }
///
/// let operation = GetVersioning(BucketName::new("my-bucket")?);
/// assert_eq!(operation.request()?.query(), [("versioning".into(), None)]);
/// # Ok::<(), Error>(())
/// ```
pub trait Operation: Send + Sync {
    /// What a successful call gives.
    type Output: Send;

    /// The name as the price list writes it, `PutObject`.
    fn name(&self) -> &'static str;

    /// What it is billed as.
    fn cost_class(&self) -> CostClass;

    /// The storage class it writes to, if it writes one: Infrequent Access is billed apart.
    fn storage_class(&self) -> StorageClass {
        StorageClass::Standard
    }

    /// May it be tried again when nobody knows whether it took effect?
    fn safety(&self) -> Safety;

    /// What it is about.
    fn target(&self) -> Target<'_>;

    /// The request, without host, path and signature. Pure: asked again it says the same.
    ///
    /// # Errors
    ///
    /// Options that cannot work together or do not fit a request.
    fn request(&self) -> Result<RequestParts, Error>;

    /// Whether the body of a successful reply is read before [`decode`](Self::decode), or handed
    /// to it as it comes.
    fn reply_mode(&self) -> ReplyMode {
        ReplyMode::Buffered
    }

    /// Which statuses go to [`decode`](Self::decode). All others become errors before.
    fn accepts(&self, status: StatusCode) -> bool {
        status.is_success()
    }

    /// What the reply means. A success may hide an error in its body: [`Reply::document`] finds it.
    ///
    /// # Errors
    ///
    /// The hidden error, or a reply that is not understood.
    fn decode(&self, reply: Reply) -> Result<Self::Output, Error>;
}

/// A borrowed operation is one, too.
impl<O: Operation + ?Sized> Operation for &O {
    type Output = O::Output;

    fn name(&self) -> &'static str {
        (**self).name()
    }
    fn cost_class(&self) -> CostClass {
        (**self).cost_class()
    }
    fn storage_class(&self) -> StorageClass {
        (**self).storage_class()
    }
    fn safety(&self) -> Safety {
        (**self).safety()
    }
    fn target(&self) -> Target<'_> {
        (**self).target()
    }
    fn request(&self) -> Result<RequestParts, Error> {
        (**self).request()
    }
    fn reply_mode(&self) -> ReplyMode {
        (**self).reply_mode()
    }
    fn accepts(&self, status: StatusCode) -> bool {
        (**self).accepts(status)
    }
    fn decode(&self, reply: Reply) -> Result<Self::Output, Error> {
        (**self).decode(reply)
    }
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the path of an S3 request has these three forms")]
pub enum Target<'a> {
    /// The account: `/`.
    Account,
    /// A bucket.
    Bucket(&'a BucketName),
    /// An object.
    Object(&'a BucketName, &'a ObjectKey),
}

impl<'a> Target<'a> {
    /// The bucket, unless it is the account.
    #[must_use]
    pub fn bucket(&self) -> Option<&'a BucketName> {
        match self {
            Self::Account => None,
            Self::Bucket(bucket) | Self::Object(bucket, _) => Some(bucket),
        }
    }

    /// The key, if it is an object.
    #[must_use]
    pub fn key(&self) -> Option<&'a ObjectKey> {
        match self {
            Self::Object(_, key) => Some(key),
            Self::Account | Self::Bucket(_) => None,
        }
    }
}

/// Whether a successful reply's body is read into memory first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "read or not read")]
pub enum ReplyMode {
    /// Up to [`REPLY_BYTES_MAX`](crate::limits::REPLY_BYTES_MAX): XML, or nothing.
    Buffered,
    /// Not read: the content of an object.
    Streamed,
}

/// Which checksum header goes with the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Integrity {
    /// None, or one that the operation put into the headers itself.
    #[default]
    None,
    /// By the client's [`ChecksumPolicy`](crate::ChecksumPolicy): for contents of objects.
    Content,
    /// `Content-MD5`: for documents, where AWS, Ceph and Swift demand it and R2 checks it.
    Md5,
}

/// A request without host, path and signature.
#[derive(Debug, Clone)]
pub struct RequestParts {
    pub(crate) method: Method,
    pub(crate) query: Vec<(String, Option<String>)>,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    pub(crate) integrity: Integrity,
}

impl RequestParts {
    /// A request without anything.
    #[must_use]
    pub fn new(method: Method) -> Self {
        Self {
            method,
            query: Vec::new(),
            headers: HeaderMap::new(),
            payload: Payload::empty(),
            integrity: Integrity::None,
        }
    }

    /// Adds a parameter. Name and value are given decoded.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.query.push((name.into(), Some(value.to_string())));
        self
    }

    /// Adds a parameter if there is a value.
    #[must_use]
    pub fn param_opt(self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.param(name, value),
            None => self,
        }
    }

    /// Adds a parameter without a value, `?uploads`.
    #[must_use]
    pub fn flag(mut self, name: impl Into<String>) -> Self {
        self.query.push((name.into(), None));
        self
    }

    /// Sets a header. An empty value is left out: R2 answers some of them with 501.
    ///
    /// # Errors
    ///
    /// A name or value that cannot stand in a header.
    pub fn header(
        mut self,
        name: impl AsRef<str>,
        value: impl fmt::Display,
    ) -> Result<Self, Error> {
        let (name, value) = (name.as_ref(), value.to_string());
        if value.is_empty() {
            return Ok(self);
        }
        let invalid = || {
            let message = format!("the value of {name} cannot stand in a header");
            Error::new(ErrorKind::InvalidInput, message)
        };
        let header_name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
            Error::new(ErrorKind::InvalidInput, format!("{name:?} is not a header name"))
        })?;
        // other than ASCII would be signed in one encoding and verified in another
        if !value.is_ascii() || value.trim() != value {
            return Err(invalid());
        }
        let value = HeaderValue::from_str(&value).map_err(|_| invalid())?;
        self.headers.insert(header_name, value);
        Ok(self)
    }

    /// Sets a header whose value no log shows.
    ///
    /// # Errors
    ///
    /// As [`header`](Self::header).
    pub fn secret_header(
        self,
        name: impl AsRef<str>,
        value: impl fmt::Display,
    ) -> Result<Self, Error> {
        let name = name.as_ref();
        let mut parts = self.header(name, value)?;
        if let Some(value) = parts.headers.get_mut(name) {
            value.set_sensitive(true);
        }
        Ok(parts)
    }

    /// Sets a header if there is a value.
    ///
    /// # Errors
    ///
    /// As [`header`](Self::header).
    pub fn header_opt(
        self,
        name: impl AsRef<str>,
        value: Option<impl fmt::Display>,
    ) -> Result<Self, Error> {
        match value {
            Some(value) => self.header(name, value),
            None => Ok(self),
        }
    }

    /// Sets the body and which checksum goes with it.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Payload>, integrity: Integrity) -> Self {
        self.payload = payload.into();
        self.integrity = integrity;
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The parameters, decoded, in the order they were added.
    #[must_use]
    pub fn query(&self) -> &[(String, Option<String>)] {
        &self.query
    }

    /// The headers that the operation itself sets.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Payload {
        &self.payload
    }
}
