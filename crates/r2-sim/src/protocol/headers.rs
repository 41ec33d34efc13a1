//! Reading header values as text.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue};

/// A value of any bytes as text: UTF-8 as most clients send it, else Latin-1 as browsers do. Both
/// are also what a client signs for these bytes.
pub(crate) fn decoded(value: &HeaderValue) -> Cow<'_, str> {
    let bytes = value.as_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// A header's value as text. Bytes above ASCII are taken as UTF-8, as clients send them.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok().map(str::trim)
}

/// The same as an owned string, without empty ones.
pub(crate) fn owned(headers: &HeaderMap, name: &str) -> Option<String> {
    text(headers, name).filter(|value| !value.is_empty()).map(str::to_owned)
}
