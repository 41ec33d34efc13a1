//! Session tokens that were tampered with, borrowed, or made by somebody else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::ask::{Ask, ID, NOW, ask};
use super::reference::sha256;
use super::table::{Row, row, run_forgeries, world};
use super::token::{by, claims, token};

const BAD: &str = "400 InvalidArgument: X-Amz-Security-Token";
const ANY: &str = r#""scope":"admin-read-write""#;
const READER: &str = r#""scope":"object-read-only","paths":{"prefixPaths":["in/"]}"#;

fn get() -> Ask {
    ask("GET /b-one/k")
}

/// A token whose claims were rewritten, its signature kept.
fn rewritten(from: &str, to: &str) -> String {
    let token = token(READER);
    assert!(token.claims.contains(from), "{}", token.claims);
    let jwt = token.jwt();
    let mut parts = jwt.split('.');
    let (header, _, tag) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    format!("{header}.{}.{tag}", URL_SAFE_NO_PAD.encode(token.claims.replacen(from, to, 1)))
}

fn with_header(header: &str) -> String {
    let mut token = token(ANY);
    header.clone_into(&mut token.header);
    token.jwt()
}

fn rewrites() -> Vec<Row> {
    [
        ("bucket widened", r#""bucket":"b-one""#, r#""bucket":"b-two""#),
        ("scope widened", "object-read-only", "admin-read-write"),
        ("prefix widened", r#"["in/"]"#, r#"[""]"#),
        ("paths dropped", r#""paths""#, r#""path""#),
        ("life lengthened", r#""exp":17"#, r#""exp":27"#),
        ("issuer changed", ID, "fedcba9876543210fedcba9876543210"),
    ]
    .into_iter()
    .flat_map(|(name, from, to)| {
        let jwt = rewritten(from, to);
        [
            row(name, BAD, by(&jwt, get()).signed()),
            row(format!("{name}, presigned"), BAD, by(&jwt, get()).presigned(60)),
        ]
    })
    .collect()
}

fn made_elsewhere() -> Vec<Row> {
    let jwt = |text: &str| by(text, get()).signed();
    let mut other = token(ANY);
    other.parent_secret = "another secret".to_owned();
    let mut empty = token(ANY);
    empty.parent_secret.clear();
    let good = token(ANY).jwt();
    let (signed, _) = good.rsplit_once('.').unwrap();
    vec![
        row("signed by another parent", BAD, jwt(&other.jwt())),
        row("signed by nobody", BAD, jwt(&empty.jwt())),
        row("no algorithm", BAD, jwt(&with_header(r#"{"alg":"none","typ":"JWT"}"#))),
        row("no algorithm, no signature", BAD, jwt(&format!("{signed}."))),
        row("another algorithm", BAD, jwt(&with_header(r#"{"alg":"HS512","typ":"JWT"}"#))),
        row("an algorithm of keys", BAD, jwt(&with_header(r#"{"alg":"RS256","typ":"JWT"}"#))),
        row("algorithm in lower case", BAD, jwt(&with_header(r#"{"alg":"hs256"}"#))),
        row("header that is none", BAD, jwt(&with_header("[]"))),
        row("two parts", BAD, jwt(signed)),
        row("four parts", BAD, jwt(&format!("{good}.x"))),
        row("expired", "400 ExpiredToken", {
            jwt(&claims(ID, "b-one", NOW - 60, NOW - 1, ANY).jwt())
        }),
        row("expired at this second", "400 ExpiredToken", {
            jwt(&claims(ID, "b-one", NOW - 60, NOW, ANY).jwt())
        }),
        row("from the future", BAD, jwt(&claims(ID, "b-one", NOW + 901, NOW + 999, ANY).jwt())),
        row(
            "of another issuer",
            BAD,
            jwt(&claims(&"f".repeat(32), "b-one", 0, NOW + 9, ANY).jwt()),
        ),
        row("neither scope nor action", BAD, jwt(&token(r#""note":1"#).jwt())),
        row("unknown scope", BAD, jwt(&token(r#""scope":"root""#).jwt())),
        row("unknown action", BAD, jwt(&token(r#""actions":["Everything"]"#).jwt())),
        row("no actions", BAD, jwt(&token(r#""actions":[]"#).jwt())),
        row("paths of another form", BAD, {
            jwt(&token(r#""scope":"object-read-only","paths":"in/""#).jwt())
        }),
        row("prefixes of another form", BAD, {
            jwt(&token(r#""scope":"object-read-only","paths":{"prefixPaths":[1]}"#).jwt())
        }),
    ]
}

fn borrowed() -> Vec<Row> {
    let jwt = token(ANY).jwt();
    let with = |change: fn(&mut Ask)| by(&jwt, get()).with(change).signed();
    vec![
        row("the parent's secret", "403 SignatureDoesNotMatch", {
            with(|ask| super::ask::SECRET.clone_into(&mut ask.secret))
        }),
        row("another secret", "403 SignatureDoesNotMatch", with(|ask| ask.secret = sha256(b"x"))),
        row("no token", "403 SignatureDoesNotMatch", with(|ask| ask.token = None)),
        row("an empty token", BAD, with(|ask| ask.token = Some(String::new()))),
        row("a bogus token by the parent", BAD, {
            get().with(|ask| ask.token = Some("bogus".to_owned())).signed()
        }),
        row("a token that is no JWT", BAD, {
            with(|ask| ask.token = Some(STANDARD.encode("jwt/nothing")))
        }),
        row("a token without its mark", BAD, {
            let bare = STANDARD.encode(token(ANY).jwt());
            get().with(|ask| ask.token = Some(bare)).signed()
        }),
        row("a token of 20,000 bytes", BAD, with(|ask| ask.token = Some("a".repeat(20_000)))),
        row("another token after signing", "403 SignatureDoesNotMatch", {
            let other = token(r#""scope":"admin-read-only""#).jwt();
            let shot = by(&jwt, get()).signed();
            shot.set("x-amz-security-token", &STANDARD.encode(format!("jwt/{other}")))
        }),
        row("a token beside a presigned URL", BAD, {
            get().presigned(60).add("x-amz-security-token", "bogus")
        }),
        row("a token removed from a presigned URL", "403 SignatureDoesNotMatch", {
            by(&jwt, get()).presigned(60).requery("X-Amz-Security-Token", "X-Amz-Token")
        }),
        row("an unknown key", "401 Unauthorized", with(|ask| ask.id = "f".repeat(32))),
    ]
}

/// Rows: auth.temporary-bogus, auth.temporary-expired.
#[tokio::test]
async fn forgeries_of_tokens() {
    let rows = [rewrites(), made_elsewhere(), borrowed()].concat();
    assert!(rows.len() >= 40, "{}", rows.len());
    run_forgeries(&world([]).await, &rows).await;
}
