//! The first two lines of the canonical request.

/// Appends the first two lines: method and path, as they stand on the wire.
pub(crate) fn push_start(out: &mut Vec<u8>, method: &str, path: &str) {
    out.extend_from_slice(method.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(if path.is_empty() { "/" } else { path }.as_bytes());
    out.push(b'\n');
}
