//! Signatures inside an aws-chunked body: one a chunk, each bound to the one before it.
//!
//! R2 refuses such bodies (501), so our client never sends one; a gateway that stands before R2
//! must verify them for the clients that do.

use crate::{Error, ErrorKind, Timestamp, hash::sha256, hex, keys::SigningKey, text::text};
use std::{fmt, sync::Arc};

/// A signature as it is written: 64 lower-case hexadecimal digits.
///
/// It has no `==` on purpose: comparing a given signature to a computed one must take the same time
/// whatever they are, which the `verify` functions of this crate see to.
#[derive(Clone, Copy)]
pub struct Signature([u8; 64]);

impl Signature {
    pub(crate) fn new(tag: &[u8; 32]) -> Self {
        Self(hex::digits(tag))
    }

    /// Reads a signature.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`] unless it is 64 lower-case hexadecimal digits.
    pub fn parse(digits: &str) -> Result<Self, Error> {
        let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match <[u8; 64]>::try_from(digits.as_bytes()) {
            Ok(digits) if digits.iter().all(lower) => Ok(Self(digits)),
            _ => Err(ErrorKind::Signature.into()),
        }
    }

    /// The signature at the end of an `Authorization` value: the seed of the first chunk.
    ///
    /// # Errors
    /// [`ErrorKind::Signature`] when there is none.
    pub fn of_authorization(value: &str) -> Result<Self, Error> {
        let signature = value.rsplit("Signature=").next().filter(|tail| tail.len() < value.len());
        Self::parse(signature.unwrap_or_default())
    }

    /// The 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(&self.0)
    }

    fn tag(&self) -> [u8; 32] {
        hex::decode_32(self.as_str()).expect("64 hexadecimal digits")
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// Signs or verifies the chunks of one body in their order, the empty last chunk included, then the
/// trailer if there is one.
///
/// Made by [`Signer::chunks`](crate::Signer::chunks) on the sending side and by
/// [`Claim::chunks`](crate::verify::Claim::chunks) on the receiving one.
///
/// ```
/// use r2_sign::{Credentials, Signature, Signer, Timestamp, sha256};
///
/// let (signer, credentials) = (Signer::new("auto"), Credentials::new("id", "secret"));
/// let at = Timestamp::from_unix(1_369_353_600);
/// let seed = Signature::parse(&"0".repeat(64))?; // that of the request
///
/// let mut sending = signer.chunks(&credentials, at, seed);
/// let (first, last) = (sending.sign(b"hello"), sending.sign(b""));
///
/// let mut receiving = signer.chunks(&credentials, at, seed);
/// assert!(receiving.verify(&sha256(b"hello"), &first));
/// assert!(receiving.verify(&sha256(b""), &last));
/// assert!(!receiving.verify(&sha256(b""), &last), "the chain has moved on");
/// # Ok::<(), r2_sign::Error>(())
/// ```
pub struct ChunkSigner {
    key: Arc<SigningKey>,
    at: Timestamp,
    previous: Signature,
    message: Vec<u8>,
}

impl ChunkSigner {
    pub(crate) fn new(key: Arc<SigningKey>, at: Timestamp, seed: Signature) -> Self {
        Self { key, at, previous: seed, message: Vec::new() }
    }

    /// The signature of the next chunk. The body ends with a chunk of no bytes.
    pub fn sign(&mut self, chunk: &[u8]) -> Signature {
        self.chunk_message(&sha256(chunk));
        self.sign_message()
    }

    /// The signature of the trailer, after the last chunk: its headers in the order they are sent,
    /// names in lower case (`x-amz-checksum-crc32c`).
    pub fn sign_trailer(&mut self, trailer: &[(&str, &str)]) -> Signature {
        self.trailer_message(trailer);
        self.sign_message()
    }

    /// Whether this is the signature of the next chunk, of which only the SHA-256 is needed. Goes
    /// on to the next chunk only if it is. Takes the same time for every signature.
    #[must_use]
    pub fn verify(&mut self, chunk_sha256: &[u8; 32], signature: &Signature) -> bool {
        self.chunk_message(chunk_sha256);
        self.verify_message(signature)
    }

    /// Whether this is the signature of the trailer.
    #[must_use]
    pub fn verify_trailer(&mut self, trailer: &[(&str, &str)], signature: &Signature) -> bool {
        self.trailer_message(trailer);
        self.verify_message(signature)
    }

    fn chunk_message(&mut self, chunk_sha256: &[u8; 32]) {
        self.begin_message("AWS4-HMAC-SHA256-PAYLOAD");
        // The hash of no headers: chunks have none, but the form has a place for them.
        self.message.extend_from_slice(&hex::digits(&sha256(b"")));
        self.message.push(b'\n');
        self.message.extend_from_slice(&hex::digits(chunk_sha256));
    }

    fn trailer_message(&mut self, trailer: &[(&str, &str)]) {
        let mut lines = Vec::new();
        for (name, value) in trailer {
            lines.extend_from_slice(name.as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.trim_ascii().as_bytes());
            lines.push(b'\n');
        }
        self.begin_message("AWS4-HMAC-SHA256-TRAILER");
        self.message.extend_from_slice(&hex::digits(&sha256(&lines)));
    }

    fn begin_message(&mut self, kind: &str) {
        let message = &mut self.message;
        message.clear();
        message.extend_from_slice(kind.as_bytes());
        message.push(b'\n');
        message.extend_from_slice(self.at.as_str().as_bytes());
        message.push(b'\n');
        message.extend_from_slice(self.key.scope().as_bytes());
        message.push(b'\n');
        message.extend_from_slice(self.previous.as_str().as_bytes());
        message.push(b'\n');
    }

    fn sign_message(&mut self) -> Signature {
        self.previous = Signature::new(&self.key.sign(&self.message));
        self.previous
    }

    fn verify_message(&mut self, signature: &Signature) -> bool {
        let good = self.key.verify(&self.message, &signature.tag());
        if good {
            self.previous = *signature;
        }
        good
    }
}

impl fmt::Debug for ChunkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: _, at, previous, message: _ } = self;
        f.debug_struct("ChunkSigner")
            .field("at", at)
            .field("previous", previous)
            .finish_non_exhaustive()
    }
}
