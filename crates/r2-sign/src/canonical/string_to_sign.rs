//! The string to sign and the credential scope inside it.

use crate::hex;

/// The only algorithm R2 takes.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last part of every credential scope.
pub(crate) const TERMINATOR: &str = "aws4_request";

/// Appends the string to sign for a canonical request of this hash.
pub(crate) fn push_string_to_sign(
    out: &mut Vec<u8>,
    date: &str,
    region: &str,
    canonical_hash: &[u8; 32],
) {
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(date.as_bytes());
    out.push(b'\n');
    push_scope(out, &date[..8], region);
    out.push(b'\n');
    out.extend_from_slice(&hex::digits(canonical_hash));
}

/// Appends `20130524/auto/s3/aws4_request`.
pub(crate) fn push_scope(out: &mut Vec<u8>, day: &str, region: &str) {
    out.extend_from_slice(day.as_bytes());
    out.push(b'/');
    out.extend_from_slice(region.as_bytes());
    out.extend_from_slice(b"/s3/aws4_request");
}
