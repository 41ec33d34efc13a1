//! One exchange: head, signature, request, reply.

use std::cell::RefCell;

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
};
use http::{HeaderMap, Method, Request, Uri};
use r2_sign::{Credentials, Input, Payload as Signed, Scratch, Timestamp, encode};
use r2_transport::Body;

use super::handle::Inner;
use super::integrity;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::operation::{Integrity, Operation, RequestParts};
use crate::payload::Payload;

const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
const X_AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

thread_local! {
    /// Grown by the first signature, so that the later ones allocate nothing.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

/// What of a request stays the same over its attempts.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) path: String,
    /// Encoded, without its question mark.
    pub(crate) query: String,
    /// What the operation sets.
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Payload,
    pub(crate) has_body: bool,
    /// Is it an operation that brings a body, even if this one is empty?
    pub(crate) brings_body: bool,
}

impl Head {
    pub(crate) fn new<O: Operation>(endpoint: &Endpoint, operation: &O) -> Result<Self, Error> {
        let parts = operation.request()?;
        Ok(Self::from_parts(endpoint, operation, parts))
    }

    fn from_parts<O: Operation>(endpoint: &Endpoint, operation: &O, parts: RequestParts) -> Self {
        let (authority, path) = endpoint.locate(operation.target());
        let query = encode_query(&parts.query);
        let has_body = parts.payload.length() != Some(0);
        let RequestParts { method, headers, payload, integrity, .. } = parts;
        Self {
            method,
            scheme: endpoint.scheme(),
            authority,
            path,
            query,
            headers,
            payload,
            has_body,
            brings_body: integrity != Integrity::None,
        }
    }

    /// The headers that a signature covers, `host` first.
    pub(crate) fn signed_headers(&self, with_body: bool) -> Vec<(&str, &str)> {
        let own = self.headers.iter().filter(|(name, _)| is_signed(name, with_body));
        // RequestParts lets nothing but ASCII into a value
        let own = own.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        std::iter::once(("host", self.authority.as_str())).chain(own).collect()
    }

    pub(crate) fn url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}{}{mark}{query}", self.scheme, self.authority, self.path)
    }
}

/// A request that is ready but for its date and signature.
pub(super) struct Exchange {
    head: Head,
    signed: Signed,
    uri: Uri,
    host: HeaderValue,
}

impl Exchange {
    pub(super) async fn new<O: Operation>(inner: &Inner, operation: &O) -> Result<Self, Error> {
        let parts = operation.request()?;
        let binding = integrity::bind(
            &parts.payload,
            parts.integrity,
            &parts.headers,
            inner.endpoint.is_tls(),
            inner.sends_crc,
        )
        .await;
        let mut head = Head::from_parts(&inner.endpoint, operation, parts);
        head.headers.extend(binding.header.map(|(name, value)| (Some(name), value)));
        let sends_length =
            head.has_body || head.method == Method::PUT || head.method == Method::POST;
        if sends_length {
            let length = head.payload.length().ok_or_else(|| {
                let message = "the body's length must be known: buffer it, or upload it in parts";
                Error::new(ErrorKind::InvalidInput, message)
            })?;
            head.headers.insert(CONTENT_LENGTH, length.into());
        }
        // R2's edge would otherwise compress, and a HEAD reply lose its length (rclone#8137)
        let identity = HeaderValue::from_static("identity");
        head.headers.entry(ACCEPT_ENCODING).or_insert(identity);
        let unsendable = |_| Error::new(ErrorKind::InvalidInput, "the url cannot be sent");
        let uri = head.url(&head.query).parse().map_err(unsendable)?;
        let host = HeaderValue::from_str(&head.authority)
            .map_err(|_| Error::new(ErrorKind::InvalidInput, "the host cannot be sent"))?;
        Ok(Self { head, signed: binding.signed, uri, host })
    }

    pub(super) fn payload(&self) -> &Payload {
        &self.head.payload
    }

    pub(super) fn is_head(&self) -> bool {
        self.head.method == Method::HEAD
    }

    /// The request of one attempt, signed for this moment.
    pub(super) fn request(
        &self,
        inner: &Inner,
        credentials: Option<&Credentials>,
        body: Body,
    ) -> Result<Request<Body>, Error> {
        let mut request = Request::new(body);
        *request.method_mut() = self.head.method.clone();
        *request.uri_mut() = self.uri.clone();
        let headers = request.headers_mut();
        headers.clone_from(&self.head.headers);
        headers.insert(HOST, self.host.clone());
        let Some(credentials) = credentials else { return Ok(request) };

        let at = Timestamp::from(inner.now());
        let input = Input {
            method: self.head.method.as_str(),
            path: &self.head.path,
            query: &self.head.query,
            headers: &self.head.signed_headers(self.head.has_body),
            payload: self.signed,
        };
        let authorization = SCRATCH.with_borrow_mut(|scratch| {
            sensitive(inner.signer.authorization(&input, credentials, at, scratch))
        })?;
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(X_AMZ_DATE, text(at.as_str())?);
        headers.insert(X_AMZ_CONTENT_SHA256, text(&self.signed.header_value())?);
        if let Some(token) = credentials.session_token() {
            headers.insert(X_AMZ_SECURITY_TOKEN, sensitive(token)?);
        }
        Ok(request)
    }
}

/// Which headers a signature covers: what means something to S3. Everything else may be rewritten
/// on the way, and R2 verifies what arrives behind its edge: it breaks on a signed
/// `accept-encoding`, `expect`, `cf-ray` or hop-by-hop header, and on `content-length` and
/// `content-type` where there is no body (rust-s3#466, s3cmd#1332, amazonka#975, paws#972).
fn is_signed(name: &HeaderName, has_body: bool) -> bool {
    if *name == CONTENT_TYPE {
        return has_body;
    }
    let name = name.as_str();
    name.starts_with("x-amz-")
        || name.starts_with("cf-copy-destination-")
        || name.starts_with("if-")
        || matches!(
            name,
            "cf-create-bucket-if-missing"
                | "cache-control"
                | "content-disposition"
                | "content-encoding"
                | "content-language"
                | "content-md5"
                | "expires"
                | "range"
        )
}

fn encode_query(pairs: &[(String, Option<String>)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        encode::component_into(&mut query, name);
        if let Some(value) = value {
            query.push('=');
            encode::component_into(&mut query, value);
        }
    }
    query
}

fn text(value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| {
        Error::new(ErrorKind::InvalidConfiguration, "the credentials cannot stand in a header")
    })
}

/// A value that no log shows.
fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = text(value)?;
    value.set_sensitive(true);
    Ok(value)
}
