//! URLs that carry their own permission.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method};
use r2_sign::{Input, Payload as Signed, Timestamp};

use crate::client::{Client, Head};
use crate::error::{Error, ErrorKind};
use crate::limits::{PRESIGN_MAX, PRESIGN_MIN};
use crate::named::{IntoBucketName, IntoObjectKey};
use crate::operation::Operation;
use crate::ops::{DeleteObject, GetObject, HeadObject, PutObject};
use crate::payload::Payload;
use crate::values::ChecksumAlgorithm;

/// Makes presigned URLs: synchronous, without network. They live 1 second to 7 days, work any
/// number of times until then, and only on the service's own host, never on a custom domain
/// (Cloudflare's R2 page on presigned URLs).
///
/// ```
/// use r2_objects::{Client, Credentials};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .account_id("0123456789abcdef0123456789abcdef")
///     .credentials(Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32)))
///     .build()?;
/// let hour = Duration::from_secs(3600);
/// let link = client.presign().get("photos", "a b.jpg", hour)?;
/// assert!(link.url().contains("/photos/a%20b.jpg?X-Amz-Algorithm=AWS4-HMAC-SHA256"));
/// assert!(!format!("{link:?}").contains("X-Amz-Signature"));
/// assert!(client.presign().get("photos", "a", hour * 24 * 8).is_err());
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Presigner<'a> {
    client: &'a Client,
}

/// A request that somebody else may send. The URL is a secret for as long as it lives.
#[derive(Clone)]
pub struct PresignedRequest {
    method: Method,
    url: String,
    headers: HeaderMap,
    expires_at: SystemTime,
}

impl PresignedRequest {
    /// The method to use.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The URL, signature included.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Headers that must be sent exactly so: the signature covers them.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }
}

/// Without the query, which is the permission.
impl fmt::Debug for PresignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, url, headers, expires_at } = self;
        f.debug_struct("PresignedRequest")
            .field("method", method)
            .field("url", &url.split('?').next())
            .field("headers", headers)
            .field("expires_at", expires_at)
            .finish()
    }
}

