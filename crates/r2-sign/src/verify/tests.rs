//! R2's order of checks: of two faults the one that R2 names, each with what its message needs.

use super::*;
use crate::{Credentials, Input, KeyCache, Payload, Signer, Timestamp};
use std::time::Duration;

const ID: &str = "0123456789abcdef0123456789abcdef";
const DATE: &str = "20130524T000000Z";

fn now() -> Timestamp {
    Timestamp::parse_basic(DATE).unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(ID, "secret")
}

/// What a server does, with one known key.
fn serve(received: &Received<'_>, rules: &Rules) -> Result<(), Rejection> {
    let claim = Claim::read(received, now(), rules)?;
    claim.verify(received, &credentials(), &KeyCache::new())
}

fn header_signed(headers: &[(&str, &str)]) -> Rejection {
    let received = Received { method: "GET", path: "/", query: "", headers };
    serve(&received, &Rules::new()).unwrap_err()
}

fn presigned(query: &str) -> Rejection {
    let received = Received { method: "GET", path: "/", query, headers: &[("host", "h")] };
    serve(&received, &Rules::new()).unwrap_err()
}

fn authorization(credential: &str) -> String {
    format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=date, Signature=00")
}

#[test]
fn headers_before_the_credential() {
    let auth = ("authorization", "Bearer x");
    let hash = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(header_signed(&[]), Rejection::Missing);
    assert_eq!(header_signed(&[("authorization", "AWS id:sig")]), Rejection::SignatureV2);
    assert_eq!(header_signed(&[auth]), Rejection::PayloadHashMissing);
    assert_eq!(header_signed(&[auth, hash]), Rejection::DateMissing);
    for (name, source) in
        [("x-amz-date", DateSource::AmzDateHeader), ("date", DateSource::DateHeader)]
    {
        let value = "Fri, 24 May 2013 00:00:00 GMT".to_owned();
        let expected = Rejection::DateUnreadable { source, value: value.clone() };
        assert_eq!(header_signed(&[auth, hash, (name, &value)]), expected);
    }
    for (offset, skewed) in [(-901, true), (-900, false), (900, false), (901, true)] {
        let request = Timestamp::from_unix(now().unix_seconds() + offset);
        let rejection = header_signed(&[auth, hash, ("date", request.as_str())]);
        let expected = Rejection::Skewed { request, server: now() };
        assert_eq!(rejection, if skewed { expected } else { Rejection::Algorithm });
    }
    // A date sent twice is not the first of the two.
    let twice = header_signed(&[auth, hash, ("x-amz-date", DATE), ("x-amz-date", DATE)]);
    assert!(matches!(twice, Rejection::DateUnreadable { .. }), "{twice:?}");
}

#[test]
fn fields_of_the_authorization() {
    let credential = format!("{ID}/20130524/auto/s3/aws4_request");
    for value in [
        "".to_owned(),
        format!("AWS4-HMAC-SHA1 Credential={credential}, SignedHeaders=host, Signature=0"),
        format!("AWS4-HMAC-SHA256Credential={credential}, SignedHeaders=host, Signature=0"),
        "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0".to_owned(),
        format!("AWS4-HMAC-SHA256 Credential={credential}, Signature=0"),
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host"),
        format!("{}, Credential={credential}", authorization(&credential)),
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;Host, Signature=0"),
    ] {
        let date = ("x-amz-date", DATE);
        let hash = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        let rejection = header_signed(&[("authorization", &value), date, hash]);
        assert_eq!(rejection, Rejection::Algorithm, "{value}");
    }
}

