//! A source of access keys, and the mistakes that users make with them.

use std::fmt;

use r2_sign::Credentials;
use r2_transport::BoxFuture;

use crate::error::{BoxError, Error, ErrorKind};

/// A source of access keys that may change while requests run. It is asked for each attempt, so a
/// new key is used by the next one.
///
/// ```
/// use r2_objects::{BoxError, BoxFuture, Credentials, CredentialsProvider};
///
/// #[derive(Debug)]
/// struct FromVault;
///
/// impl CredentialsProvider for FromVault {
///     fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>> {
///         Box::pin(async { Err("the vault is sealed".into()) })
///     }
/// }
/// ```
pub trait CredentialsProvider: fmt::Debug + Send + Sync + 'static {
    /// The key to sign with now. Waits if it has to be fetched.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>>;

    /// The key at hand, if there is a valid one. Presigning takes it from here, because it never
    /// waits.
    fn ready(&self) -> Option<Credentials> {
        None
    }

    /// The server refused this key: it may have been replaced. The next one is asked for at once,
    /// and when it is another one, the attempt is made again with it.
    fn refused(&self, used: &Credentials) {
        let _ = used;
    }
}

/// A key that stays the same.
impl CredentialsProvider for Credentials {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>> {
        let credentials = self.clone();
        Box::pin(async move { Ok(credentials) })
    }

    fn ready(&self) -> Option<Credentials> {
        Some(self.clone())
    }
}

const R2_ID_DIGITS: usize = 32;
const R2_SECRET_DIGITS: usize = 64;

/// Finds the mistakes that users of R2 make with keys, before R2 answers with something less
/// helpful. Never repeats a secret.
pub(crate) fn check(credentials: &Credentials, is_r2: bool) -> Result<(), Error> {
    let bad = |what: String| Err(Error::new(ErrorKind::InvalidConfiguration, what));
    let (id, secret) = (credentials.access_key_id(), credentials.secret_access_key());
    for (field, value) in [("access key id", id), ("secret access key", secret)] {
        if value.is_empty() {
            return bad(format!("the {field} is empty"));
        }
        if value.trim() != value {
            return bad(format!("the {field} has blanks around it: remove them"));
        }
        if value.chars().any(char::is_control) {
            return bad(format!("the {field} holds control characters: copy it again"));
        }
    }
    if !is_r2 {
        return Ok(());
    }
    if is_hex(id, R2_SECRET_DIGITS) && is_hex(secret, R2_ID_DIGITS) {
        return bad("access key id and secret access key are swapped: exchange them".to_owned());
    }
    if !is_hex(id, R2_ID_DIGITS) {
        let advice = if is_hex(id, R2_SECRET_DIGITS) {
            "this looks like a secret access key"
        } else if id.starts_with("AKIA") || id.starts_with("ASIA") {
            "this is a key of AWS"
        } else {
            "take the access key id that was shown when the R2 token was made, not the token's \
             value"
        };
        let length = id.chars().count();
        return bad(format!(
            "the access key id has {length} characters where R2's has {R2_ID_DIGITS} hexadecimal \
             digits: {advice}"
        ));
    }
    if !is_hex(secret, R2_SECRET_DIGITS) {
        let length = secret.chars().count();
        return bad(format!(
            "the secret access key has {length} characters where R2's has {R2_SECRET_DIGITS} \
             hexadecimal digits: if it is the value of an API token, its SHA-256 is the secret"
        ));
    }
    Ok(())
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn message(id: &str, secret: &str) -> String {
        check(&Credentials::new(id, secret), true).unwrap_err().to_string()
    }

    #[test]
    fn mistakes_are_named_and_secrets_are_not() {
        let secret = "ab".repeat(32);
        assert!(check(&Credentials::new(ID, secret.as_str()), true).is_ok());
        assert!(message(&secret, ID).contains("swapped"));
        assert!(message(&format!("{ID}\n"), &secret).contains("blanks"));
        assert!(message(&format!("{ID}0"), &secret).contains("33 characters"));
        assert!(message("AKIAIOSFODNN7EXAMPLE", &secret).contains("AWS"));
        assert!(message("", &secret).contains("empty"));
        let token = "v1.0-hush-hush-hush-hush-hush-hush-hush-";
        let text = message(ID, token);
        assert!(text.contains("API token") && !text.contains("hush"), "{text}");
    }

    #[test]
    fn other_services_have_keys_of_any_form() {
        assert!(check(&Credentials::new("test:tester", "testing"), false).is_ok());
        assert!(check(&Credentials::new("a ", "b"), false).is_err());
    }
}
