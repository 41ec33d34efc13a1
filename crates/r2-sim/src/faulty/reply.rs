//! The responses that take the place of the service's own.

use http::{HeaderValue, Response, StatusCode, header};
use r2_transport::Body;
use r2_xml::{Document as _, ErrorCode, ErrorDocument};

use super::Fault;

/// The response that a fault puts in the place of the service's own, if it does.
pub(super) fn of(fault: Fault) -> Option<Response<Body>> {
    let (status, code, message) = match fault {
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
        Fault::BadGateway => return Some(edge_error(502, "502: Bad gateway")),
        Fault::EdgeError => {
            return Some(edge_error(520, "520: Web server is returning an unknown error"));
        }
        Fault::EdgeTimeout(_) => return Some(edge_error(524, "524: A timeout occurred")),
        _ => return None,
    };
    let text = ErrorDocument::new(code, message).encode();
    let mut response = with_text(status, "application/xml", text);
    if let Fault::Throttled(Some(after)) = fault {
        // Whole seconds, and never less than was asked for.
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Some(response)
}

/// What the edge says when it cannot reach the service: no document, no ids but its own.
fn edge_error(status: u16, title: &str) -> Response<Body> {
    let html = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\
         <body>error code: {status}</body></html>\n"
    );
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    with_text(status, "text/html; charset=UTF-8", html)
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