/// Each credential has every fault of those after it as well.
fn credentials_by_fault() -> Vec<(String, Rejection)> {
    let day = |credential: &str| Rejection::Day {
        credential: credential.to_owned(),
        request: "20130524".to_owned(),
    };
    let length = |got| Rejection::AccessKeyIdLength { got, expected: 32 };
    vec![
        ("".to_owned(), Rejection::CredentialParts(1)),
        ("a/b/s4/c".to_owned(), Rejection::CredentialParts(4)),
        ("short/20130523/auto/s4/aws5".to_owned(), length(5)),
        (format!("{ID}/x/20130523/auto/s4/aws5"), length(34)),
        (format!("{ID}/20130523/auto/s4/aws5"), Rejection::Service("s4".to_owned())),
        (format!("{ID}/20130523/auto/s3/aws5"), Rejection::Terminator("aws5".to_owned())),
        (format!("{ID}/20130523/auto/s3/aws4_request"), day("20130523")),
        (format!("{ID}/2013/auto/s3/aws4_request"), day("2013")),
        (
            "f123456789abcdef0123456789abcdef/20130524/auto/s3/aws4_request".to_owned(),
            Rejection::UnknownAccessKey,
        ),
        (format!("{ID}/20130524/auto/s3/aws4_request"), Rejection::HostNotSigned),
    ]
}

#[test]
fn credential_in_the_header() {
    for (credential, expected) in credentials_by_fault() {
        let value = authorization(&credential);
        let date = ("x-amz-date", DATE);
        let hash = ("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        assert_eq!(header_signed(&[("authorization", &value), date, hash]), expected);
    }
}

#[test]
fn credential_in_the_query() {
    for (credential, expected) in credentials_by_fault() {
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={DATE}\
             &X-Amz-Expires=1&X-Amz-SignedHeaders=date&X-Amz-Signature=00"
        );
        assert_eq!(presigned(&query), expected);
        assert_eq!(presigned(&query.replace('/', "%2F").replace('s', "%73")), expected);
    }
}

#[test]
fn a_key_id_may_hold_slashes() {
    let (id, rules) = ("a/b", Rules::new().access_key_id_bytes(None));
    let value = authorization(&format!("{id}/20130524/auto/s3/aws4_request"));
    let date = ("x-amz-date", DATE);
    let headers = [("authorization", &*value), date, ("x-amz-content-sha256", "x")];
    let received = Received { method: "GET", path: "/", query: "", headers: &headers };
    assert_eq!(Claim::read(&received, now(), &rules).unwrap().access_key_id(), id);
}

#[test]
fn parameters_of_a_presigned_url() {
    let missing = |names: &[&'static str]| Rejection::ParametersMissing(names.to_vec());
    let all = [
        "X-Amz-Algorithm",
        "X-Amz-Signature",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Expires",
    ];
    assert_eq!(presigned("X-Amz-Signature=0"), Rejection::Missing);
    assert_eq!(presigned("X-Amz-Credential="), missing(&all));
    assert_eq!(
        presigned("X-Amz-Credential=&X-Amz-Expires&X-Amz-Date=&X-Amz-Algorithm=x&X-Amz-Signature"),
        missing(&["X-Amz-SignedHeaders"])
    );
    let rest = "X-Amz-SignedHeaders=x&X-Amz-Signature=0&X-Amz-Expires=x&X-Amz-Date=2013";
    let query = format!("X-Amz-Credential=x&X-Amz-Algorithm=AWS4-HMAC-SHA1&{rest}");
    assert_eq!(presigned(&query), Rejection::Algorithm);
    let query = query.replace("SHA1", "SHA256");
    let unreadable =
        Rejection::DateUnreadable { source: DateSource::Query, value: "2013".to_owned() };
    assert_eq!(presigned(&query), unreadable);
    assert_eq!(presigned(&query.replace("2013", DATE)), Rejection::CredentialParts(1));
}

#[test]
fn lifetime_of_a_presigned_url() {
    for (expires, expected) in [
        ("", Rejection::ExpiresUnreadable),
        ("%20", Rejection::ExpiresUnreadable),
        ("abc", Rejection::ExpiresUnreadable),
        ("1h", Rejection::ExpiresUnreadable),
        ("604801", Rejection::ExpiresTooLong),
        ("99999999999999999999999999", Rejection::ExpiresTooLong),
        ("-99999999999999999999999999", Rejection::Expired),
        ("0", Rejection::Expired),
        ("-1", Rejection::Expired),
        ("1", Rejection::HostNotSigned),
        ("604800", Rejection::HostNotSigned),
    ] {
        let query = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={DATE}&X-Amz-Expires={expires}\
             &X-Amz-Credential={ID}/20130524/auto/s3/aws4_request\
             &X-Amz-SignedHeaders=date&X-Amz-Signature=00"
        );
        assert_eq!(presigned(&query), expected, "{expires}");
    }
}

