//! From the request a caller wrote to the one that goes on the wire.

use http::header::{
    CONTENT_LENGTH, HOST, HeaderMap, PROXY_AUTHORIZATION, TRANSFER_ENCODING, USER_AGENT,
};
use http::{HeaderValue, Method, Request, Uri, Version};

use super::origin::{Origin, host_header};
use super::outgoing::{Outgoing, outgoing};
use crate::{Body, ErrorKind, TransportError};

/// Headers that a client adds where a caller brings none.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub(super) user_agent: Option<HeaderValue>,
    /// For requests that go to a proxy in absolute form.
    pub(super) proxy_authorization: Option<HeaderValue>,
}

/// Checks what can be checked before a connection is used.
///
/// # Errors
///
/// `InvalidRequest` for a `CONNECT`, or a `Content-Length` that contradicts the body.
pub(super) fn check(request: &mut Request<Body>) -> Result<(), TransportError> {
    if request.method() == Method::CONNECT {
        return Err(TransportError::new(ErrorKind::InvalidRequest, "tunnels are not requests"));
    }
    let Some(announced) = content_length(request.headers())? else { return Ok(()) };
    match request.body().length() {
        Some(length) if length != announced => {
            let why = format!("content-length says {announced} bytes, the body has {length}");
            Err(TransportError::new(ErrorKind::InvalidRequest, why))
        }
        Some(_) => Ok(()),
        None => {
            request.body_mut().announce(announced);
            Ok(())
        }
    }
}

/// Puts the request into the form that its origin expects.
///
/// # Errors
///
/// `InvalidRequest` if the authority is no header value.
pub(super) fn prepare(
    request: Request<Body>,
    origin: &Origin,
    additions: &Additions,
) -> Result<Request<Outgoing>, TransportError> {
    let (mut parts, body) = request.into_parts();
    let headers = &mut parts.headers;
    if !headers.contains_key(HOST) {
        let authority = parts.uri.authority().map_or("", |authority| authority.as_str());
        let value = if authority == origin.authority {
            origin.host_header.clone()
        } else {
            host_header(authority)?
        };
        headers.insert(HOST, value);
    }
    if let Some(value) = &additions.user_agent
        && !headers.contains_key(USER_AGENT)
    {
        headers.insert(USER_AGENT, value.clone());
    }
    if takes_body(&parts.method)
        && body.length() == Some(0)
        && !headers.contains_key(CONTENT_LENGTH)
        && !headers.contains_key(TRANSFER_ENCODING)
    {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    if origin.proxied && !origin.https {
        if let Some(value) = &additions.proxy_authorization {
            headers.insert(PROXY_AUTHORIZATION, value.clone());
        }
    } else {
        parts.uri = origin_form(parts.uri);
    }
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
    Ok(Request::from_parts(parts, outgoing(body)))
}

/// Methods whose missing `Content-Length` a server answers with 411.
fn takes_body(method: &Method) -> bool {
    matches!(*method, Method::PUT | Method::POST | Method::PATCH)
}

fn origin_form(uri: Uri) -> Uri {
    uri.into_parts().path_and_query.map_or_else(Uri::default, Uri::from)
}

fn content_length(headers: &HeaderMap) -> Result<Option<u64>, TransportError> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    match (digits.and_then(|text| text.parse().ok()), values.next()) {
        (Some(length), None) => Ok(Some(length)),
        _ => Err(TransportError::new(ErrorKind::InvalidRequest, "content-length is no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::origin::OriginRef;
    use super::*;

    fn prepared(request: Request<Body>, proxied: bool) -> Request<Outgoing> {
        let uri = request.uri().clone();
        let origin = OriginRef::of(&uri).and_then(|o| o.to_owned(proxied)).expect("test uri");
        let additions = Additions {
            user_agent: Some(HeaderValue::from_static("r2/0")),
            proxy_authorization: Some(HeaderValue::from_static("Basic eA==")),
        };
        prepare(request, &origin, &additions).expect("a good request")
    }

    #[test]
    fn path_and_query_stay_as_written() {
        let raw = "/a%2Fb//c+d/%e2%82%ac?list-type=2&prefix=%2B&x";
        let request = Request::get(format!("https://example.com:443{raw}")).body(Body::empty());
        let sent = prepared(request.expect("request"), true);
        assert_eq!(sent.uri().to_string(), raw);
        assert_eq!(sent.headers()[HOST], "example.com:443");
        assert!(!sent.headers().contains_key(PROXY_AUTHORIZATION), "it belongs to the tunnel");
    }

    #[test]
    fn absolute_form_for_a_proxy() {
        let request = Request::get("http://localhost/k").header(HOST, "other").body(Body::empty());
        let sent = prepared(request.expect("request"), true);
        assert_eq!(sent.uri().to_string(), "http://localhost/k");
        assert_eq!(sent.headers()[HOST], "other");
        assert_eq!(sent.headers()[PROXY_AUTHORIZATION], "Basic eA==");
    }

    #[test]
    fn only_methods_with_a_body_say_that_they_have_none() {
        for (method, length) in
            [("PUT", Some("0")), ("POST", Some("0")), ("GET", None), ("DELETE", None)]
        {
            let request = Request::builder().method(method).uri("http://localhost/");
            let sent = prepared(request.body(Body::empty()).expect("request"), false);
            let header =
                sent.headers().get(CONTENT_LENGTH).map(|value| value.to_str().expect("digits"));
            assert_eq!(header, length, "{method}");
        }
    }

    #[test]
    fn a_length_that_contradicts_the_body_is_refused() {
        for (value, good) in [("3", true), ("4", false), ("+3", false), ("", false)] {
            let request = Request::put("http://localhost/").header(CONTENT_LENGTH, value);
            let mut request = request.body(Body::from("abc")).expect("request");
            assert_eq!(check(&mut request).is_ok(), good, "{value:?}");
        }
        let mut twice = Request::put("http://localhost/").body(Body::from("abc")).expect("request");
        twice.headers_mut().append(CONTENT_LENGTH, HeaderValue::from_static("3"));
        twice.headers_mut().append(CONTENT_LENGTH, HeaderValue::from_static("3"));
        assert!(check(&mut twice).is_err());
    }
}
