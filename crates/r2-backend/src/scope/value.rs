//! A scope, and what is put below it.

use std::fmt;
use std::sync::Arc;

use r2_objects::ObjectKey;

use super::confine::check;
use super::refusal::{Refusal, RefusalKind};
use crate::limits::PREFIX_BYTES_MAX;

/// A part of a store: all keys that begin with its prefix. Cheap to clone.
///
/// The prefix is plain ASCII, so that no encoding, case folding or normalisation makes another of
/// it.
///
/// ```
/// use r2_backend::scope::Scope;
///
/// let scope = Scope::new("enterprise/")?;
/// let key = scope.key("reports/2026.pdf")?;
/// assert_eq!(key.as_str(), "enterprise/reports/2026.pdf");
/// assert_eq!(scope.show(key.as_str()).as_deref(), Some("reports/2026.pdf"));
/// assert_eq!(scope.show("development/a"), None);
/// for way_out in ["../a", "a/%2e%2e/%2e%2e/b", "/a", "..\\a", "a/\u{2025}/b", "a\0"] {
///     assert!(scope.key(way_out).is_err());
/// }
/// # Ok::<(), r2_backend::scope::Refusal>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Arc<str>);

impl Scope {
    /// A scope from its prefix: names of letters, digits, `.`, `-` and `_`, with slashes between
    /// them. The last slash may be left out.
    ///
    /// # Errors
    ///
    /// [`RefusalKind::Configuration`] for anything else.
    pub fn new(prefix: &str) -> Result<Self, Refusal> {
        let names = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_name = |name: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain)
        };
        if names.len() >= PREFIX_BYTES_MAX || !names.split('/').all(is_name) {
            let message = format!(
                "the scope {prefix:?} cannot work: write names of letters, digits, '.', '-' and \
                 '_' with slashes between them, as in \"enterprise/\", {PREFIX_BYTES_MAX} bytes \
                 at most"
            );
            return Err(Refusal::new(RefusalKind::Configuration, message));
        }
        Ok(Self(format!("{names}/").into()))
    }

    /// What all its keys begin with; ends in a slash.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0
    }

    /// Have the two any key in common? Compared without case, as some file systems do.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.0.to_ascii_lowercase(), other.0.to_ascii_lowercase());
        a.starts_with(&b) || b.starts_with(&a)
    }

    /// The key in the store, for a key in the scope.
    ///
    /// # Errors
    ///
    /// A refusal, if any reader could take the key for a way out of the scope.
    pub fn key(&self, key: &str) -> Result<ObjectKey, Refusal> {
        self.below("key", key)
    }

    /// The keys in the store, for the keys of a batch: each is put below the scope or refused by
    /// itself.
    pub fn keys<'a>(
        &'a self,
        keys: impl IntoIterator<Item = &'a str> + 'a,
    ) -> impl Iterator<Item = Result<ObjectKey, Refusal>> + 'a {
        keys.into_iter().map(|key| self.key(key))
    }

    /// The prefix to list in the store; the empty one lists the scope.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key). A prefix `.` or `..` is refused as well, whatever it begins.
    pub fn list_prefix(&self, prefix: &str) -> Result<String, Refusal> {
        match prefix {
            "" => Ok(self.prefix().to_owned()),
            _ => Ok(self.below("prefix", prefix)?.as_str().to_owned()),
        }
    }

    /// Where a listing of the store begins: a start-after, a marker, a key-marker. The empty one is
    /// none.
    ///
    /// # Errors
    ///
    /// As [`key`](Self::key).
    pub fn marker(&self, key: &str) -> Result<Option<String>, Refusal> {
        match key {
            "" => Ok(None),
            _ => Ok(Some(self.below("marker", key)?.as_str().to_owned())),
        }
    }

    /// A key or a common prefix of the store, as it is shown in the scope. `None` for what lies
    /// outside, and for what could not be asked for by the name that it would be shown under.
    #[must_use]
    pub fn show(&self, key: &str) -> Option<String> {
        let shown = key.strip_prefix(self.prefix())?;
        (!shown.is_empty() && check(shown).is_ok()).then(|| shown.to_owned())
    }

    pub(super) fn below(&self, what: &str, text: &str) -> Result<ObjectKey, Refusal> {
        if text.is_empty() {
            return Err(Refusal::of(RefusalKind::Empty, what, text));
        }
        let joined = ObjectKey::new(format!("{}{text}", self.0));
        // what is too long is not looked at: looking takes time by its length
        let key = joined.map_err(|_| Refusal::of(RefusalKind::TooLong, what, text))?;
        check(text).map_err(|kind| Refusal::of(kind, what, text))?;
        Ok(key)
    }
}

impl TryFrom<&str> for Scope {
    type Error = Refusal;

    fn try_from(prefix: &str) -> Result<Self, Refusal> {
        Self::new(prefix)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_plain_and_ends_in_a_slash() {
        for (given, kept) in [("a", "a/"), ("a/", "a/"), ("a-1/b_2/c.3", "a-1/b_2/c.3/")] {
            assert_eq!(Scope::new(given).unwrap().prefix(), kept);
        }
        let bad = ["", "/", "a//b", "/a", "..", "a/../b", ".a", "a//", "ü", "a b", "a%2fb", "a\\b"];
        for prefix in bad {
            let refusal = Scope::new(prefix).unwrap_err();
            assert_eq!(refusal.kind(), RefusalKind::Configuration, "{prefix:?}");
        }
        assert!(Scope::new(&"x".repeat(600)).is_err());
    }

    #[test]
    fn scopes_overlap_by_segments() {
        let scope = |prefix| Scope::new(prefix).unwrap();
        assert!(scope("a").overlaps(&scope("a/b")) && scope("A/B").overlaps(&scope("a")));
        assert!(!scope("a").overlaps(&scope("ab")) && !scope("a/b").overlaps(&scope("a/c")));
    }
}