#[test]
fn a_url_from_the_future() {
    let input = Input {
        method: "GET",
        path: "/k",
        query: "",
        headers: &[("host", "h")],
        payload: Payload::Unsigned,
    };
    let tomorrow = Timestamp::from_unix(now().unix_seconds() + 86_400);
    let minute = Duration::from_secs(60);
    let query = Signer::default().presign(&input, &credentials(), tomorrow, minute).unwrap();
    let received = Received { method: "GET", path: "/k", query: &query, headers: input.headers };
    assert_eq!(serve(&received, &Rules::new()), Ok(()));
    let strict = Rules::new().presigned_future_max(Some(minute));
    assert_eq!(serve(&received, &strict), Err(Rejection::NotYetValid));
}

#[test]
fn a_mismatch_shows_what_was_computed() {
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={ID}/20130524/auto/s3/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=no"
    );
    let headers = [
        ("host", "h"),
        ("authorization", &*value),
        ("x-amz-date", DATE),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("x-amz-acl", "private"),
    ];
    let received = Received { method: "PUT", path: "/a%20b", query: "y&x=1", headers: &headers };
    let claim = Claim::read(&received, now(), &Rules::new()).unwrap();
    let unsigned: Vec<_> = claim.unsigned_amz_headers(&received).collect();
    assert_eq!(unsigned, ["x-amz-content-sha256", "x-amz-acl"]);
    let Err(Rejection::Mismatch(mismatch)) =
        claim.verify(&received, &credentials(), &KeyCache::new())
    else {
        panic!("verified")
    };
    assert_eq!(
        mismatch.canonical_request,
        "PUT\n/a%20b\nx=1&y=\nhost:h\nx-amz-date:20130524T000000Z\n\nhost;x-amz-date\n\
         UNSIGNED-PAYLOAD"
    );
    assert!(
        mismatch
            .string_to_sign
            .starts_with("AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/auto/s3/aws4_request\n")
    );
    assert_eq!(mismatch.provided, "no");
}

#[test]
fn forgeries_do_not_fill_the_key_cache() {
    let keys = KeyCache::new();
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={DATE}&X-Amz-Expires=9\
         &X-Amz-Credential={ID}/20130524/auto/s3/aws4_request\
         &X-Amz-SignedHeaders=host&X-Amz-Signature={}",
        "0".repeat(64)
    );
    let received = Received { method: "GET", path: "/", query: &query, headers: &[("host", "h")] };
    let claim = Claim::read(&received, now(), &Rules::new()).unwrap();
    assert!(claim.verify(&received, &credentials(), &keys).is_err());
    assert_eq!(format!("{keys:?}"), "KeyCache { keys: 0, .. }");
}

#[test]
fn debug_shows_no_token() {
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={DATE}&X-Amz-Expires=9\
         &X-Amz-Credential={ID}/20130524/auto/s3/aws4_request\
         &X-Amz-SignedHeaders=host;x-amz-security-token&X-Amz-Signature=0&X-Amz-Security-Token=hush"
    );
    let headers = [("host", "h"), ("x-amz-security-token", "hush")];
    let received = Received { method: "GET", path: "/", query: &query, headers: &headers };
    let claim = Claim::read(&received, now(), &Rules::new()).unwrap();
    assert_eq!(claim.session_token(), Some("hush"));
    let rejection = claim.verify(&received, &credentials(), &KeyCache::new()).unwrap_err();
    let Rejection::Mismatch(mismatch) = &rejection else { panic!("{rejection:?}") };
    assert!(mismatch.canonical_request.contains("hush"));
    let shown = format!("{received:?} {claim:#?} {rejection:?} {rejection}");
    assert!(!shown.contains("hush"), "{shown}");
}
