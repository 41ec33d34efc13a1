//! Session tokens made by hand, as Cloudflare's page on temporary credentials describes them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::ask::{Ask, ID, NOW, SECRET};
use super::reference::{mac, sha256};

/// Claims that mean nothing here.
const OTHERS: &str = r#""sub":"account","aud":"r2.local""#;

/// A token in the making. Claims are JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) header: String,
    pub(crate) claims: String,
    pub(crate) parent_secret: String,
}

/// What everybody's token says, and more.
pub(crate) fn token(more: &str) -> Token {
    claims(ID, "b-one", NOW - 10, NOW + 60, more)
}

pub(crate) fn claims(issuer: &str, bucket: &str, from: i64, until: i64, more: &str) -> Token {
    Token {
        header: r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(),
        claims: format!(
            r#"{{"bucket":"{bucket}",{more},"iss":"{issuer}",{OTHERS},"iat":{from},"exp":{until}}}"#
        ),
        parent_secret: SECRET.to_owned(),
    }
}

impl Token {
    pub(crate) fn jwt(&self) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let tag = mac(self.parent_secret.as_bytes(), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }
}

/// Lets the holder of a token ask.
pub(crate) fn by(jwt: &str, ask: Ask) -> Ask {
    ask.with(|ask| {
        ask.secret = sha256(jwt.as_bytes());
        ask.token = Some(STANDARD.encode(format!("jwt/{jwt}")));
    })
}
