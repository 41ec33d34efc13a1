//! Signing keys, and the cache that spares deriving them.
//!
//! A signing key is four HMACs deep: secret, day, region, service, terminator. It holds for a day,
//! so a client derives one a day; a server that verifies many callers keeps the last few hundred.

use crate::{credentials::Credentials, hash::HmacKey};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// Keys of one set stay below this; the whole cache below `SETS` times as many.
const WAYS: usize = 8;
const SETS: usize = 64;

/// Signing keys by secret, day and region: shared by its clones and bounded to 512.
///
/// An entry names its secret by a hash and holds only the derived key. Keys are overwritten when
/// they leave the cache and the last signature in progress is done (best effort: the compiler and
/// `ring` may have left copies on the stack).
///
/// ```
/// use r2_sign::{KeyCache, Signer};
///
/// let keys = KeyCache::new();
/// let signer = Signer::with_keys("auto", keys.clone());
/// keys.clear(); // after a rotation, for instance
/// # let _ = signer;
/// ```
#[derive(Clone)]
pub struct KeyCache {
    sets: Arc<[RwLock<Vec<Entry>>; SETS]>,
}

struct Entry {
    fingerprint: Zeroizing<[u8; 32]>,
    day: [u8; 8],
    region: Box<str>,
    key: Arc<HmacKey>,
}

impl Entry {
    fn is(&self, credentials: &Credentials, day: [u8; 8], region: &str) -> bool {
        self.day == day
            && *self.fingerprint == *credentials.fingerprint()
            && *self.region == *region
    }
}

impl KeyCache {
    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self { sets: Arc::new([const { RwLock::new(Vec::new()) }; SETS]) }
    }

    /// Forgets every key.
    pub fn clear(&self) {
        for set in &*self.sets {
            set.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The key for this secret, day and region: from the cache, or derived and kept.
    pub(crate) fn get(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
    ) -> Arc<HmacKey> {
        if let Some(key) = self.find(credentials, day, region) {
            return key;
        }
        let key = Arc::new(derive(credentials.secret_access_key(), day, region));
        self.keep(credentials, day, region, Arc::clone(&key));
        key
    }

    pub(crate) fn find(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
    ) -> Option<Arc<HmacKey>> {
        let set = self.set(credentials).read().unwrap_or_else(PoisonError::into_inner);
        set.iter()
            .find(|entry| entry.is(credentials, day, region))
            .map(|entry| Arc::clone(&entry.key))
    }

    /// Keeps a key. A full set drops its oldest entry.
    pub(crate) fn keep(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
        key: Arc<HmacKey>,
    ) {
        let fingerprint = Zeroizing::new(*credentials.fingerprint());
        let entry = Entry { fingerprint, day, region: region.into(), key };
        let mut set = self.set(credentials).write().unwrap_or_else(PoisonError::into_inner);
        if set.iter().any(|entry| entry.is(credentials, day, region)) {
            return;
        }
        if set.len() == WAYS {
            set.remove(0);
        }
        set.push(entry);
    }

    /// The set a secret belongs to: its fingerprint is a hash already.
    fn set(&self, credentials: &Credentials) -> &RwLock<Vec<Entry>> {
        &self.sets[usize::from(credentials.fingerprint()[0]) % SETS]
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |set: &RwLock<Vec<_>>| set.read().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("KeyCache")
            .field("keys", &self.sets.iter().map(count).sum::<usize>())
            .finish_non_exhaustive()
    }
}

/// `HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), "s3"), "aws4_request")`.
pub(crate) fn derive(secret: &str, day: [u8; 8], region: &str) -> HmacKey {
    let mut start = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
    start.extend_from_slice(b"AWS4");
    start.extend_from_slice(secret.as_bytes());
    let mut key = HmacKey::new(&start);
    for part in [&day[..], region.as_bytes(), b"s3", b"aws4_request"] {
        let tag = Zeroizing::new(key.sign(part));
        key = HmacKey::new(&*tag);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: [u8; 8] = *b"20130524";

    fn tag(key: &HmacKey) -> [u8; 32] {
        key.sign(b"message")
    }

    #[test]
    fn finds_what_it_keeps() {
        let keys = KeyCache::new();
        let credentials = Credentials::new("id", "secret");
        assert!(keys.find(&credentials, DAY, "auto").is_none());
        let first = keys.get(&credentials, DAY, "auto");
        let shared = keys.clone();
        let second = shared.get(&credentials, DAY, "auto");
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(tag(&first), tag(&derive("secret", DAY, "auto")));
        keys.clear();
        assert!(keys.find(&credentials, DAY, "auto").is_none());
    }

    #[test]
    fn secret_day_and_region_each_make_another_key() {
        let keys = KeyCache::new();
        let tags = [
            tag(&keys.get(&Credentials::new("id", "secret"), DAY, "auto")),
            tag(&keys.get(&Credentials::new("id", "Secret"), DAY, "auto")),
            tag(&keys.get(&Credentials::new("id", "secret"), *b"20130525", "auto")),
            tag(&keys.get(&Credentials::new("id", "secret"), DAY, "us-east-1")),
        ];
        for (n, one) in tags.iter().enumerate() {
            assert!(!tags[..n].contains(one));
        }
        assert_eq!(format!("{keys:?}"), "KeyCache { keys: 4, .. }");
    }

    #[test]
    fn stays_bounded_and_keeps_the_newest() {
        let keys = KeyCache::new();
        let credentials = Credentials::new("id", "secret");
        for region in 0..99 {
            keys.get(&credentials, DAY, &region.to_string());
        }
        let last = keys.get(&credentials, DAY, "99");
        assert_eq!(format!("{keys:?}"), "KeyCache { keys: 8, .. }");
        let found = keys.find(&credentials, DAY, "99").expect("just kept");
        assert!(Arc::ptr_eq(&found, &last));
    }
}
