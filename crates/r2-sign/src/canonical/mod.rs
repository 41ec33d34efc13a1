//! The canonical request: the bytes on which both ends must agree.

mod headers;
mod query;

pub(crate) use headers::{Headers, Own, push_values};
pub(crate) use query::Query;

/// Appends the first two lines: method and path, as they stand on the wire.
pub(crate) fn push_start(out: &mut Vec<u8>, method: &str, path: &str) {
    out.extend_from_slice(method.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(if path.is_empty() { "/" } else { path }.as_bytes());
    out.push(b'\n');
}
