//! The headers that a cassette keeps: what a request means and what an answer says.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::secrets::is_secret_header;
use crate::limits;

/// Kept of requests. Who sends, through what and with which signature is not what is asked for.
const REQUEST: [&str; 24] = [
    "cache-control",
    "cf-continuation-token",
    "cf-max-keys",
    "cf-prefix",
    "cf-start-after",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-md5",
    "content-type",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "origin",
    "range",
    "x-amz-acl",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
];

const REQUEST_BEGINNINGS: [&str; 6] = [
    "access-control-request-",
    "cf-copy-",
    "cf-create-",
    "x-amz-checksum-",
    "x-amz-copy-source",
    "x-amz-meta-",
];

/// Kept of answers.
const RESPONSE: [&str; 12] = [
    "accept-ranges",
    "allow",
    "cache-control",
    "date",
    "etag",
    "expires",
    "last-modified",
    "location",
    "retry-after",
    "server",
    "vary",
    "content-length",
];

const RESPONSE_BEGINNINGS: [&str; 4] = ["access-control-", "cf-", "content-", "x-amz-"];

/// Headers that only repeat what the body says; the body is compared itself.
const DIGESTS: [&str; 2] = ["content-md5", "x-amz-sdk-checksum-algorithm"];
const DIGESTS_BEGINNING: &str = "x-amz-checksum-";

/// Names in small letters with their values, each name once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Headers(BTreeMap<String, String>);

impl Headers {
    pub(crate) fn of_request(headers: &HeaderMap) -> Headers {
        Headers::kept(headers, |name| REQUEST.contains(&name) || begins(name, &REQUEST_BEGINNINGS))
    }

    pub(crate) fn of_response(headers: &HeaderMap) -> Headers {
        Headers::kept(headers, |name| {
            RESPONSE.contains(&name) || begins(name, &RESPONSE_BEGINNINGS)
        })
    }

    fn kept(headers: &HeaderMap, keeps: impl Fn(&str) -> bool) -> Headers {
        let mut kept: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in headers {
            let name = name.as_str();
            if is_secret_header(name) || !keeps(name) {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let values = kept.entry(name.to_owned()).or_default();
            if !values.is_empty() {
                values.push_str(", ");
            }
            values.push_str(&value);
        }
        Headers(kept)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Replaces a value that is there.
    pub(crate) fn replace(&mut self, name: &str, value: &str) {
        if let Some(old) = self.0.get_mut(name) {
            value.clone_into(old);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Changes every value.
    pub(crate) fn map(&mut self, change: impl Fn(&str) -> String) {
        for value in self.0.values_mut() {
            *value = change(value);
        }
    }

    /// Those by which requests are told apart.
    pub(crate) fn that_matter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter()
            .filter(|(name, _)| !DIGESTS.contains(name) && !name.starts_with(DIGESTS_BEGINNING))
    }

    /// What `http` makes of them, or the name of the first that cannot be a header.
    pub(crate) fn to_map(&self) -> Result<HeaderMap, &str> {
        let mut map = HeaderMap::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| name.as_str())?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| name.as_str())?;
            map.insert(header, value);
        }
        Ok(map)
    }
}

fn begins(name: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| name.starts_with(beginning))
}

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// By hand, because a map would take the last of two equal names and hide the first.
impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Headers, D::Error> {
        deserializer.deserialize_map(HeadersVisitor)
    }
}

struct HeadersVisitor;

impl<'de> Visitor<'de> for HeadersVisitor {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("headers by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
        let mut headers = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, String>()? {
            if headers.len() == limits::CASSETTE_HEADERS_MAX {
                let max = limits::CASSETTE_HEADERS_MAX;
                return Err(A::Error::custom(format_args!("more than {max} headers")));
            }
            if headers.insert(name.to_ascii_lowercase(), value).is_some() {
                return Err(A::Error::custom(format_args!("the header `{name}` stands twice")));
            }
        }
        Ok(Headers(headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn a_request_keeps_what_it_means() {
        let headers = Headers::of_request(&map(&[
            ("host", "x"),
            ("user-agent", "x"),
            ("authorization", "x"),
            ("x-amz-date", "x"),
            ("range", "bytes=0-1"),
            ("x-amz-meta-a", "1"),
            ("x-amz-meta-a", "2"),
            ("content-md5", "x"),
            ("x-amz-copy-source-server-side-encryption-customer-key", "x"),
        ]));
        let kept: Vec<_> = headers.iter().collect();
        assert_eq!(kept, [("content-md5", "x"), ("range", "bytes=0-1"), ("x-amz-meta-a", "1, 2")]);
        let matter: Vec<_> = headers.that_matter().map(|(name, _)| name).collect();
        assert_eq!(matter, ["range", "x-amz-meta-a"]);
    }

    #[test]
    fn an_answer_keeps_what_it_says() {
        let headers = Headers::of_response(&map(&[
            ("connection", "close"),
            ("set-cookie", "x"),
            ("cf-ray", "x"),
            ("content-range", "x"),
            ("x-amz-server-side-encryption-customer-key-md5", "x"),
        ]));
        let kept: Vec<_> = headers.iter().map(|(name, _)| name).collect();
        assert_eq!(kept, ["cf-ray", "content-range"]);
        assert_eq!(headers.to_map().unwrap().len(), 2);
    }

    #[test]
    fn a_name_stands_once() {
        let twice = r#"{"etag": "1", "ETag": "2"}"#;
        let error = serde_json::from_str::<Headers>(twice).unwrap_err();
        assert!(error.to_string().contains("`ETag` stands twice"), "{error}");
    }
}
