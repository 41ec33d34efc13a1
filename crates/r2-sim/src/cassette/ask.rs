//! What a request asks for, free of who asks and of where it is sent.

use std::collections::BTreeSet;
use std::fmt;

use http::{Method, Request, Uri};
use r2_transport::Body;

use super::Headers;
use super::secrets::is_secret_parameter;
use crate::protocol::{Named, Query, is_signature, percent_decode};

/// A request without secrets, host and signature.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) named: Named,
    pub(crate) method: Method,
    /// As it came, below the base path.
    pub(crate) path: String,
    /// As it came, without what belongs to a signature.
    pub(crate) query: String,
    pub(crate) headers: Headers,
}

/// Exchanges of one line are played in the order in which they were recorded.
///
/// Reads that ask for different things do not wait for each other, nor do the parts of an upload;
/// all other requests of one operation to one key do.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Line(Named3, String);

type Named3 = (String, String, String);

impl Ask {
    /// `base_path` stands before the bucket in every path, with no `/` at its end.
    pub(crate) fn of(request: &Request<Body>, base_path: &str) -> Ask {
        let uri = request.uri();
        let path = uri.path();
        let inner = path.strip_prefix(base_path).filter(|rest| rest.starts_with('/'));
        let path = match inner {
            Some(rest) => rest,
            None if !base_path.is_empty() && path == base_path => "/",
            None => path,
        };
        let pairs = uri.query().unwrap_or_default().split('&');
        let pairs: Vec<&str> = pairs.filter(|pair| !pair.is_empty() && is_asked(pair)).collect();
        let headers = Headers::of_request(request.headers());
        Ask::build(request.method().clone(), path.to_owned(), pairs.join("&"), headers)
    }

    /// Names what is asked. The path of a request is a path already, so this cannot fail for one;
    /// what is not a path has no names.
    pub(crate) fn build(method: Method, path: String, query: String, headers: Headers) -> Ask {
        let is_copy = headers.get("x-amz-copy-source").is_some();
        let target = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
        let uri = Uri::try_from(target).unwrap_or_default();
        let named = Named::of(&method, &uri, is_copy);
        Ask { named, method, path, query, headers }
    }

    /// Whether path and query are what `http` takes for a path and a query.
    pub(crate) fn is_sound(path: &str, query: &str) -> bool {
        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let uri = Uri::try_from(target);
        let query = Some(query).filter(|query| !query.is_empty());
        path.starts_with('/') && uri.is_ok_and(|uri| uri.path() == path && uri.query() == query)
    }

    pub(crate) fn line(&self) -> Line {
        let query = Query::parse(&self.query);
        let apart = match self.named.operation.as_str() {
            "UploadPart" | "UploadPartCopy" => {
                let value = |name| query.get(name).unwrap_or_default();
                format!("{} {}", value("uploadId"), value("partNumber"))
            }
            _ if self.is_read() => {
                let headers: Vec<_> = self.headers.that_matter().collect();
                format!("{:?} {headers:?}", self.parameters())
            }
            _ => String::new(),
        };
        let Named { operation, bucket, key } = self.named.clone();
        Line((operation, bucket, key), apart)
    }

