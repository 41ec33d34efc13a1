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
    /// A part of a noise, of which nobody took so much that a digest would say all.
    Noise { noise: Noise, offset: u64, length: u64 },
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
            Content::Digest { length, .. } | Content::Noise { length, .. } => *length,
        }
    }

    /// SHA-256 in small hexadecimal digits, where it is known without making the content.
    pub(crate) fn sha256(&self) -> Option<String> {
        match &self.content {
            Content::Bytes(bytes) => Some(Digest::of(bytes)),
            Content::Digest { sha256, .. } => Some(sha256.clone()),
            Content::Noise { .. } => None,
        }
    }

    /// The same body by its digest only.
    pub(crate) fn without_bytes(&self) -> RecordedBody {
        let content = match &self.content {
            Content::Bytes(bytes) => Content::Digest {
                sha256: Digest::of(bytes),
                length: bytes.len() as u64,
                noise: None,
            },
            known => known.clone(),
        };
        RecordedBody { content, is_whole: self.is_whole }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.is_whole && self.length() == 0
    }

    /// The content as text, if it is all here and is text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            Content::Digest { .. } | Content::Noise { .. } => None,
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
