//! An answer that is made in advance.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use r2_transport::{Body, ErrorKind, TransportError};
use r2_xml::{Document as _, ErrorCode};

use crate::protocol::Refusal;

/// What a [`Mock`](crate::Mock) answers: a response, one of R2's errors, or no response at all.
///
/// ```
/// use r2_sim::Canned;
///
/// let hello = Canned::ok().header("etag", "\"5d41402abc4b2a76b9719d911017c592\"").body("hello");
/// assert!(format!("{hello:?}").contains("200"));
/// ```
#[derive(Clone, Debug)]
pub struct Canned {
    answer: Answer,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum Answer {
    Response { status: StatusCode, headers: HeaderMap, body: Bytes },
    Failure(ErrorKind),
}

impl Canned {
    /// 200 without a body.
    #[must_use]
    pub fn ok() -> Canned {
        Canned::status(StatusCode::OK)
    }

    /// This status without a body.
    #[must_use]
    pub fn status(status: StatusCode) -> Canned {
        let answer = Answer::Response { status, headers: HeaderMap::new(), body: Bytes::new() };
        Canned { answer, delay: Duration::ZERO }
    }

    /// No response: what a broken network gives.
    #[must_use]
    pub fn failure(kind: ErrorKind) -> Canned {
        Canned { answer: Answer::Failure(kind), delay: Duration::ZERO }
    }

    /// One of R2's error documents, with the status that R2 sends with the code; 400 with a code
    /// that is not R2's.
    #[must_use]
    pub fn error(code: &str, message: &str) -> Canned {
        Canned::from(&Refusal::new(ErrorCode::from(code), message))
    }

    /// 404 `NoSuchKey`.
    #[must_use]
    pub fn no_such_key() -> Canned {
        Canned::from(&Refusal::no_such_key())
    }

    /// 404 `NoSuchBucket`.
    #[must_use]
    pub fn no_such_bucket() -> Canned {
        Canned::from(&Refusal::no_such_bucket())
    }

    /// 412 `PreconditionFailed`.
    #[must_use]
    pub fn precondition_failed() -> Canned {
        Canned::from(&Refusal::precondition_failed())
    }

    /// 403 `AccessDenied`.
    #[must_use]
    pub fn access_denied() -> Canned {
        Canned::from(&Refusal::access_denied())
    }

    /// 429 `TooManyRequests`, as R2 gives it for the second write to a key within a second.
    #[must_use]
    pub fn too_many_requests() -> Canned {
        Canned::from(&Refusal::too_many_requests())
    }

    /// 500 `InternalError`.
    #[must_use]
    pub fn internal_error() -> Canned {
        Canned::from(&Refusal::internal_error())
    }

    /// Sets a header.
    ///
    /// # Panics
    ///
    /// If this cannot be a header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Canned {
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let parsed = header.zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let Some((header, parsed)) = parsed else {
            panic!("`{name}: {value}` cannot be a header");
        };
        if let Answer::Response { headers, .. } = &mut self.answer {
            headers.insert(header, parsed);
        }
        self
    }

    /// Sets the body; its length is announced.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Canned {
        if let Answer::Response { body, .. } = &mut self.answer {
            *body = bytes.into();
        }
        self
    }

    /// Answers after this time, by tokio's clock.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Canned {
        self.delay = delay;
        self
    }

    /// Gives the answer to a request of this method.
    pub(super) async fn give(self, method: &Method) -> Result<Response<Body>, TransportError> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        match self.answer {
            Answer::Failure(kind) => Err(TransportError::from_kind(kind).at("as it was told")),
            Answer::Response { status, mut headers, body } => {
                let has_none = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
                if !has_none && !headers.contains_key(header::CONTENT_LENGTH) {
                    headers.insert(header::CONTENT_LENGTH, body.len().into());
                }
                let is_head = *method == Method::HEAD;
                let body = if is_head { Body::empty() } else { Body::from(body) };
                let mut response = Response::new(body);
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                Ok(response)
            }
        }
    }
}

impl From<&Refusal> for Canned {
    fn from(refusal: &Refusal) -> Canned {
        let document = refusal.document().encode();
        Canned::status(refusal.status()).header("content-type", "application/xml").body(document)
    }
}
