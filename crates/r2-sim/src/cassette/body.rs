//! A recorded body: its bytes while they are few, its digest when they are many.

use bytes::Bytes;
use ring::digest::{self, SHA256};

use crate::checksum::hex;
use crate::noise::Noise;

/// A SHA-256 on its way.
#[derive(Clone)]
pub(crate) struct Digest {
    context: digest::Context,
    length: u64,
}

impl Digest {
    pub(crate) fn new() -> Digest {
        Digest { context: digest::Context::new(&SHA256), length: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
        self.length += bytes.len() as u64;
    }

    /// In small hexadecimal digits.
    pub(crate) fn finish(self) -> (String, u64) {
        (hex(self.context.finish().as_ref()), self.length)
    }

    pub(crate) fn of(bytes: &[u8]) -> String {
        hex(digest::digest(&SHA256, bytes).as_ref())
    }
}

/// What is known of a body's content.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    /// All of it.
    Bytes(Bytes),
    /// Its SHA-256 in small hexadecimal digits and its length; and, if it is one, which part of
    /// which noise it is.
    Digest { sha256: String, length: u64, noise: Option<(Noise, u64)> },
}

/// A body that was sent or received.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RecordedBody {
    pub(crate) content: Content,
    /// The other side took it to its end.
    pub(crate) is_whole: bool,
}

impl RecordedBody {
    pub(crate) fn empty() -> RecordedBody {
        RecordedBody { content: Content::Bytes(Bytes::new()), is_whole: true }
    }

    pub(crate) fn length(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Digest { length, .. } => *length,
        }
    }

    /// SHA-256 in small hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        match &self.content {
            Content::Bytes(bytes) => Digest::of(bytes),
            Content::Digest { sha256, .. } => sha256.clone(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_whole && self.length() == 0
    }

    /// The content as text, if it is all here and is text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            Content::Digest { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_agree() {
        let mut digest = Digest::new();
        digest.update(b"a");
        digest.update(b"bc");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.finish(), (abc.to_owned(), 3));
        assert_eq!(Digest::of(b"abc"), abc);
    }
}
