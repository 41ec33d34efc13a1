//! The session token: `base64("jwt/" + JWT)`, the JWT signed by HS256 with the parent's secret.

use super::{
    Action, Grant, Scope,
    json::{self, Value},
};
use crate::{
    Credentials, Error, ErrorKind, Timestamp,
    hash::{HmacKey, sha256},
    hex,
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use std::{fmt, time::Duration};
use zeroize::Zeroizing;

/// Longer than a header may be; a token of this size was not made by R2's rules.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const SCHEME: &str = "jwt/";
/// How far the issuer's clock may be ahead.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Signs claims with the parent's secret, and makes credentials of the result.
pub(super) fn mint(claims: &str, parent: &Credentials) -> Credentials {
    let mut jwt = BASE64_URL_SAFE_NO_PAD.encode(HEADER);
    jwt.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut jwt);
    let tag = HmacKey::new(parent.secret_access_key().as_bytes()).sign(jwt.as_bytes());
    jwt.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(tag, &mut jwt);
    credentials(&jwt, parent.access_key_id())
}

/// The credentials that belong to a JWT: its secret is the hash of the text itself.
fn credentials(jwt: &str, parent_access_key_id: &str) -> Credentials {
    let secret = hex::encode(&sha256(jwt.as_bytes()));
    let token = Zeroizing::new([SCHEME, jwt].concat());
    Credentials::new(parent_access_key_id, secret)
        .with_session_token(BASE64_STANDARD.encode(token.as_bytes()))
}

/// A session token that has been read but not believed: its signature is still to be checked, with
/// the secret of the key it names.
pub struct Token {
    jwt: Zeroizing<String>,
    tag: [u8; 32],
    parent_access_key_id: String,
    grant: Grant,
}

impl Token {
    /// Reads a session token (the value of `x-amz-security-token`).
    ///
    /// # Errors
    /// [`ErrorKind::TokenForm`] for anything that is not a session token of R2's form.
    pub fn read(session_token: &str) -> Result<Self, Error> {
        let bad = |what| Error::from(ErrorKind::TokenForm(what));
        if session_token.len() > TOKEN_BYTES_MAX {
            return Err(bad("too long"));
        }
        let text = BASE64_STANDARD.decode(session_token).map_err(|_| bad("not base64"))?;
        let text = Zeroizing::new(String::from_utf8(text).map_err(|_| bad("not text"))?);
        let jwt = text.strip_prefix(SCHEME).ok_or_else(|| bad("not a jwt"))?;
        let mut parts = jwt.split('.');
        let (Some(header), Some(claims), Some(tag), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad("a jwt has three parts"));
        };
        let part = |part| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| bad("not base64url"));
        let object = |part: Vec<u8>| {
            std::str::from_utf8(&part).ok().and_then(json::parse).ok_or_else(|| bad("not json"))
        };
        // The algorithm is ours to choose, never the token's: anything but HS256 is refused.
        if object(part(header)?)?.get("alg").and_then(Value::text) != Some("HS256") {
            return Err(bad("not signed by hs256"));
        }
        let tag = part(tag)?.try_into().map_err(|_| bad("its signature is not 32 bytes long"))?;
        let claims = object(part(claims)?)?;
        let (grant, parent_access_key_id) = grant(&claims).ok_or_else(|| bad("its claims"))?;
        Ok(Self { jwt: Zeroizing::new(jwt.to_owned()), tag, parent_access_key_id, grant })
    }

    /// The key that is said to have signed it, whose secret [`verify`](Self::verify) needs.
    #[must_use]
    pub fn parent_access_key_id(&self) -> &str {
        &self.parent_access_key_id
    }

    /// Checks its signature and its time. Returns what it allows, and the credentials with which
    /// its holder signs requests.
    ///
    /// # Errors
    /// [`ErrorKind::TokenSignature`] when the parent is another or did not sign it,
    /// [`ErrorKind::TokenExpired`], [`ErrorKind::TokenNotYetValid`] when it was issued more than 15
    /// minutes after `now`.
    pub fn verify(
        &self,
        parent: &Credentials,
        now: Timestamp,
    ) -> Result<(Grant, Credentials), Error> {
        let signed = self.jwt.rsplit_once('.').map_or("", |(signed, _)| signed);
        let key = HmacKey::new(parent.secret_access_key().as_bytes());
        if parent.access_key_id() != self.parent_access_key_id
            || !key.verify(signed.as_bytes(), &self.tag)
        {
            return Err(ErrorKind::TokenSignature.into());
        }
        if now.unix_seconds() >= self.grant.expires_at {
            return Err(ErrorKind::TokenExpired.into());
        }
        let issued = Timestamp::from_unix(self.grant.issued_at);
        if issued > now && issued.distance(&now) > SKEW {
            return Err(ErrorKind::TokenNotYetValid.into());
        }
        Ok((self.grant.clone(), credentials(&self.jwt, &self.parent_access_key_id)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jwt: _, tag: _, parent_access_key_id, grant } = self;
        f.debug_struct("Token")
            .field("parent_access_key_id", parent_access_key_id)
            .field("grant", grant)
            .finish_non_exhaustive()
    }
}

/// The claims as a grant, and who issued it. A claim of the wrong type is an error, never ignored:
/// a misread restriction would be a wider one.
fn grant(claims: &Value) -> Option<(Grant, String)> {
    let text = |name: &str| claims.get(name)?.text().map(str::to_owned);
    let scope = match claims.get("scope") {
        Some(scope) => Some(Scope::parse(scope.text()?)?),
        None => None,
    };
    let actions: Vec<Action> = match claims.get("actions") {
        Some(list) => list.texts()?.into_iter().map(Action::parse).collect::<Option<_>>()?,
        None => Vec::new(),
    };
    if scope.is_none() && actions.is_empty() {
        return None;
    }
    let paths = |name: &str| match claims.get("paths").map(|paths| (paths, paths.get(name))) {
        Some((_, Some(list))) => {
            Some(list.texts()?.into_iter().map(str::to_owned).collect::<Vec<_>>())
        }
        Some((Value::Object(_), None)) | None => Some(Vec::new()),
        Some(_) => None,
    };
    let grant = Grant {
        account_id: text("sub")?,
        bucket: text("bucket")?,
        audience: text("aud")?,
        scope,
        actions,
        prefixes: paths("prefixPaths")?,
        objects: paths("objectPaths")?,
        issued_at: claims.get("iat")?.integer()?,
        expires_at: claims.get("exp")?.integer()?,
    };
    Some((grant, text("iss")?))
}
