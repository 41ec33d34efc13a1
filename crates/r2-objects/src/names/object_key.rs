//! Object keys: exact, up to 1,024 bytes of UTF-8.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::NameError;
use crate::limits::KEY_BYTES_MAX;

const WHAT: &str = "object key";

/// The key of an object: any UTF-8 of 1 to 1,024 bytes, kept exactly as given. Cheap to clone.
///
/// Nothing is cleaned up: `a//b`, `../x`, a leading or trailing slash, blanks and control
/// characters are all different keys.
///
/// ```
/// use r2_objects::ObjectKey;
///
/// let key = ObjectKey::new("logs//2026/täglich #1.txt")?;
/// assert_eq!(key.as_str(), "logs//2026/täglich #1.txt");
/// assert!(ObjectKey::new("").is_err());
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(Arc<str>);

impl ObjectKey {
    /// Takes the text as it is.
    ///
    /// # Errors
    ///
    /// An empty text, and one of more than 1,024 bytes of UTF-8.
    pub fn new(key: impl AsRef<str>) -> Result<Self, NameError> {
        let key = key.as_ref();
        if key.is_empty() {
            return Err(NameError::new(WHAT, "it is empty"));
        }
        if key.len() > KEY_BYTES_MAX {
            let reason = format!("it has {} bytes, {KEY_BYTES_MAX} are allowed", key.len());
            return Err(NameError::new(WHAT, reason));
        }
        Ok(Self(key.into()))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key in Unicode normalisation form C, by which R2 identifies objects: keys with equal
    /// `nfc()` are one object to R2, although a listing shows the spelling last written
    /// (Cloudflare's "Unicode interoperability" page).
    ///
    /// ```
    /// use r2_objects::ObjectKey;
    ///
    /// let decomposed = ObjectKey::new("e\u{301}")?;
    /// assert_eq!(decomposed.nfc(), "\u{e9}");
    /// # Ok::<(), r2_objects::NameError>(())
    /// ```
    #[must_use]
    pub fn nfc(&self) -> Cow<'_, str> {
        nfc(&self.0)
    }
}

fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// Two spellings that R2 takes for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyCollision {
    /// The spelling that came first.
    pub first: ObjectKey,
    /// The later one, which would replace it.
    pub second: ObjectKey,
}

/// The pairs among `keys` that are different texts but one object to R2. Ask before uploading a
/// set of local names: otherwise the second silently replaces the first.
///
/// ```
/// use r2_objects::{ObjectKey, key_collisions};
///
/// let keys = [ObjectKey::new("caf\u{e9}")?, ObjectKey::new("cafe\u{301}")?];
/// let found = key_collisions(&keys);
/// assert_eq!(found[0].first, keys[0]);
/// assert_eq!(found[0].second, keys[1]);
/// # Ok::<(), r2_objects::NameError>(())
/// ```
pub fn key_collisions<'a>(keys: impl IntoIterator<Item = &'a ObjectKey>) -> Vec<KeyCollision> {
    let mut seen: HashMap<Cow<'a, str>, &'a ObjectKey> = HashMap::new();
    let mut collisions = Vec::new();
    for key in keys {
        let first = *seen.entry(key.nfc()).or_insert(key);
        if first != key {
            collisions.push(KeyCollision { first: first.clone(), second: key.clone() });
        }
    }
    collisions
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ObjectKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for ObjectKey {
    type Err = NameError;

    fn from_str(key: &str) -> Result<Self, NameError> {
        Self::new(key)
    }
}

impl TryFrom<&str> for ObjectKey {
    type Error = NameError;

    fn try_from(key: &str) -> Result<Self, NameError> {
        Self::new(key)
    }
}

impl TryFrom<String> for ObjectKey {
    type Error = NameError;

    fn try_from(key: String) -> Result<Self, NameError> {
        Self::new(key)
    }
}

impl From<&ObjectKey> for ObjectKey {
    fn from(key: &ObjectKey) -> Self {
        key.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ObjectKey {
        ObjectKey::new(text).unwrap()
    }

    #[test]
    fn keys_are_kept_exactly() {
        for text in ["/", "//", "..", "a/", " a ", "+ % # ?", "\u{1f980}", "a\0b", "\u{feff}"] {
            assert_eq!(key(text).as_str(), text);
        }
    }

    #[test]
    fn the_limit_counts_bytes() {
        assert!(ObjectKey::new("ä".repeat(512)).is_ok());
        assert!(ObjectKey::new("ä".repeat(512) + "x").is_err());
        assert!(ObjectKey::new("").is_err());
    }

    #[test]
    fn only_different_spellings_of_one_key_collide() {
        let keys = [key("a"), key("a"), key("o\u{308}"), key("ö"), key("o")];
        let found = key_collisions(&keys);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first.as_str(), found[0].second.as_str()), ("o\u{308}", "ö"));
    }
}
