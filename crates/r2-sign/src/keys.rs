//! Signing keys, and the cache that spares deriving them.
//!
//! A signing key is four HMACs deep: secret, day, region, service, terminator. It holds for a day,
//! so a client derives one a day; a server that verifies many callers keeps the last few hundred.

use crate::{
    Credentials, Timestamp,
    encode::component,
    hash::{DIGEST_BYTES, HmacKey},
    hex,
    text::text,
};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// Keys of one set stay below this; the whole cache below `SETS` times as many.
const WAYS: usize = 8;
const SETS: usize = 64;

/// The only algorithm R2 takes.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last part of every credential scope.
pub(crate) const TERMINATOR: &str = "aws4_request";
const SERVICE: &str = "s3";
/// Holds the place of the date in a message.
const NO_DATE: &str = "00000000T000000Z";

/// Signing keys by key pair, day and region: shared by its clones and bounded to 512.
///
/// An entry names its key pair by a hash and holds only the derived key. Keys are overwritten when
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
    key: Arc<SigningKey>,
}

/// What signs for a day in a region, and the texts that are the same for all its signatures.
pub(crate) struct SigningKey {
    key: HmacKey,
    scope: Box<str>,
    message_start: Box<str>,
    authorization_start: Box<str>,
    query_start: Box<str>,
}

impl SigningKey {
    /// `HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), "s3"), "aws4_request")`.
    pub(crate) fn derive(credentials: &Credentials, day: [u8; 8], region: &str) -> Self {
        let secret = credentials.secret_access_key().as_bytes();
        let mut start = Zeroizing::new(Vec::with_capacity(4 + secret.len()));
        start.extend_from_slice(b"AWS4");
        start.extend_from_slice(secret);
        let mut key = HmacKey::new(&start);
        for part in [&day[..], region.as_bytes(), SERVICE.as_bytes(), TERMINATOR.as_bytes()] {
            let tag = Zeroizing::new(key.sign(part));
            key = HmacKey::new(&*tag);
        }
        let scope = [text(&day), region, SERVICE, TERMINATOR].join("/");
        let credential = [credentials.access_key_id(), "/", &scope].concat();
        let message_start = [ALGORITHM, "\n", NO_DATE, "\n", &scope, "\n"].concat();
        let authorization_start = [ALGORITHM, " Credential=", &credential, ", SignedHeaders="];
        let query_start =
            ["X-Amz-Algorithm=", ALGORITHM, "&X-Amz-Credential=", &component(&credential)];
        Self {
            key,
            message_start: message_start.into(),
            authorization_start: authorization_start.concat().into(),
            query_start: query_start.concat().into(),
            scope: scope.into(),
        }
    }

    /// `20130524/auto/s3/aws4_request`.
    pub(crate) fn scope(&self) -> &str {
        &self.scope
    }

    /// `AWS4-HMAC-SHA256 Credential=…/20130524/auto/s3/aws4_request, SignedHeaders=`.
    pub(crate) fn authorization_start(&self) -> &str {
        &self.authorization_start
    }

    /// `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…`.
    pub(crate) fn query_start(&self) -> &str {
        &self.query_start
    }

    /// Appends the string to sign for a canonical request of this hash.
    pub(crate) fn push_message(
        &self,
        out: &mut Vec<u8>,
        at: &Timestamp,
        canonical_hash: &[u8; DIGEST_BYTES],
    ) {
        const DATE: usize = ALGORITHM.len() + 1;
        let start = out.len();
        out.extend_from_slice(self.message_start.as_bytes());
        out[start + DATE..][..NO_DATE.len()].copy_from_slice(at.as_bytes());
        out.extend_from_slice(&hex::digits(canonical_hash));
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; DIGEST_BYTES] {
        self.key.sign(message)
    }

    /// Compares in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8; DIGEST_BYTES]) -> bool {
        self.key.verify(message, tag)
    }
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

    /// Does something with the key for this key pair, day and region, while the cache holds it:
    /// half the price of taking it along.
    pub(crate) fn with<T>(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
        work: impl FnOnce(&SigningKey) -> T,
    ) -> T {
        let set = self.set(credentials).read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = set.iter().find(|entry| entry.is(credentials, day, region)) {
            return work(&entry.key);
        }
        drop(set);
        work(&self.get(credentials, day, region))
    }

    /// The key for this key pair, day and region: from the cache, or derived and kept.
    pub(crate) fn get(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
    ) -> Arc<SigningKey> {
        if let Some(key) = self.find(credentials, day, region) {
            return key;
        }
        let key = Arc::new(SigningKey::derive(credentials, day, region));
        self.keep(credentials, day, region, Arc::clone(&key));
        key
    }

    pub(crate) fn find(
        &self,
        credentials: &Credentials,
        day: [u8; 8],
        region: &str,
    ) -> Option<Arc<SigningKey>> {
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
        key: Arc<SigningKey>,
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

    /// The set a key pair belongs to: its fingerprint is a hash already.
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

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: [u8; 8] = *b"20130524";

    fn tag(key: &SigningKey) -> [u8; 32] {
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
        assert_eq!(first.scope(), "20130524/auto/s3/aws4_request");
        assert_eq!(tag(&first), tag(&SigningKey::derive(&credentials, DAY, "auto")));
        keys.clear();
        assert!(keys.find(&credentials, DAY, "auto").is_none());
    }

    #[test]
    fn id_secret_day_and_region_each_make_another_key() {
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
