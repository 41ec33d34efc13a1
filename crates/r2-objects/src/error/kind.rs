//! Every case that a program can act on, and which S3 error code means which.

/// What went wrong. Sorted by who has to do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was configured with something that cannot work; nothing was sent.
    InvalidConfiguration,
    /// A name, range, size or option that cannot work; nothing was sent.
    InvalidInput,
    /// The credentials could not be had from where they come from.
    Credentials,
    /// Sending this would go over the cap that the client was given.
    CostCap,

    /// The bucket does not exist, or not in this jurisdiction.
    NoSuchBucket,
    /// The object does not exist.
    NoSuchKey,
    /// The multipart upload does not exist: completed, aborted, expired, or never begun.
    NoSuchUpload,
    /// The bucket has no such configuration (CORS, lifecycle, ...).
    NoSuchConfiguration,
    /// A 404 without a code, as HEAD gives it: the bucket or the object does not exist.
    NotFound,

    /// The access key is unknown (R2: 401).
    Unauthorized,
    /// The key is known but may not do this.
    AccessDenied,
    /// The signature does not fit: wrong secret, or something on the way changed the request.
    SignatureMismatch,
    /// The clocks are more than 15 minutes apart.
    ClockSkew,
    /// A presigned URL is past its end, or temporary credentials are.
    Expired,
    /// The account has no R2 subscription.
    NotEntitled,
    /// A bucket lock protects the object.
    ObjectLocked,

    /// A condition did not hold.
    PreconditionFailed,
    /// The bucket exists already.
    BucketExists,
    /// The bucket still holds objects.
    BucketNotEmpty,
    /// The account has as many buckets as it may.
    TooManyBuckets,
    /// Another request was changing the same thing (409 of other servers).
    Conflict,

    /// The server does not take this bucket name.
    InvalidBucketName,
    /// The server does not take this key.
    InvalidObjectName,
    /// The range lies outside the object.
    InvalidRange,
    /// A part is missing or has another ETag, or the parts are not equally long.
    InvalidPart,
    /// A part is too small.
    EntityTooSmall,
    /// The object or part is too large.
    EntityTooLarge,
    /// The metadata is too large.
    MetadataTooLarge,
    /// The body is not the one that the checksum was made of.
    BadDigest,
    /// The checksum is malformed.
    InvalidDigest,
    /// The body was shorter than announced.
    IncompleteBody,
    /// The body's length was not announced, and it must be.
    MissingContentLength,
    /// The document sent was not understood.
    MalformedXml,
    /// The server does not accept the request as it stands.
    InvalidRequest,
    /// The server does not know the storage class.
    InvalidStorageClass,
    /// The server does not have this operation, header or parameter.
    NotImplemented,

    /// Too many requests, or more than one write a second to one key (429).
    TooManyRequests,
    /// The server failed (500).
    Internal,
    /// The server is overloaded or down (503).
    Unavailable,
    /// The server has no space left (507): trying again does not make any. R2 never says so, stores
    /// on somebody's own disk do.
    StorageFull,
    /// The network in front of the server failed (502, 504, 520 to 530), or answered in its place.
    Edge,
    /// The server saw the connection break.
    ClientDisconnect,
    /// The bucket lives at another endpoint.
    Redirect,

    /// The host has no address.
    Dns,
    /// No connection.
    Connect,
    /// No TLS: certificate, protocol, alert.
    Tls,
    /// No answer, or no progress, in time.
    Timeout,
    /// The connection broke.
    Reset,
    /// Plain HTTP to a host that is not allowed by name.
    InsecureRefused,
    /// The body to be sent could not be read, or has another length than announced.
    SourceBody,

    /// The circuit breaker is open: the server failed too often, nothing is sent for now.
    CircuitOpen,
    /// The call's time was over.
    Deadline,
    /// The attempt failed and the client's budget for retries is used up.
    RetryBudgetSpent,

    /// What arrived is not what the checksum says.
    ChecksumMismatch,
    /// The object was replaced while it was read.
    ObjectChanged,
    /// The reply is larger than may be read into memory.
    ReplyTooLarge,
    /// The reply is not one that S3 gives to this request.
    UnexpectedReply,
    /// An error with a code that this crate does not know; see [`Error::code`](super::Error::code).
    Other,
}

