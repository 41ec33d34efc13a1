//! The metadata a user puts on an object: `x-amz-meta-*`.

use std::collections::BTreeMap;

use http::HeaderMap;

use super::rfc2047;
use crate::limits::METADATA_BYTES_MAX;
use crate::names::NameError;

const WHAT: &str = "metadata";
pub(crate) const HEADER_PREFIX: &str = "x-amz-meta-";

/// Names and values that a user keeps with an object. Names are lower-case ASCII, values any text:
/// what is not plain ASCII travels as encoded words of RFC 2047, which R2 decodes on its side.
///
/// R2 counts names and decoded values and takes 8,192 bytes; AWS takes 2 KB.
///
/// ```
/// use r2_objects::Metadata;
///
/// let metadata = Metadata::new().with("Author", "Zoë")?;
/// assert_eq!(metadata.get("author"), Some("Zoë"));
/// assert!(Metadata::new().with("not a name", "x").is_err());
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    entries: BTreeMap<String, String>,
}

impl Metadata {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces an entry. The name is put in lower case.
    ///
    /// # Errors
    ///
    /// A name that cannot be part of an HTTP header name, and a total over 8,192 bytes.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Result<Self, NameError> {
        let name = name.to_ascii_lowercase();
        if name.is_empty() || http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            let reason = format!("{name:?} cannot be part of a header name");
            return Err(NameError::new(WHAT, reason));
        }
        self.entries.insert(name, value.into());
        let total = self.len_bytes();
        if total > METADATA_BYTES_MAX {
            let reason =
                format!("names and values have {total} bytes, {METADATA_BYTES_MAX} are allowed");
            return Err(NameError::new(WHAT, reason));
        }
        Ok(self)
    }

    /// The value of a name, whatever its case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// Names and values, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What R2 counts: the bytes of names and decoded values.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.entries.iter().map(|(name, value)| name.len() + value.len()).sum()
    }

    /// Header names and header values.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (String, String)> {
        self.entries
            .iter()
            .map(|(name, value)| (format!("{HEADER_PREFIX}{name}"), rfc2047::encode(value)))
    }

    /// Reads what a reply carries, however much it is: a server may allow more than R2.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let mut entries = BTreeMap::new();
        for (name, value) in headers {
            let Some(name) = name.as_str().strip_prefix(HEADER_PREFIX) else { continue };
            // other servers send raw UTF-8, or bytes of no encoding at all
            let value = String::from_utf8_lossy(value.as_bytes());
            entries
                .entry(name.to_owned())
                .and_modify(|joined: &mut String| {
                    joined.push(',');
                    joined.push_str(&rfc2047::decode(&value));
                })
                .or_insert_with(|| rfc2047::decode(&value));
        }
        Self { entries }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn headers_out_and_in_agree() {
        let metadata =
            Metadata::new().with("Plain", "x").unwrap().with("with-text", "größe  ").unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in metadata.headers() {
            headers.insert(
                http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(&value).unwrap(),
            );
        }
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        assert_eq!(Metadata::from_headers(&headers), metadata);
    }

    #[test]
    fn raw_bytes_of_other_servers_are_read_as_text() {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-meta-a", HeaderValue::from_bytes("ä".as_bytes()).unwrap());
        headers.insert("x-amz-meta-b", HeaderValue::from_bytes(b"\xff").unwrap());
        headers.append("x-amz-meta-c", HeaderValue::from_static("1"));
        headers.append("x-amz-meta-c", HeaderValue::from_static("2"));
        let metadata = Metadata::from_headers(&headers);
        assert_eq!(metadata.get("a"), Some("ä"));
        assert_eq!(metadata.get("b"), Some("\u{fffd}"));
        assert_eq!(metadata.get("c"), Some("1,2"));
    }

    #[test]
    fn the_limit_counts_names_and_values() {
        let fits = Metadata::new().with("a", "x".repeat(METADATA_BYTES_MAX - 1)).unwrap();
        assert_eq!(fits.len_bytes(), METADATA_BYTES_MAX);
        assert!(fits.with("b", "").is_err());
    }
}
