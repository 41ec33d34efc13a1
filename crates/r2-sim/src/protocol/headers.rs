//! Reading header values as text.

use http::HeaderMap;

/// A header's value as text. Bytes above ASCII are taken as UTF-8, as clients send them.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok().map(str::trim)
}

/// The same as an owned string, without empty ones.
pub(crate) fn owned(headers: &HeaderMap, name: &str) -> Option<String> {
    text(headers, name).filter(|value| !value.is_empty()).map(str::to_owned)
}
