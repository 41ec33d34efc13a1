//! Binding what is opaque to a scope: page tokens and upload ids.

use std::fmt;

use ring::hmac;

use super::refusal::{Refusal, RefusalKind};
use super::value::Scope;

/// Bytes of the tag that are kept: 128 bits.
const TAG_BYTES: usize = 16;

/// What an opaque value is, and what it is bound to beside the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sealed<'a> {
    /// A token that goes on with a listing of this prefix, as the client named it.
    PageToken {
        /// The prefix that is listed.
        prefix: &'a str,
    },
    /// The id of an upload in parts to this key, as the client named it.
    UploadId {
        /// The key that is uploaded to.
        key: &'a str,
    },
    /// An upload id that marks a place in a listing of uploads.
    UploadMarker,
}

/// Binds tokens and upload ids that clients bring back to the scope that they were given in. A
/// value from another scope, for another key, edited or made up is refused before any server sees
/// it.
///
/// All gateways of a service share one secret, or a client that changes between them begins anew.
///
/// ```
/// use r2_backend::scope::{Scope, ScopeSeal, Sealed};
///
/// let seal = ScopeSeal::new(&[7; 32]);
/// let (ours, theirs) = (Scope::new("enterprise/")?, Scope::new("development/")?);
/// let upload = Sealed::UploadId { key: "a.bin" };
/// let shown = seal.seal(&ours, upload, "the server's id");
/// assert_eq!(seal.open(&ours, upload, &shown)?, "the server's id");
/// assert!(seal.open(&theirs, upload, &shown).is_err());
/// assert!(seal.open(&ours, Sealed::UploadId { key: "b.bin" }, &shown).is_err());
/// # Ok::<(), r2_backend::scope::Refusal>(())
/// ```
#[derive(Clone)]
pub struct ScopeSeal {
    key: hmac::Key,
}

impl ScopeSeal {
    /// Seals with this secret.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The value as a client gets it.
    #[must_use]
    pub fn seal(&self, scope: &Scope, what: Sealed<'_>, value: &str) -> String {
        let tag = hmac::sign(&self.key, &Self::message(scope, what, value));
        let mut sealed = String::with_capacity(2 * TAG_BYTES + 1 + value.len());
        for byte in tag.as_ref().iter().take(TAG_BYTES) {
            for digit in [byte >> 4, byte & 15] {
                sealed.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        sealed.push('.');
        sealed.push_str(value);
        sealed
    }

    /// The value that a client brings back.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::OtherScope`] if it was not sealed for this.
    pub fn open<'a>(
        &self,
        scope: &Scope,
        what: Sealed<'_>,
        sealed: &'a str,
    ) -> Result<&'a str, Refusal> {
        let name = match what {
            Sealed::PageToken { .. } => "token",
            Sealed::UploadId { .. } | Sealed::UploadMarker => "upload id",
        };
        // the value itself is not shown: it may be another's
        let refuse = || Refusal::of(RefusalKind::OtherScope, name, "");
        let (given, value) = sealed.split_once('.').ok_or_else(refuse)?;
        let ours = self.seal(scope, what, value);
        let (ours, _) = ours.split_once('.').ok_or_else(refuse)?;
        if given.len() != ours.len() {
            return Err(refuse());
        }
        // all bytes are compared, so that time tells nothing
        let pairs = given.bytes().zip(ours.bytes());
        let differing = pairs.fold(0, |differing, (a, b)| differing | (a ^ b));
        if differing == 0 { Ok(value) } else { Err(refuse()) }
    }

    /// Each field with its length before it, so that none runs into the next.
    fn message(scope: &Scope, what: Sealed<'_>, value: &str) -> Vec<u8> {
        let (kind, about) = match what {
            Sealed::PageToken { prefix } => ("page token", prefix),
            Sealed::UploadId { key } => ("upload id", key),
            Sealed::UploadMarker => ("upload marker", ""),
        };
        let mut message = Vec::new();
        for field in [kind, scope.prefix(), about, value] {
            message.extend((field.len() as u64).to_le_bytes());
            message.extend(field.as_bytes());
        }
        message
    }
}

impl fmt::Debug for ScopeSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeSeal(hidden)")
    }
}
