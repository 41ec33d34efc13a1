//! One request to the service, and its response.

use std::sync::Arc;

use http::header::{CONNECTION, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use tracing::debug;

use super::activity::Activity;
use super::soundness::fault;
use super::{Peer, Received};
use crate::body::Guarded;
use crate::{Body, ErrorKind, Transport, TransportError};

/// Hands a request to the service. There is always a response.
pub(super) async fn answer(
    service: Arc<dyn Transport>,
    request: Request<Incoming>,
    peer: Peer,
    activity: Arc<Activity>,
    body_bytes_max: u64,
) -> Response<Sending> {
    activity.begin_exchange();
    let (mut parts, incoming) = request.into_parts();
    let announced = http_body::Body::size_hint(&incoming).exact();
    let body = Received::body(incoming, Arc::clone(&activity), body_bytes_max);
    let fault = fault(&parts);
    let is_suspect = fault.is_some() || parts.headers.contains_key(TRANSFER_ENCODING);
    let mut response = if let Some(fault) = fault {
        drop(body);
        plain(StatusCode::BAD_REQUEST, format!("refused: {fault}"))
    } else if announced.is_some_and(|announced| announced > body_bytes_max) {
        drop(body);
        plain(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {body_bytes_max} bytes, please"))
    } else {
        parts.extensions.insert(peer);
        let sent = service.send(Request::from_parts(parts, body)).await;
        sent.unwrap_or_else(|error| failed(&error))
    };
    // Where a body without a length was refused, nothing that follows on the connection is trusted:
    // whoever stands before this server may have taken it for part of that body.
    if is_suspect && !response.status().is_success() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| Guarded::new(body, Exchange(activity)))
}

/// The service gave no response: the client gets a short one in its place.
fn failed(error: &TransportError) -> Response<Body> {
    debug!(%error, "the service gave no response");
    let status = match error.kind() {
        ErrorKind::InvalidRequest | ErrorKind::Body | ErrorKind::Shutdown | ErrorKind::Other => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::BAD_GATEWAY,
    };
    plain(status, format!("failed to {error}"))
}

fn plain(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text + "\n"));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

/// A response body on its way out.
pub(super) type Sending = Guarded<Exchange>;

/// The exchange, which ends when hyper has all of the response.
pub(super) struct Exchange(Arc<Activity>);

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.end_exchange();
    }
}
