//! The kinds of trouble, and how each is made.

use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};
use r2_transport::Body;
use r2_xml::{Document as _, ErrorCode, ErrorDocument};

/// One kind of trouble, with its place in the exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// No connection: the request certainly did not arrive.
    Refused,
    /// The connection breaks before the request arrives; the client cannot know that.
    LostRequest,
    /// The connection breaks inside the request's body; the service sees a short body.
    CutRequest,
    /// The request takes effect and its response is lost.
    LostReply,
    /// The response's body breaks off somewhere.
    CutBody,
    /// The response's body stops somewhere, and the transport gives it up after this time.
    StalledBody(Duration),
    /// One byte of the response's body is another.
    FlippedByte,
    /// The response's body has one byte less than its header says, and ends without an error.
    ShortBody,
    /// 429 TooManyRequests before the request takes effect, with this `Retry-After`.
    Throttled(Option<Duration>),
    /// 500 InternalError before the request takes effect.
    InternalError,
    /// 500 InternalError after the request took effect.
    LateInternalError,
    /// 503 ServiceUnavailable before the request takes effect.
    Unavailable,
    /// 520 with HTML from Cloudflare's edge, before the request takes effect.
    EdgeError,
    /// The response starts after this time.
    SlowStart(Duration),
    /// Every chunk of the response's body takes this time.
    SlowBody(Duration),
}

impl Fault {
    /// What a client must get through: throttling, server and edge errors, and connections that
    /// break before, after and inside the body. Waiting ones are short.
    pub const COMMON: [Fault; 10] = [
        Fault::Refused,
        Fault::LostRequest,
        Fault::CutRequest,
        Fault::LostReply,
        Fault::CutBody,
        Fault::StalledBody(Duration::from_millis(50)),
        Fault::Throttled(Some(Duration::from_secs(1))),
        Fault::InternalError,
        Fault::Unavailable,
        Fault::EdgeError,
    ];

    /// The response that takes the place of the service's own.
    pub(super) fn response(self) -> Option<Response<Body>> {
        let (status, code, message) = match self {
            Fault::Throttled(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::TooManyRequests,
                "Reduce your concurrent request rate for the same object.",
            ),
            Fault::InternalError | Fault::LateInternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorCode::InternalError,
                "We encountered an internal error. Please try again.",
            ),
            Fault::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::ServiceUnavailable,
                "Please reduce your request rate.",
            ),
            Fault::EdgeError => return Some(edge_error()),
            _ => return None,
        };
        let text = ErrorDocument::new(code, message).encode();
        let mut response = with_text(status, "application/xml", text);
        if let Fault::Throttled(Some(after)) = self {
            response.headers_mut().insert(header::RETRY_AFTER, after.as_secs().into());
        }
        Some(response)
    }
}

/// What the edge says when it cannot reach the service: no document, no ids but its own.
fn edge_error() -> Response<Body> {
    let html = "<!DOCTYPE html>\n<html><head><title>520: Web server is returning an unknown error\
                </title></head><body>error code: 520</body></html>\n";
    let status = StatusCode::from_u16(520).unwrap_or(StatusCode::BAD_GATEWAY);
    with_text(status, "text/html; charset=UTF-8", html.to_owned())
}

fn with_text(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let length = text.len();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.insert(header::SERVER, HeaderValue::from_static("cloudflare"));
    headers.insert("cf-ray", HeaderValue::from_static("0000000000000000-SIM"));
    response
}
