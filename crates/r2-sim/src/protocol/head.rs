//! The head of a request, taken apart once.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use r2_transport::Peer;

use super::headers::text;
use super::hosts::Hosted;
use super::query::{Query, is_signature, percent_decode};
use super::routing::Place;
use crate::jurisdiction::Jurisdiction;

/// Method, place, parameters and headers, raw where a signature needs them and decoded elsewhere.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    /// The path as it came, for the signature.
    pub(crate) raw_path: String,
    /// The query as it came, without its question mark.
    pub(crate) raw_query: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    /// From the `host` header, or from the URI.
    pub(crate) host: Option<String>,
    /// Decoded; empty for the service itself.
    pub(crate) bucket: String,
    /// As it came; empty for a bucket.
    pub(crate) raw_key: String,
    /// What the host says of it.
    pub(crate) jurisdiction: Option<Jurisdiction>,
    /// Whether it came over a socket: there a body has a length in the head, or none at all.
    is_from_wire: bool,
}

impl Head {
    /// `domains`: hosts below which labels are buckets, accounts and jurisdictions.
    pub(crate) fn new(parts: Parts, domains: &[String], account_id: &str) -> Head {
        let Parts { method, uri, headers, extensions, .. } = parts;
        let host = text(&headers, header::HOST.as_str()).map(str::to_owned);
        let host = host.or_else(|| uri.authority().map(|authority| authority.to_string()));
        let raw_path = uri.path().to_owned();
        let raw_query = uri.query().unwrap_or_default().to_owned();
        let path = raw_path.strip_prefix('/').unwrap_or(&raw_path);
        let hosted = host.as_deref().map(|host| Hosted::read(host, domains, account_id));
        let Hosted { jurisdiction, bucket } = hosted.unwrap_or_default();
        let (bucket, raw_key) = match bucket {
            Some(bucket) => (bucket, path),
            None => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                let decoded = percent_decode(bucket.as_bytes());
                (String::from_utf8_lossy(&decoded).into_owned(), key)
            }
        };
        let (raw_key, query) = (raw_key.to_owned(), Query::parse(&raw_query));
        let is_from_wire = extensions.get::<Peer>().is_some();
        Head {
            method,
            raw_path,
            raw_query,
            query,
            headers,
            host,
            bucket,
            raw_key,
            jurisdiction,
            is_from_wire,
        }
    }

    /// Reads each `+` in the upload id as itself instead of as a blank. Whether there was one.
    pub(crate) fn take_plus_of_upload_id_literally(&mut self) -> bool {
        let pairs = self.raw_query.split('&').map(|pair| match pair.strip_prefix("uploadId=") {
            Some(id) => format!("uploadId={}", id.replace('+', "%2B")),
            None => pair.to_owned(),
        });
        let literal = pairs.collect::<Vec<_>>().join("&");
        let differs = literal != self.raw_query;
        if differs {
            self.query = Query::parse(&literal);
            self.raw_query = literal;
        }
        differs
    }

    pub(crate) fn place(&self) -> Place {
        match (self.bucket.is_empty(), self.raw_key.is_empty()) {
            (true, true) if matches!(self.raw_path.as_str(), "" | "/") => Place::Service,
            // `//key`: an endpoint with a slash too many.
            (true, _) => Place::Nowhere,
            (false, true) => Place::Bucket,
            (false, false) => Place::Object,
        }
    }

    /// A header as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// Whether a signature of any kind is there.
    pub(crate) fn is_signed(&self) -> bool {
        self.headers.contains_key(header::AUTHORIZATION) || self.query.is_presigned()
    }

    /// Whether a body may follow of which the head does not say how long it is.
    pub(crate) fn has_open_length(&self) -> bool {
        self.is_from_wire && !self.headers.contains_key(header::CONTENT_LENGTH)
    }

    /// Makes headers of the `x-amz-` parameters of a presigned URL, where the SDKs put those that
    /// they sign (petdex#465: a checksum there is compared with the body). A header wins.
    pub(crate) fn take_headers_from_query(&mut self) {
        if self.headers.contains_key(header::AUTHORIZATION) || !self.query.is_presigned() {
            return;
        }
        for (name, value) in self.query.pairs() {
            let is_header = super::query::is_amz(name) && !is_signature(name);
            let (Some(Ok(name)), Ok(value)) = (
                is_header.then(|| HeaderName::from_bytes(name.as_bytes())),
                HeaderValue::from_bytes(value.as_bytes()),
            ) else {
                continue;
            };
            self.headers.entry(name).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(uri: &str, host: Option<&str>) -> (String, String, Place) {
        let mut request = http::Request::get(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let head = Head::new(parts, &["r2.local".to_owned()], "");
        let place = head.place();
        (head.bucket, head.raw_key, place)
    }

    #[test]
    fn places() {
        for (uri, host, bucket, key, place) in [
            ("http://r2.local/", None, "", "", Place::Service),
            ("http://r2.local/b", None, "b", "", Place::Bucket),
            ("http://r2.local/b/", None, "b", "", Place::Bucket),
            ("http://r2.local/b/k%20/x", None, "b", "k%20/x", Place::Object),
            ("http://r2.local/b//k/", None, "b", "/k/", Place::Object),
            ("http://b.r2.local/k", None, "b", "k", Place::Object),
            ("/k", Some("b.r2.local:9000"), "b", "k", Place::Object),
            ("/b/k", Some("127.0.0.1:9000"), "b", "k", Place::Object),
            ("/b/k", Some("a.b.r2.local"), "b", "k", Place::Object),
            ("/k", Some("B.R2.local"), "b", "k", Place::Object),
            ("http://r2.local", None, "", "", Place::Service),
            ("http://r2.local//b/k", None, "", "b/k", Place::Nowhere),
            ("http://r2.local//", None, "", "", Place::Nowhere),
        ] {
            let expected = (bucket.to_owned(), key.to_owned(), place);
            assert_eq!(head(uri, host), expected, "{uri} {host:?}");
        }
    }

    #[test]
    fn headers_of_a_presigned_url() {
        let read = |query: &str, authorization: Option<&str>| {
            let mut request = http::Request::put(format!("http://r2.local/b/k?{query}"));
            request = request.header("x-amz-meta-b", "header");
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let mut head = Head::new(parts, &[], "");
            head.take_headers_from_query();
            let mut names: Vec<_> = head.headers.iter().collect();
            names.sort_by_key(|(name, _)| name.as_str());
            let texts =
                names.iter().map(|(name, value)| format!("{name}={}", value.to_str().unwrap()));
            texts.collect::<Vec<_>>().join(" ")
        };
        let query = "X-Amz-Credential=c&x-amz-meta-a=1+2&X-Amz-Meta-B=query&prefix=p&x-amz-%0a=x";
        assert_eq!(read(query, None), "x-amz-meta-a=1 2 x-amz-meta-b=header");
        assert_eq!(read(query, Some("a")), "authorization=a x-amz-meta-b=header");
        assert_eq!(read("x-amz-meta-a=1", None), "x-amz-meta-b=header");
    }
}
