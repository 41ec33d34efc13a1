//! Names of buckets and keys: what is allowed, and which spellings are the same key.

use std::borrow::Cow;

use r2_xml::ErrorCode;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::Refusal;
use crate::switches::KeyIdentity;

/// Longest key, in bytes of UTF-8 (Cloudflare's limits page).
const KEY_BYTES_MAX: usize = 1024;

/// An object key as R2 compares it, with the spelling of the request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    /// What decides whether two keys are one.
    pub(crate) identity: String,
    /// The spelling, when it differs.
    pub(crate) spelling: Option<String>,
}

impl Key {
    /// Reads the key of a raw path segment, decoding it once. What cannot be decoded is refused:
    /// otherwise `%zz` and `%25zz` were one key in one place and two in another.
    pub(crate) fn from_path(raw: &str, rule: KeyIdentity) -> Result<Key, Refusal> {
        let decoded = r2_sign::encode::decode_utf8(raw);
        Key::new(&decoded.map_err(|_| Refusal::invalid_object_name())?, rule)
    }

    /// A key has 1 to 1,024 bytes, none of which is 0: no list could show it, since XML has no way
    /// to write that.
    pub(crate) fn new(text: &str, rule: KeyIdentity) -> Result<Key, Refusal> {
        if text.is_empty() || text.len() > KEY_BYTES_MAX || text.contains('\0') {
            return Err(Refusal::invalid_object_name());
        }
        let identity = normalized(text, rule).into_owned();
        let spelling = (identity != text).then(|| text.to_owned());
        Ok(Key { identity, spelling })
    }

    /// As the client wrote it.
    pub(crate) fn as_written(&self) -> &str {
        self.spelling.as_deref().unwrap_or(&self.identity)
    }
}

/// R2 identifies keys by their NFC form (Cloudflare's page on Unicode interoperability).
pub(crate) fn normalized(text: &str, rule: KeyIdentity) -> Cow<'_, str> {
    let exact = rule == KeyIdentity::Bytes || is_nfc_quick(text.chars()) == IsNormalized::Yes;
    if exact { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// 3 to 63 of a-z, 0-9 and hyphen, beginning and ending with a letter or digit.
pub(crate) fn check_bucket_name(name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let ends = !name.starts_with('-') && !name.ends_with('-');
    if (3..=63).contains(&name.len()) && name.bytes().all(allowed) && ends {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidBucketName, "The specified bucket name is not valid."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_names() {
        for name in ["abc", "a-b", "0a9", &"a".repeat(63)] {
            assert!(check_bucket_name(name).is_ok(), "{name}");
        }
        for name in ["", "ab", "-ab", "ab-", "aBc", "a.b", "a_b", "é23", &"a".repeat(64)] {
            assert!(check_bucket_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn two_spellings_are_one_key() {
        let (nfc, nfd) = ("caf\u{e9}", "cafe\u{301}");
        let key = Key::new(nfd, KeyIdentity::Nfc).unwrap();
        assert_eq!(key.identity, nfc);
        assert_eq!(key.as_written(), nfd);
        assert_eq!(Key::new(nfc, KeyIdentity::Nfc).unwrap().spelling, None);
        assert_eq!(Key::new(nfd, KeyIdentity::Bytes).unwrap().identity, nfd);
    }

    #[test]
    fn keys_are_exact_otherwise() {
        for text in ["//", "..", "a/../b", "a/", " ", "+%#?", "😀"] {
            assert_eq!(Key::new(text, KeyIdentity::Nfc).unwrap().identity, text);
        }
        assert_eq!(Key::from_path("a%2Fb%2520+", KeyIdentity::Nfc).unwrap().identity, "a/b%20+");
        for raw in ["%ff", "%zz", "a%", "a%2", "%00", "a%00b", "%c0%af", "%ed%a0%80"] {
            assert!(Key::from_path(raw, KeyIdentity::Nfc).is_err(), "{raw}");
        }
        assert!(Key::new(&"k".repeat(1024), KeyIdentity::Nfc).is_ok());
        assert!(Key::new(&"k".repeat(1025), KeyIdentity::Nfc).is_err());
        assert!(Key::new("", KeyIdentity::Nfc).is_err());
    }
}
