//! Minted tokens are read and believed; anything else is not.

use super::*;
use crate::{Credentials, ErrorKind, Timestamp, hash::HmacKey, hex, sha256};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use proptest::prelude::*;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn now() -> Timestamp {
    Timestamp::from_unix(1_700_000_000)
}

fn parent() -> Credentials {
    Credentials::new("0123456789abcdef0123456789abcdef", "parent secret")
}

fn grant() -> Grant {
    Grant::new("account", "bucket", "account.r2.cloudflarestorage.com")
        .scope(Scope::ObjectReadWrite)
        .valid(now(), HOUR)
}

/// A session token around any JWT parts, signed with the parent's secret.
fn token(header: &str, claims: &str) -> String {
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", encode(header), encode(claims));
    let tag = HmacKey::new(b"parent secret").sign(signed.as_bytes());
    BASE64_STANDARD.encode(format!("jwt/{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const CLAIMS: &str = r#"{"bucket":"b","scope":"object-read-only","sub":"a","iss":"i","aud":"h",
    "iat":1700000000,"exp":1700003600,"other":[null,{"x":1.5}]}"#;

fn form_error(session_token: &str) -> &'static str {
    match Token::read(session_token).unwrap_err().kind() {
        ErrorKind::TokenForm(what) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_is_made_as_r2_documents_it() {
    let grant = grant().action(Action::GetObject).prefix("p/").object("o\"1").object("o2");
    let minted = grant.mint(&parent()).unwrap();
    let text = BASE64_STANDARD.decode(minted.session_token().unwrap()).unwrap();
    let jwt = std::str::from_utf8(&text).unwrap().strip_prefix("jwt/").unwrap();
    assert_eq!(minted.access_key_id(), parent().access_key_id());
    assert_eq!(minted.secret_access_key(), hex::encode(&sha256(jwt.as_bytes())));

    let parts: Vec<_> = jwt.split('.').map(|p| BASE64_URL_SAFE_NO_PAD.decode(p).unwrap()).collect();
    assert_eq!(parts[0], HEADER.as_bytes());
    let expected = r#"{"bucket":"bucket","scope":"object-read-write","actions":["GetObject"],"#
        .to_owned()
        + r#""paths":{"prefixPaths":["p/"],"objectPaths":["o\"1","o2"]},"sub":"account","#
        + r#""iss":"0123456789abcdef0123456789abcdef","aud":"account.r2.cloudflarestorage.com","#
        + r#""iat":1700000000,"exp":1700003600}"#;
    assert_eq!(std::str::from_utf8(&parts[1]).unwrap(), expected);
    let (signed, _) = jwt.rsplit_once('.').unwrap();
    assert_eq!(parts[2], HmacKey::new(b"parent secret").sign(signed.as_bytes()));
}

#[test]
fn what_cannot_be_minted() {
    let refused = |grant: Grant, parent: &Credentials| {
        assert!(matches!(grant.mint(parent).unwrap_err().kind(), ErrorKind::Grant(_)));
    };
    refused(Grant::new("a", "b", "h").valid(now(), HOUR), &parent());
    refused(Grant::new("a", "b", "h").scope(Scope::AdminReadOnly), &parent());
    refused(Grant::new("a", "", "h").scope(Scope::AdminReadOnly).valid(now(), HOUR), &parent());
    refused(grant(), &grant().mint(&parent()).unwrap());
}

#[test]
fn only_the_parent_and_only_in_time() {
    let minted = grant().mint(&parent()).unwrap();
    let token = Token::read(minted.session_token().unwrap()).unwrap();
    assert_eq!(token.parent_access_key_id(), parent().access_key_id());
    let verify = |parent: &Credentials, offset: i64| {
        let at = Timestamp::from_unix(now().unix_seconds() + offset);
        token.verify(parent, at).map(|_| ()).map_err(|error| error.kind().clone())
    };
    assert_eq!(verify(&parent(), 0), Ok(()));
    assert_eq!(verify(&parent(), 3_599), Ok(()));
    assert_eq!(verify(&parent(), 3_600), Err(ErrorKind::TokenExpired));
    assert_eq!(verify(&parent(), -900), Ok(()));
    assert_eq!(verify(&parent(), -901), Err(ErrorKind::TokenNotYetValid));
    let wrong_secret = Credentials::new(parent().access_key_id(), "another secret");
    assert_eq!(verify(&wrong_secret, 0), Err(ErrorKind::TokenSignature));
    let wrong_id = Credentials::new("another", "parent secret");
    assert_eq!(verify(&wrong_id, 0), Err(ErrorKind::TokenSignature));
}

#[test]
fn what_is_no_token() {
    assert!(Token::read(&token(HEADER, CLAIMS)).is_ok());
    assert_eq!(form_error(""), "not a jwt");
    assert_eq!(form_error("%"), "not base64");
    assert_eq!(form_error(&BASE64_STANDARD.encode([0xff])), "not text");
    assert_eq!(form_error(&BASE64_STANDARD.encode("jwt/a.b")), "a jwt has three parts");
    assert_eq!(form_error(&BASE64_STANDARD.encode("jwt/a.b.c.d")), "a jwt has three parts");
    assert_eq!(form_error(&BASE64_STANDARD.encode("jwt/=.b.c")), "not base64url");
    assert_eq!(form_error(&"A".repeat(20_000)), "too long");
    assert_eq!(form_error(&token("[]", CLAIMS)), "not signed by hs256");
    assert_eq!(form_error(&token(r#"{"alg":"none"}"#, CLAIMS)), "not signed by hs256");
    assert_eq!(form_error(&token(HEADER, "{")), "not json");
    for (from, to) in [
        ("\"bucket\":\"b\",", ""),
        ("\"b\"", "7"),
        ("object-read-only", "everything"),
        ("\"scope\":\"object-read-only\",", ""),
        ("\"scope\":\"object-read-only\",", "\"actions\":[],"),
        ("\"scope\":\"object-read-only\",", "\"actions\":[\"GetObject\",\"FormatDisk\"],"),
        ("1700003600", "\"1700003600\""),
        ("1700003600", "1e99"),
        ("\"other\"", "\"paths\":[],\"other\""),
        ("\"other\"", "\"paths\":{\"prefixPaths\":\"p\"},\"other\""),
        ("\"other\"", "\"paths\":{\"objectPaths\":[1]},\"other\""),
        ("\"iss\":\"i\",", ""),
    ] {
        let claims = CLAIMS.replace(from, to);
        assert_ne!(claims, CLAIMS, "{from}");
        assert_eq!(form_error(&token(HEADER, &claims)), "its claims", "{claims}");
    }
}

#[test]
fn scopes_actions_and_paths_limit_each_other() {
    let all = |grant: &Grant| {
        [Action::GetObject, Action::PutObject, Action::ListObjectsV2]
            .map(|a| grant.allows_action(a))
    };
    let base = Grant::new("a", "b", "h");
    assert_eq!(all(&base), [false; 3]);
    assert_eq!(all(&base.clone().scope(Scope::ObjectReadOnly)), [true, false, true]);
    assert_eq!(all(&base.clone().scope(Scope::AdminReadOnly)), [true, false, true]);
    assert_eq!(all(&base.clone().scope(Scope::ObjectReadWrite)), [true; 3]);
    assert_eq!(all(&base.clone().action(Action::PutObject)), [false, true, false]);
    let both = base.clone().scope(Scope::ObjectReadOnly).action(Action::PutObject);
    assert_eq!(all(&both), [false; 3]);

    let keys = |grant: &Grant| ["p/x", "p", "o", "ox", ""].map(|key| grant.allows_key(key));
    assert_eq!(keys(&base), [true; 5]);
    assert_eq!(keys(&base.clone().prefix("p/")), [true, false, false, false, false]);
    assert_eq!(keys(&base.clone().object("o")), [false, false, true, false, false]);
    assert_eq!(keys(&base.clone().prefix("p/").object("o")), [true, false, true, false, false]);
    let lists = |grant: &Grant| ["", "p", "p/", "p/q"].map(|prefix| grant.allows_listing(prefix));
    assert_eq!(lists(&base), [true; 4]);
    assert_eq!(lists(&base.clone().prefix("p/")), [false, false, true, true]);
    assert_eq!(lists(&base.object("p/")), [false; 4]);
}

#[test]
fn debug_shows_no_token() {
    let minted = grant().mint(&parent()).unwrap();
    let token = Token::read(minted.session_token().unwrap()).unwrap();
    let shown = format!("{token:?} {minted:?}");
    assert!(!shown.contains(minted.session_token().unwrap()), "{shown}");
    assert!(!shown.contains("eyJ") && !shown.contains(minted.secret_access_key()), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_what_it_mints(
        bucket in "[a-z]{1,9}",
        texts in proptest::collection::vec(".{0,9}", 0..4),
    ) {
        let mut grant = Grant::new("account", bucket, "host").scope(Scope::AdminReadWrite);
        for text in &texts {
            grant = grant.prefix(text.as_str()).object(text.as_str()).action(Action::CopyObject);
        }
        let grant = grant.valid(now(), HOUR);
        let minted = grant.mint(&parent()).unwrap();
        let token = Token::read(minted.session_token().unwrap()).unwrap();
        let (seen, credentials) = token.verify(&parent(), now()).unwrap();
        prop_assert_eq!(seen, grant);
        prop_assert_eq!(credentials.secret_access_key(), minted.secret_access_key());
        prop_assert_eq!(credentials.session_token(), minted.session_token());
    }

    #[test]
    fn no_changed_token_is_believed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let minted = grant().mint(&parent()).unwrap();
        let text = BASE64_STANDARD.decode(minted.session_token().unwrap()).unwrap();
        let mut changed = text.clone();
        changed[at.index(text.len())] = to.as_bytes()[0];
        prop_assume!(changed != text);
        if let Ok(token) = Token::read(&BASE64_STANDARD.encode(changed)) {
            prop_assert!(token.verify(&parent(), now()).is_err());
        }
    }

    #[test]
    fn hostile_tokens_never_panic(text in "\\PC{0,60}") {
        let _ = Token::read(&text);
        let _ = Token::read(&token(HEADER, &text));
        let _ = Token::read(&BASE64_STANDARD.encode(format!("jwt/{text}")));
    }
}