impl<'a> Presigner<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// A URL to read an object.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    pub fn get(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        self.operation(
            &GetObject::new(bucket.into_bucket_name()?, key.into_object_key()?),
            expires_in,
        )
    }

    /// A URL to ask for an object's headers.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    pub fn head(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        self.operation(
            &HeadObject::new(bucket.into_bucket_name()?, key.into_object_key()?),
            expires_in,
        )
    }

    /// A URL to write an object with any content.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    pub fn put(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        self.operation(
            &PutObject::new(bucket.into_bucket_name()?, key.into_object_key()?, Payload::empty()),
            expires_in,
        )
    }

    /// A URL to delete an object.
    ///
    /// # Errors
    ///
    /// As [`operation`](Self::operation).
    pub fn delete(
        self,
        bucket: impl IntoBucketName,
        key: impl IntoObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        self.operation(
            &DeleteObject::new(bucket.into_bucket_name()?, key.into_object_key()?),
            expires_in,
        )
    }

    /// A URL for any operation. Headers that the operation sets are signed and must be sent; its
    /// body is not, and no checksum of it goes in: whoever sends the request brings his own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a life below 1 second or above 7 days, and for an operation
    /// that cannot be a request; [`ErrorKind::Credentials`] when there is no key at hand.
    pub fn operation<O: Operation>(
        self,
        operation: &O,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        self.sign(operation, expires_in)
            .map_err(|error| error.with_operation(operation.name()).about(operation.target()))
    }

    fn sign<O: Operation>(
        self,
        operation: &O,
        expires_in: Duration,
    ) -> Result<PresignedRequest, Error> {
        if !(PRESIGN_MIN..=PRESIGN_MAX).contains(&expires_in) {
            let message = format!(
                "a presigned url lives 1 second to 7 days (604800 seconds), not {:.0} seconds",
                expires_in.as_secs_f64()
            );
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        let inner = &self.client.inner;
        let no_key = |message| Error::new(ErrorKind::Credentials, message);
        let provider =
            inner.credentials.as_ref().ok_or_else(|| no_key("the client has no credentials"))?;
        let credentials =
            provider.ready().ok_or_else(|| no_key("the credentials are not at hand yet"))?;

        let mut head = Head::new(&inner.endpoint, operation)?;
        // a body that is there now is only an example of what will be sent
        for algorithm in ChecksumAlgorithm::ALL {
            head.headers.remove(algorithm.header());
        }
        let input = Input {
            method: head.method.as_str(),
            path: &head.path,
            query: &head.query,
            headers: &head.signed_headers(head.brings_body),
            payload: Signed::Unsigned,
        };
        let now = inner.now();
        let query = inner
            .signer
            .presign(&input, &credentials, Timestamp::from(now), expires_in)
            .map_err(|error| {
                Error::new(ErrorKind::InvalidInput, "the url cannot be signed").with_source(error)
            })?;
        Ok(PresignedRequest {
            url: head.url(&query),
            method: head.method,
            headers: head.headers,
            expires_at: now + Duration::from_secs(expires_in.as_secs()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{BucketName, ObjectKey};
    use crate::ops::{CopyObject, ObjectAttributes};
    use crate::testing::{ACCOUNT, NOON, Scripted};
    use crate::{Checksum, SseCustomerKey};

    const HOUR: Duration = Duration::from_secs(3600);

    fn put() -> PutObject {
        PutObject::new(BucketName::new("photos").unwrap(), ObjectKey::new("a").unwrap(), "hello")
    }

    fn signed(url: &str) -> &str {
        let (_, rest) = url.split_once("X-Amz-SignedHeaders=").unwrap();
        rest.split('&').next().unwrap()
    }

    #[test]
    fn the_whole_url() {
        let script = Scripted::new([]);
        let link = script.client().presign().get("photos", "a/b c#?.jpg", HOUR).unwrap();
        let (url, signature) = link.url().rsplit_once('=').unwrap();
        assert_eq!(
            url.replace(ACCOUNT, "ACCOUNT"),
            "https://ACCOUNT.r2.cloudflarestorage.com/photos/a/b%20c%23%3F.jpg\
             ?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=fedcba9876543210fedcba9876543210%2F20261120%2Fauto%2Fs3\
             %2Faws4_request\
             &X-Amz-Date=20261120T120000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host\
             &X-Amz-Signature"
        );
        assert_eq!(signature.len(), 64);
        assert!(link.headers().is_empty());
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON);
        assert_eq!(link.expires_at(), noon + HOUR);
        assert!(script.seen().is_empty());
    }

    #[test]
    fn a_life_outside_the_limits_is_refused() {
        let client = Scripted::new([]).client();
        for expires in [Duration::ZERO, Duration::from_millis(999), HOUR * 24 * 7 + HOUR] {
            let error = client.presign().get("photos", "a", expires).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains("1 second to 7 days"), "{error}");
        }
        assert!(client.presign().get("photos", "a", PRESIGN_MIN).is_ok());
        assert!(client.presign().delete("photos", "a", PRESIGN_MAX).is_ok());
    }

    /// petdex#465: a checksum of the empty body in the URL made every upload fail.
    #[test]
    fn a_checksum_of_a_body_to_come_is_never_signed() {
        let client = Scripted::new([]).client();
        let link = client.presign().put("photos", "a", HOUR).unwrap();
        assert_eq!(signed(link.url()), "host");
        assert!(!link.url().contains("checksum") && link.headers().is_empty());
        let put = put().checksum(Checksum::from(5_u64)).content_type("text/plain");
        let link = client.presign().operation(&put, HOUR).unwrap();
        assert_eq!(signed(link.url()), "content-type%3Bhost");
        assert_eq!(link.headers().len(), 1);
        assert_eq!(link.headers()["content-type"], "text/plain");
    }

    #[test]
    fn any_operation_can_be_presigned() {
        let client = Scripted::new([]).client();
        let bucket = || BucketName::new("photos").unwrap();
        let key = |text| ObjectKey::new(text).unwrap();
        let copy = CopyObject::new(bucket(), key("a"), bucket(), key("b")).metadata_directive(
            crate::MetadataDirective::Replace,
            ObjectAttributes::new().content_type("text/plain"),
        );
        let link = client.presign().operation(&copy, HOUR).unwrap();
        // no body: the content type is sent but not signed
        assert_eq!(signed(link.url()), "host%3Bx-amz-copy-source%3Bx-amz-metadata-directive");
        assert_eq!(link.headers().len(), 3);
        let list = crate::ListObjectsV2::new(bucket()).prefix("a&b");
        let link = client.presign().operation(&list, HOUR).unwrap();
        assert!(link.url().contains("/photos?"), "{}", link.url());
        assert!(link.url().contains("&list-type=2&prefix=a%26b"));
    }

    #[test]
    fn nothing_secret_is_shown() {
        let client = Scripted::new([]).client();
        let put = put().customer_key(SseCustomerKey::new([7; 32]));
        let shown = format!("{:?}", client.presign().operation(&put, HOUR).unwrap());
        assert!(!shown.contains("Signature") && !shown.contains("BwcHBw"), "{shown}");
    }

    #[test]
    fn without_a_key_there_is_no_url() {
        let client = Client::builder()
            .endpoint("http://r2.local")
            .transport(Scripted::new([]))
            .build()
            .unwrap();
        let error = client.presign().get("photos", "a", HOUR).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }
}