    /// Where an exchange stands among its neighbours of the same operation and key: parts by their
    /// number, ranges by their beginning.
    pub(crate) fn rank(&self) -> u64 {
        let query = Query::parse(&self.query);
        let range = || self.headers.get("range")?.strip_prefix("bytes=")?.split('-').next();
        let number = query.get("partNumber").or_else(range);
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Decoded parameters in order of their names.
    fn parameters(&self) -> BTreeSet<(String, String)> {
        let query = Query::parse(&self.query);
        query.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Whether a parameter belongs to what is asked, and not to a signature or a log.
fn is_asked(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    let decoded = percent_decode(name.as_bytes());
    let decoded = String::from_utf8_lossy(&decoded);
    let is_log = matches!(&*decoded, "x-id" | "x-purpose");
    !is_log && !is_signature(&decoded) && !is_secret_parameter(name)
}

/// `PutObject bucket/key`
impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named.fmt(f)
    }
}

/// What tells two requests apart, in words; nothing if they ask for the same.
pub(crate) fn difference(asked: &Ask, recorded: &Ask) -> Vec<String> {
    let mut found = Vec::new();
    let names = |ask: &Ask| {
        let Named { operation, bucket, key } = ask.named.clone();
        [("operation", operation), ("bucket", bucket), ("key", key)]
    };
    for ((what, asked), (_, recorded)) in names(asked).into_iter().zip(names(recorded)) {
        if asked != recorded {
            found.push(format!("{what} {asked:?} instead of {recorded:?}"));
        }
    }
    let (here, there) = (asked.parameters(), recorded.parameters());
    found.extend(
        here.difference(&there).map(|(name, value)| {
            format!("parameter {name}={value:?} is not in the recorded request")
        }),
    );
    found.extend(there.difference(&here).map(|(name, value)| {
        format!("parameter {name}={value:?} is in the recorded request only")
    }));
    let headers = |ask: &Ask| -> BTreeSet<(String, String)> {
        let matter = ask.headers.that_matter();
        matter.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    let (here, there) = (headers(asked), headers(recorded));
    found.extend(
        here.difference(&there).map(|(name, value)| {
            format!("header {name}: {value:?} is not in the recorded request")
        }),
    );
    found.extend(
        there.difference(&here).map(|(name, value)| {
            format!("header {name}: {value:?} is in the recorded request only")
        }),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: &str, target: &str) -> Ask {
        let request = Request::builder().method(method).uri(target).header("host", "x");
        Ask::of(&request.body(Body::empty()).unwrap(), "/base")
    }

    #[test]
    fn signatures_and_base_paths_are_no_part_of_it() {
        let found = ask("GET", "http://h/base/b/a%20b?X-Amz-Date=1&x-id=GetObject&partNumber=2");
        assert_eq!((found.path.as_str(), found.query.as_str()), ("/b/a%20b", "partNumber=2"));
        assert_eq!(found.to_string(), "GetObject b/a b");
        assert_eq!(ask("GET", "http://h/basement/k").to_string(), "GetObject basement/k");
        assert_eq!(ask("GET", "http://h/base").to_string(), "ListBuckets");
    }

    #[test]
    fn reads_and_parts_stand_in_lines_of_their_own() {
        let apart = [
            ("GET", "http://h/b?prefix=x", "http://h/b?prefix=y"),
            ("PUT", "http://h/b/k?uploadId=1&partNumber=1", "http://h/b/k?uploadId=1&partNumber=2"),
            ("PUT", "http://h/b/k", "http://h/b/l"),
        ];
        for (method, one, other) in apart {
            assert_ne!(ask(method, one).line(), ask(method, other).line(), "{method} {one}");
        }
        let together = [
            ("GET", "http://h/b?prefix=x&delimiter=y", "http://h/b?delimiter=y&prefix=%78"),
            ("PUT", "http://h/b/k", "http://h/b/%6b?x-id=PutObject"),
            ("POST", "http://h/b/k?uploadId=1", "http://h/b/k?uploadId=2"),
        ];
        for (method, one, other) in together {
            assert_eq!(ask(method, one).line(), ask(method, other).line(), "{method} {one}");
        }
    }

    #[test]
    fn a_difference_is_said_in_words() {
        let one = ask("GET", "http://h/b?list-type=2&prefix=a");
        let other = ask("GET", "http://h/b?list-type=2&max-keys=3");
        let found = difference(&one, &other);
        let expected = [
            "parameter prefix=\"a\" is not in the recorded request",
            "parameter max-keys=\"3\" is in the recorded request only",
        ];
        assert_eq!(found, expected);
        assert_eq!(difference(&one, &one), [""; 0]);
    }
}