impl ErrorKind {
    /// The kind as a metric label.
    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::InvalidConfiguration => "invalid_configuration",
            Self::InvalidInput => "invalid_input",
            Self::Credentials => "credentials",
            Self::CostCap => "cost_cap",
            Self::NoSuchBucket => "no_such_bucket",
            Self::NoSuchKey => "no_such_key",
            Self::NoSuchUpload => "no_such_upload",
            Self::NoSuchConfiguration => "no_such_configuration",
            Self::NotFound => "not_found",
            Self::Unauthorized => "unauthorized",
            Self::AccessDenied => "access_denied",
            Self::SignatureMismatch => "signature_mismatch",
            Self::ClockSkew => "clock_skew",
            Self::Expired => "expired",
            Self::NotEntitled => "not_entitled",
            Self::ObjectLocked => "object_locked",
            Self::PreconditionFailed => "precondition_failed",
            Self::BucketExists => "bucket_exists",
            Self::BucketNotEmpty => "bucket_not_empty",
            Self::TooManyBuckets => "too_many_buckets",
            Self::Conflict => "conflict",
            Self::InvalidBucketName => "invalid_bucket_name",
            Self::InvalidObjectName => "invalid_object_name",
            Self::InvalidRange => "invalid_range",
            Self::InvalidPart => "invalid_part",
            Self::EntityTooSmall => "entity_too_small",
            Self::EntityTooLarge => "entity_too_large",
            Self::MetadataTooLarge => "metadata_too_large",
            Self::BadDigest => "bad_digest",
            Self::InvalidDigest => "invalid_digest",
            Self::IncompleteBody => "incomplete_body",
            Self::MissingContentLength => "missing_content_length",
            Self::MalformedXml => "malformed_xml",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidStorageClass => "invalid_storage_class",
            Self::NotImplemented => "not_implemented",
            Self::TooManyRequests => "too_many_requests",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::StorageFull => "storage_full",
            Self::Edge => "edge",
            Self::ClientDisconnect => "client_disconnect",
            Self::Redirect => "redirect",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::InsecureRefused => "insecure_refused",
            Self::SourceBody => "source_body",
            Self::CircuitOpen => "circuit_open",
            Self::Deadline => "deadline",
            Self::RetryBudgetSpent => "retry_budget_spent",
            Self::ChecksumMismatch => "checksum_mismatch",
            Self::ObjectChanged => "object_changed",
            Self::ReplyTooLarge => "reply_too_large",
            Self::UnexpectedReply => "unexpected_reply",
            Self::Other => "other",
        }
    }

    /// The kind of a code that R2 or another S3 server writes. Codes before statuses: R2's own list
    /// is Cloudflare's R2 error codes page, the others are AWS's, Ceph's, Swift's and Garage's.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "NoSuchBucket" => Self::NoSuchBucket,
            "NoSuchKey" => Self::NoSuchKey,
            "NoSuchUpload" => Self::NoSuchUpload,
            "NoSuchCORSConfiguration"
            | "NoSuchLifecycleConfiguration"
            | "NoSuchTagSet"
            | "ServerSideEncryptionConfigurationNotFoundError"
            | "ObjectLockConfigurationNotFoundError"
            | "ReplicationConfigurationNotFoundError" => Self::NoSuchConfiguration,
            "RouteNotFound" => Self::InvalidRequest,
            "Unauthorized" | "InvalidAccessKeyId" | "InvalidToken" => Self::Unauthorized,
            "AccessDenied" | "AllAccessDisabled" | "Forbidden" => Self::AccessDenied,
            "SignatureDoesNotMatch" => Self::SignatureMismatch,
            "RequestTimeTooSkewed" => Self::ClockSkew,
            "ExpiredRequest" | "ExpiredToken" => Self::Expired,
            "NotEntitled" => Self::NotEntitled,
            "ObjectLockedByBucketPolicy" => Self::ObjectLocked,
            "PreconditionFailed" => Self::PreconditionFailed,
            "BucketConflict" | "BucketAlreadyExists" | "BucketAlreadyOwnedByYou" => {
                Self::BucketExists
            }
            "BucketNotEmpty" => Self::BucketNotEmpty,
            "TooManyBuckets" => Self::TooManyBuckets,
            "ConditionalRequestConflict" | "OperationAborted" => Self::Conflict,
            "InvalidBucketName" => Self::InvalidBucketName,
            "InvalidObjectName" | "KeyTooLongError" => Self::InvalidObjectName,
            "InvalidRange" => Self::InvalidRange,
            "InvalidPart" | "InvalidPartOrder" => Self::InvalidPart,
            "EntityTooSmall" => Self::EntityTooSmall,
            "EntityTooLarge" | "MaxMessageLengthExceeded" => Self::EntityTooLarge,
            "MetadataTooLarge" => Self::MetadataTooLarge,
            "BadDigest" | "XAmzContentSHA256Mismatch" => Self::BadDigest,
            "InvalidDigest" => Self::InvalidDigest,
            "IncompleteBody" => Self::IncompleteBody,
            "MissingContentLength" => Self::MissingContentLength,
            "MalformedXML" => Self::MalformedXml,
            "InvalidStorageClass" => Self::InvalidStorageClass,
            "InvalidArgument"
            | "InvalidRequest"
            | "InvalidURI"
            | "InvalidMaxKeys"
            | "InvalidEncryptionAlgorithmError"
            | "InvalidLocationConstraint"
            | "AuthorizationHeaderMalformed"
            | "AuthorizationQueryParametersError"
            | "MethodNotAllowed"
            | "MissingSecurityHeader" => Self::InvalidRequest,
            "NotImplemented" => Self::NotImplemented,
            // SlowDown comes with a 503, but asks for the same as a 429
            "TooManyRequests"
            | "SlowDown"
            | "TooMuchConcurrency"
            | "RequestLimitExceeded"
            | "Throttling" => Self::TooManyRequests,
            "InternalError" => Self::Internal,
            "ServiceUnavailable" => Self::Unavailable,
            "InsufficientStorage" | "XMinioStorageFull" => Self::StorageFull,
            "ClientDisconnect" => Self::ClientDisconnect,
            "RequestTimeout" => Self::Timeout,
            "PermanentRedirect" | "TemporaryRedirect" | "Redirect" => Self::Redirect,
            _ => return None,
        })
    }

    /// The kind of a status whose reply has no code that says more: HEAD, and what stands before
    /// the server.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            301 | 302 | 303 | 307 | 308 => Self::Redirect,
            401 => Self::Unauthorized,
            403 => Self::AccessDenied,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            411 => Self::MissingContentLength,
            412 => Self::PreconditionFailed,
            413 => Self::EntityTooLarge,
            416 => Self::InvalidRange,
            429 => Self::TooManyRequests,
            400..=499 => Self::InvalidRequest,
            500 => Self::Internal,
            501 => Self::NotImplemented,
            503 => Self::Unavailable,
            507 => Self::StorageFull,
            502 | 504.. => Self::Edge,
            _ => Self::UnexpectedReply,
        }
    }
}
