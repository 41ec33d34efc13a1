//! Access keys: what signs, and how R2 makes one from an API token.

use crate::{
    hash::{Sha256, sha256},
    hex,
};
use std::{fmt, sync::Arc};
use zeroize::{Zeroize, Zeroizing};

/// An access key id, its secret and, for temporary credentials, the session token.
///
/// Cloning is cheap and makes no second copy of the secret. The secret and the token are wiped when
/// the last clone is dropped, and never appear in `Debug`.
///
/// ```
/// use r2_sign::Credentials;
///
/// let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "my secret");
/// assert_eq!(credentials.access_key_id(), "0123456789abcdef0123456789abcdef");
/// assert!(!format!("{credentials:?}").contains("my secret"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    /// SHA-256 of both halves: names the pair in the key cache, which so need not hold the secret.
    fingerprint: Zeroizing<[u8; 32]>,
}

impl Credentials {
    /// A key pair. Nothing is checked here: which mistakes are worth a warning (swapped values,
    /// stray blanks) depends on the service, and is told where a client is configured.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        let access_key_id = access_key_id.into();
        let secret_access_key = Zeroizing::new(secret_access_key.into());
        // The length keeps apart pairs that read the same when written one after the other.
        let mut hash = Sha256::new();
        hash.update(&access_key_id.len().to_le_bytes());
        hash.update(access_key_id.as_bytes());
        hash.update(secret_access_key.as_bytes());
        let fingerprint = Zeroizing::new(hash.finish());
        let session_token = None;
        Self {
            inner: Arc::new(Inner { access_key_id, secret_access_key, session_token, fingerprint }),
        }
    }

    /// Adds the session token of temporary credentials.
    #[must_use]
    pub fn with_session_token(self, token: impl Into<String>) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.session_token = Some(Zeroizing::new(token.into()));
        Self { inner: Arc::new(inner) }
    }

    /// The public half of the pair: 32 hexadecimal digits on R2.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.inner.access_key_id
    }

    /// The secret half. Take care where it goes.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.inner.secret_access_key
    }

    /// The session token, to be sent as `x-amz-security-token`. As secret as the secret.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.inner.session_token.as_ref().map(|token| token.as_str())
    }

    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.inner.fingerprint
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { access_key_id, secret_access_key: _, session_token, fingerprint: _ } =
            &*self.inner;
        f.debug_struct("Credentials")
            .field("access_key_id", access_key_id)
            .field("secret_access_key", &"***")
            .field("session_token", &session_token.as_ref().map(|_| "***"))
            .finish()
    }
}

/// The S3 credentials of a Cloudflare API token: the access key id is the token's id, the secret is
/// the SHA-256 of its value in lower-case hexadecimal (Cloudflare's R2 page on authentication).
///
/// ```
/// let credentials = r2_sign::derive_r2_credentials("0123456789abcdef0123456789abcdef", "abc");
/// assert_eq!(
///     credentials.secret_access_key(),
///     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
/// );
/// ```
#[must_use]
pub fn derive_r2_credentials(token_id: &str, token_value: &str) -> Credentials {
    let mut digest = sha256(token_value.as_bytes());
    let secret = hex::encode(&digest);
    digest.zeroize();
    Credentials::new(token_id, secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::new("id", "hush-secret").with_session_token("hush-token");
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(!shown.contains("hush"), "{shown}");
        assert!(shown.contains("id") && shown.contains("***"), "{shown}");
    }

    #[test]
    fn a_clone_shares_the_secret() {
        let one = Credentials::new("id", "secret");
        let two = one.clone();
        assert!(std::ptr::eq(one.secret_access_key(), two.secret_access_key()));
        let three = two.with_session_token("token");
        assert_eq!(one.session_token(), None);
        assert_eq!(three.session_token(), Some("token"));
        assert_eq!(three.secret_access_key(), "secret");
    }
}
