//! The codes of error documents.

use std::fmt;

/// Defines [`ErrorCode`] from one table: variant, text on the wire, R2's status.
macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident $status:expr;)*) => {
        /// The `Code` of an error document.
        ///
        /// The first group is what R2 answers (Cloudflare's error-codes page, and the local R2 in
        /// workers-sdk). The second is what other S3 services answer where R2 has no such case or
        /// another code.
        ///
        /// Make one from text by [`ErrorCode::from`], which never puts a known code into
        /// [`ErrorCode::Other`].
        ///
        /// ```
        /// use r2_xml::ErrorCode;
        ///
        /// assert_eq!(ErrorCode::from("NoSuchKey"), ErrorCode::NoSuchKey);
        /// assert_eq!(ErrorCode::NoSuchKey.default_status(), Some(404));
        /// assert_eq!(ErrorCode::from("Odd").as_str(), "Odd");
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
            /// A code that this list does not have.
            Other(Box<str>),
        }

        impl ErrorCode {
            /// Every code of the list, without [`ErrorCode::Other`].
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as the document writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                    Self::Other(code) => code,
                }
            }

            /// The HTTP status that R2 sends with the code, if R2 sends it and the status is known.
            #[must_use]
            pub fn default_status(&self) -> Option<u16> {
                match self {
                    $(Self::$variant => $status,)*
                    Self::Other(_) => None,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(code: &str) -> Self {
                match code {
                    $(stringify!($variant) => Self::$variant,)*
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

error_codes! {
    /// The caller may not do this.
    AccessDenied Some(403);
    /// The body does not match its checksum.
    BadDigest Some(400);
    /// The bucket exists already.
    BucketConflict Some(409);
    /// The bucket still has objects.
    BucketNotEmpty Some(409);
    /// The client went away before the body was complete.
    ClientDisconnect Some(400);
    /// More bytes than an object or a part may have.
    EntityTooLarge Some(400);
    /// A part, not the last, under 5 MiB.
    EntityTooSmall Some(400);
    /// A presigned URL past its time. Cloudflare's page says 400; the service sends 403.
    ExpiredRequest Some(403);
    /// Fewer bytes than `Content-Length` says.
    IncompleteBody Some(400);
    /// The service failed. Worth another try.
    InternalError Some(500);
    /// A header or parameter with a value that makes no sense.
    InvalidArgument Some(400);
    /// Not a bucket name.
    InvalidBucketName Some(400);
    /// A `Content-MD5` or checksum that is not one.
    InvalidDigest Some(400);
    /// An encryption other than AES256.
    InvalidEncryptionAlgorithmError Some(400);
    /// `max-keys` is not a number in range.
    InvalidMaxKeys Some(400);
    /// Not an object name. AWS says `KeyTooLongError` for a long one.
    InvalidObjectName Some(400);
    /// A part that does not exist, has another ETag, or has another length than the first.
    InvalidPart Some(400);
    /// The range begins past the object's end.
    InvalidRange Some(416);
    /// The request contradicts itself, or lacks a header.
    InvalidRequest Some(400);
    /// Not a storage class.
    InvalidStorageClass Some(400);
    /// The body is not the document it should be.
    MalformedXML Some(400);
    /// More metadata than 8,192 bytes.
    MetadataTooLarge Some(400);
    /// No `Content-Length`.
    MissingContentLength Some(411);
    /// The bucket has no CORS configuration.
    NoSuchCORSConfiguration Some(404);
    /// The bucket does not exist, at least not in this jurisdiction.
    NoSuchBucket Some(404);
    /// The object does not exist.
    NoSuchKey Some(404);
    /// The bucket has no lifecycle configuration.
    NoSuchLifecycleConfiguration Some(404);
    /// R2's constant answer to tagging.
    NoSuchTagSet Some(404);
    /// The multipart upload does not exist.
    NoSuchUpload Some(404);
    /// The account has no R2 subscription.
    NotEntitled Some(403);
    /// R2 does not have this operation, header or parameter.
    NotImplemented Some(501);
    /// R2's constant answer to object-lock configuration.
    ObjectLockConfigurationNotFoundError Some(404);
    /// A bucket lock forbids the change.
    ObjectLockedByBucketPolicy Some(403);
    /// A condition did not hold.
    PreconditionFailed Some(412);
    /// R2's constant answer to replication.
    ReplicationConfigurationNotFoundError Some(404);
    /// The request's date is more than 15 minutes off.
    RequestTimeTooSkewed Some(403);
    /// No operation has this method and path.
    RouteNotFound Some(404);
    /// The bucket has no encryption configuration.
    ServerSideEncryptionConfigurationNotFoundError Some(404);
    /// Overloaded. Worth another try, later.
    ServiceUnavailable Some(503);
    /// The signature is wrong.
    SignatureDoesNotMatch Some(403);
    /// The account has as many buckets as it may.
    TooManyBuckets Some(400);
    /// Too many requests, or more than one write a second to one key.
    TooManyRequests Some(429);
    /// Too many parts of one upload at once. Named in R2's release notes, without a status.
    TooMuchConcurrency None;
    /// Unknown key id, or `host` not signed.
    Unauthorized Some(401);
    /// The body does not match the signed hash.
    XAmzContentSHA256Mismatch Some(400);

    /// An `Authorization` header that cannot be read.
    AuthorizationHeaderMalformed None;
    /// Presigned parameters that cannot be read.
    AuthorizationQueryParametersError None;
    /// The bucket belongs to someone else.
    BucketAlreadyExists None;
    /// The bucket exists and is the caller's.
    BucketAlreadyOwnedByYou None;
    /// A concurrent request was quicker.
    ConditionalRequestConflict None;
    /// The token is past its time.
    ExpiredToken None;
    /// The location of another region.
    IllegalLocationConstraintException None;
    /// The access key id is unknown. R2 says `Unauthorized`.
    InvalidAccessKeyId None;
    /// The bucket is in a state that forbids this.
    InvalidBucketState None;
    /// Not a place to create a bucket.
    InvalidLocationConstraint None;
    /// The object's storage class forbids this.
    InvalidObjectState None;
    /// Parts are not in ascending order. R2 sorts them.
    InvalidPartOrder None;
    /// The session token is not one.
    InvalidToken None;
    /// A path that cannot be read.
    InvalidURI None;
    /// A key above 1,024 bytes. R2 says `InvalidObjectName`.
    KeyTooLongError None;
    /// A document that is too large.
    MaxMessageLengthExceeded None;
    /// Too many headers. R2 says `MetadataTooLarge`.
    MetadataTooLargeError None;
    /// The method has no meaning here.
    MethodNotAllowed None;
    /// A body is needed.
    MissingRequestBodyError None;
    /// A header is needed.
    MissingSecurityHeader None;
    /// The version does not exist.
    NoSuchVersion None;
    /// Nothing has changed since.
    NotModified None;
    /// Another operation on the same thing is under way.
    OperationAborted None;
    /// The bucket is elsewhere.
    PermanentRedirect None;
    /// The bucket is elsewhere, for now.
    Redirect None;
    /// The request took too long to arrive.
    RequestTimeout None;
    /// Too many requests. R2 says `TooManyRequests`.
    SlowDown None;
    /// The bucket is elsewhere, for now.
    TemporaryRedirect None;
    /// Too many requests (some gateways).
    Throttling None;
    /// Too many requests (some gateways).
    ThrottlingException None;
}

impl From<String> for ErrorCode {
    fn from(code: String) -> Self {
        Self::from(code.as_str())
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
