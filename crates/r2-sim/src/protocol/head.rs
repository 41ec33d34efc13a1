//! The head of a request, taken apart once.

use http::request::Parts;
use http::{HeaderMap, Method, header};

use super::headers::text;
use super::query::{Query, percent_decode};
use super::routing::Place;

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
}

impl Head {
    /// `domains`: hosts below which the first label is a bucket.
    pub(crate) fn new(parts: Parts, domains: &[String]) -> Head {
        let Parts { method, uri, headers, .. } = parts;
        let host = text(&headers, header::HOST.as_str()).map(str::to_owned);
        let host = host.or_else(|| uri.authority().map(|authority| authority.to_string()));
        let raw_path = uri.path().to_owned();
        let raw_query = uri.query().unwrap_or_default().to_owned();
        let path = raw_path.strip_prefix('/').unwrap_or(&raw_path);
        let (bucket, raw_key) = match host.as_deref().and_then(|host| hosted(host, domains)) {
            Some(bucket) => (bucket, path),
            None => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                let decoded = percent_decode(bucket.as_bytes());
                (String::from_utf8_lossy(&decoded).into_owned(), key)
            }
        };
        let (raw_key, query) = (raw_key.to_owned(), Query::parse(&raw_query));
        Head { method, raw_path, raw_query, query, headers, host, bucket, raw_key }
    }

    pub(crate) fn place(&self) -> Place {
        match (self.bucket.is_empty(), self.raw_key.is_empty()) {
            (true, _) => Place::Service,
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
}

/// The bucket of a virtual-hosted request: `<bucket>.<domain>`, with or without a port.
fn hosted(host: &str, domains: &[String]) -> Option<String> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    domains.iter().find_map(|domain| {
        let bucket = name.strip_suffix(domain.as_str())?.strip_suffix('.')?;
        (!bucket.is_empty() && !bucket.contains('.')).then(|| bucket.to_owned())
    })
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
        let head = Head::new(parts, &["r2.local".to_owned()]);
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
        ] {
            let expected = (bucket.to_owned(), key.to_owned(), place);
            assert_eq!(head(uri, host), expected, "{uri} {host:?}");
        }
    }
}
