//! Every way in which R2 says no, with its code, status and words. Messages are R2's own, to the
//! letter, because clients match on them (workers-sdk's local R2, Cloudflare's error-codes page).

use http::StatusCode;
use r2_xml::{ErrorCode, ErrorDocument};

use crate::store::{StoreError, StoreErrorKind};

/// An error answer.
#[derive(Clone, Debug)]
pub(crate) struct Refusal(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    document: ErrorDocument,
}

impl Refusal {
    /// An answer with the code's own status.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Refusal {
        let status = code.default_status().and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(StatusCode::BAD_REQUEST);
        Refusal(Box::new(Inner { status, document: ErrorDocument::new(code, message) }))
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Refusal {
        self.0.status = status;
        self
    }

    /// Adds an element after code and message.
    pub(crate) fn with(mut self, name: &str, text: impl Into<String>) -> Refusal {
        self.0.document = self.0.document.with(name, text);
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    pub(crate) fn document(&self) -> &ErrorDocument {
        &self.0.document
    }

    /// Whether a signature was not the one it should have been.
    pub(crate) fn is_mismatch(&self) -> bool {
        self.0.document.code == ErrorCode::SignatureDoesNotMatch
    }

    pub(crate) fn invalid_argument(message: impl Into<String>) -> Refusal {
        Refusal::new(ErrorCode::InvalidArgument, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Refusal {
        Refusal::new(ErrorCode::InvalidRequest, message)
    }

    /// `<what> not implemented`.
    pub(crate) fn not_implemented(what: impl std::fmt::Display) -> Refusal {
        Refusal::new(ErrorCode::NotImplemented, format!("{what} not implemented"))
    }

    pub(crate) fn header_not_implemented(name: &str, value: &str) -> Refusal {
        Refusal::not_implemented(format_args!("Header '{name}' with value '{value}'"))
    }

    pub(crate) fn access_denied() -> Refusal {
        Refusal::new(ErrorCode::AccessDenied, "Access Denied")
    }

    pub(crate) fn unauthorized() -> Refusal {
        Refusal::new(ErrorCode::Unauthorized, "Unauthorized")
    }

    pub(crate) fn internal_error() -> Refusal {
        Refusal::new(
            ErrorCode::InternalError,
            "We encountered an internal error. Please try again.",
        )
    }

    pub(crate) fn no_such_bucket() -> Refusal {
        Refusal::new(ErrorCode::NoSuchBucket, "The specified bucket does not exist.")
    }

    pub(crate) fn no_such_key() -> Refusal {
        Refusal::new(ErrorCode::NoSuchKey, "The specified key does not exist.")
    }

    pub(crate) fn no_such_upload() -> Refusal {
        Refusal::new(ErrorCode::NoSuchUpload, "The specified multipart upload does not exist.")
    }

    pub(crate) fn invalid_part() -> Refusal {
        Refusal::new(
            ErrorCode::InvalidPart,
            "One or more of the specified parts could not be found.",
        )
    }

    pub(crate) fn precondition_failed() -> Refusal {
        Refusal::new(
            ErrorCode::PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold.",
        )
    }

    pub(crate) fn invalid_range() -> Refusal {
        Refusal::new(ErrorCode::InvalidRange, "The requested range is not satisfiable")
    }

    pub(crate) fn malformed_xml() -> Refusal {
        Refusal::new(
            ErrorCode::MalformedXML,
            "The XML you provided was not well formed or did not validate against our published \
             schema.",
        )
    }

    pub(crate) fn invalid_digest() -> Refusal {
        Refusal::new(
            ErrorCode::InvalidDigest,
            "The checksum or Content-MD5 you specified is not valid.",
        )
    }

    pub(crate) fn entity_too_large() -> Refusal {
        Refusal::new(
            ErrorCode::EntityTooLarge,
            "Your proposed upload exceeds the maximum allowed object size.",
        )
    }

    pub(crate) fn entity_too_small() -> Refusal {
        Refusal::new(
            ErrorCode::EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed object size.",
        )
    }

    pub(crate) fn incomplete_body() -> Refusal {
        Refusal::new(
            ErrorCode::IncompleteBody,
            "You did not provide the number of bytes specified by the Content-Length HTTP header.",
        )
    }

    pub(crate) fn missing_content_length() -> Refusal {
        Refusal::new(
            ErrorCode::MissingContentLength,
            "You must provide the Content-Length HTTP header.",
        )
    }

    pub(crate) fn invalid_object_name() -> Refusal {
        Refusal::new(ErrorCode::InvalidObjectName, "The specified object name is not valid.")
    }

    pub(crate) fn invalid_max_keys() -> Refusal {
        Refusal::new(ErrorCode::InvalidMaxKeys, "MaxKeys params must be positive integer <= 1000.")
    }

    pub(crate) fn route_not_found() -> Refusal {
        Refusal::new(ErrorCode::RouteNotFound, "No route matches this url.")
    }

    pub(crate) fn too_many_requests() -> Refusal {
        Refusal::new(
            ErrorCode::TooManyRequests,
            "Reduce your concurrent request rate for the same object.",
        )
    }
}

/// The store's own troubles. These two sentences are ours, not R2's: R2 has no disk of its user's.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        match error.kind() {
            // Not 503: nobody should come back in a moment and try again.
            StoreErrorKind::Full => Refusal::new(
                ErrorCode::from("InsufficientStorage"),
                "No space left on the device of the local store. Free some and try again.",
            )
            .with_status(StatusCode::INSUFFICIENT_STORAGE),
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the local store failed");
                Refusal::internal_error()
            }
        }
    }
}
