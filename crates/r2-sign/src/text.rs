//! Bytes that were written as text, back as text.
//!
//! Canonical forms are built as bytes, where appending is cheapest, out of strings and ASCII only.

use std::str;

const PROOF: &str = "built of whole strings and ASCII";

/// Borrowed bytes as the text they were built as.
pub(crate) fn text(built: &[u8]) -> &str {
    str::from_utf8(built).expect(PROOF)
}

/// Owned bytes as the text they were built as, without a copy.
pub(crate) fn owned_text(built: Vec<u8>) -> String {
    String::from_utf8(built).expect(PROOF)
}
