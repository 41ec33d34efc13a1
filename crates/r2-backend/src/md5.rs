//! ETags of back ends that make their own: the MD5 of the content, as R2 has it.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};
use r2_objects::ETag;

use crate::storage::StorageError;

/// Computes the tag of content that comes in pieces.
#[derive(Default)]
pub(crate) struct ETagHasher(Md5);

impl ETagHasher {
    pub(crate) fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    pub(crate) fn finish(self) -> Result<ETag, StorageError> {
        let mut text = String::with_capacity(32);
        for byte in self.0.finalize() {
            // writing to a string does not fail
            let _ = write!(text, "{byte:02x}");
        }
        Ok(ETag::parse(&text)?)
    }
}

pub(crate) fn etag_of(content: &[u8]) -> Result<ETag, StorageError> {
    let mut hasher = ETagHasher::default();
    hasher.update(content);
    hasher.finish()
}
