//! Forgeries of the head: anything altered after it was signed, and signatures that never were.

use super::ask::{Ask, ID, NOW, Shot, UNSIGNED, ask};
use super::reference::{date, sha256};
use super::table::{Row, row, run_forgeries, world};

const MISMATCH: &str = "403 SignatureDoesNotMatch";
const ARGUMENT: &str = "400 InvalidArgument";
const ALGORITHM: &str = "400 InvalidRequest: Please use AWS4-HMAC-SHA256";
const PAYLOAD: &str = "400 XAmzContentSHA256Mismatch";
const UNCOVERED: &str = "403 AccessDenied: There were headers present";

/// The same change to a request signed in its header and to one signed in its query.
fn both(name: &str, said: &'static str, ask: &Ask, change: fn(Shot) -> Shot) -> [Row; 2] {
    [
        row(name, said, change(ask.clone().signed())),
        row(format!("{name}, presigned"), said, change(ask.clone().presigned(60))),
    ]
}

fn request_line() -> Vec<Row> {
    let get = ask("GET /b-one/k");
    let list = ask("GET /b-one?list-type=2&prefix=a&max-keys=2");
    let odd = ask("GET /b-one/a%2Fb%c3%a9");
    [
        both("method", MISMATCH, &get, |s| s.with(|s| s.method = "DELETE".to_owned())),
        // An answer to HEAD has no body, so no code.
        both("method of reading", "403", &get, |s| s.with(|s| s.method = "HEAD".to_owned())),
        both("method without a route", MISMATCH, &get, |s| s.with(|s| s.method = "get".to_owned())),
        both("key", MISMATCH, &get, |s| s.with(|s| s.path = "/b-one/other".to_owned())),
        both("bucket", MISMATCH, &get, |s| s.with(|s| s.path = "/b-two/k".to_owned())),
        both("slash after", MISMATCH, &get, |s| s.with(|s| s.path.push('/'))),
        both("slash doubled", MISMATCH, &get, |s| s.with(|s| s.path = "/b-one//k".to_owned())),
        both("slash before", MISMATCH, &get, |s| s.with(|s| s.path = "//b-one/k".to_owned())),
        both("dot", MISMATCH, &get, |s| s.with(|s| s.path = "/b-one/./k".to_owned())),
        both("dots", MISMATCH, &get, |s| s.with(|s| s.path = "/b-one/x/../k".to_owned())),
        both("letter escaped", MISMATCH, &get, |s| s.with(|s| s.path = "/b-one/%6b".to_owned())),
        both("escape resolved", MISMATCH, &odd, |s| {
            s.with(|s| s.path = s.path.replace("%2F", "/"))
        }),
        both("case of an escape", MISMATCH, &odd, |s| {
            s.with(|s| s.path = s.path.replace("%c3", "%C3"))
        }),
        both("escape escaped", MISMATCH, &odd, |s| s.with(|s| s.path = s.path.replace('%', "%25"))),
        both("parameter added", MISMATCH, &get, |s| s.with(|s| s.query += "&versions")),
        both("empty parameter added", MISMATCH, &list, |s| s.with(|s| s.query += "&a=")),
        both("parameter removed", MISMATCH, &list, |s| s.requery("&max-keys=2", "")),
        both("value changed", MISMATCH, &list, |s| s.requery("prefix=a", "prefix=b")),
        both("case of a value", MISMATCH, &list, |s| s.requery("prefix=a", "prefix=A")),
        both("case of a name", MISMATCH, &list, |s| s.requery("prefix=", "Prefix=")),
        both("parameter doubled", MISMATCH, &list, |s| s.requery("prefix=a", "prefix=a&prefix=a")),
        both("parameter before", MISMATCH, &list, |s| {
            s.with(|s| {
                s.query = format!("prefix=b&{}", s.query);
            })
        }),
        both("values exchanged", MISMATCH, &list, |s| {
            s.requery("prefix=a&max-keys=2", "prefix=2&max-keys=a")
        }),
        both("value emptied", MISMATCH, &list, |s| s.requery("prefix=a", "prefix")),
        both("bytes after a value", MISMATCH, &list, |s| s.requery("prefix=a", "prefix=a%00")),
    ]
    .concat()
}

fn headers() -> Vec<Row> {
    let put = ask("PUT /b-one/x").header("x-amz-meta-a", "one").header("content-type", "a/b");
    let get = ask("GET /b-one/k").header("range", "bytes=0-1");
    [
        both("host", MISMATCH, &get, |s| s.set("host", "other.local")),
        both("port", MISMATCH, &get, |s| s.set("host", "r2.local:80")),
        both("bucket in the host", MISMATCH, &get, |s| s.set("host", "b-two.r2.local")),
        both("signed header changed", MISMATCH, &get, |s| s.set("range", "bytes=0-2")),
        both("signed header removed", MISMATCH, &get, |s| s.without("range")),
        both("signed header doubled", MISMATCH, &get, |s| s.add("range", "bytes=0-1")),
        both("signed header emptied", MISMATCH, &get, |s| s.set("range", "")),
        both("metadata changed", MISMATCH, &put, |s| s.set("x-amz-meta-a", "two")),
        both("case of metadata", MISMATCH, &put, |s| s.set("x-amz-meta-a", "One")),
        both("metadata doubled", MISMATCH, &put, |s| s.add("x-amz-meta-a", "two")),
        both("metadata removed", MISMATCH, &put, |s| s.without("x-amz-meta-a")),
        both("type changed", MISMATCH, &put, |s| s.set("content-type", "text/html")),
        both("metadata added", UNCOVERED, &put, |s| s.add("x-amz-meta-b", "two")),
        both("access list added", UNCOVERED, &put, |s| s.add("x-amz-acl", "public-read")),
        both("copy source added", UNCOVERED, &put, |s| s.add("x-amz-copy-source", "/b-one/k")),
        both("directive added", UNCOVERED, &put, |s| s.add("x-amz-metadata-directive", "REPLACE")),
        both("storage class added", UNCOVERED, &put, |s| {
            s.add("x-amz-storage-class", "STANDARD_IA")
        }),
        both("grant added", UNCOVERED, &put, |s| s.add("x-amz-grant-read", "id=1")),
        both("encryption added", UNCOVERED, &put, |s| {
            s.add("x-amz-server-side-encryption-customer-algorithm", "AES256")
        }),
        both("wrong checksum added", "400 BadDigest", &put, |s| {
            s.add("x-amz-checksum-crc32", "y/Q5Jg==")
        }),
    ]
    .concat()
}

/// Changes in the `Authorization` value, and what is said of each.
fn authorization() -> Vec<Row> {
    let day = &date(NOW)[..8];
    let (wrong_day, other_day) = (format!("/{day}/"), format!("/{}/", &date(NOW + 86_400)[..8]));
    let service = "400 InvalidArgument: Credential service should be s3, not sqs";
    let end = "400 InvalidArgument: Credential termination string should be aws4_request";
    let parts = "400 InvalidArgument: Credential sigv4 header should have at least 5";
    let length = "400 InvalidArgument: Credential access key has length";
    let signed = "400 InvalidArgument: Credential signed date";
    let unknown = "f".repeat(32);
    let spelled = ID.to_ascii_uppercase();
    let long = format!("{ID}0");
    let edits: Vec<(&str, &'static str, &str, &str)> = vec![
        ("no scheme", ALGORITHM, "AWS4-HMAC-SHA256 ", ""),
        ("another scheme", ALGORITHM, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
        ("two regions' scheme", ALGORITHM, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("scheme in lower case", ALGORITHM, "AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
        ("no credential", ALGORITHM, "Credential=", "Credentials="),
        ("no signature", ALGORITHM, "Signature=", "Sign="),
        ("no signed headers", ALGORITHM, "SignedHeaders=", "Headers="),
        ("two credentials", ALGORITHM, "Credential=", "Credential=x, Credential="),
        ("two signatures", ALGORITHM, "Signature=", "Signature=0, Signature="),
        ("header named twice", ALGORITHM, "=host;", "=host;host;"),
        ("header without a name", ALGORITHM, "=host;", "=host;;"),
        ("host not signed", "401 Unauthorized", "=host;", "="),
        ("only a date is signed", "401 Unauthorized", "host;x-amz-content-sha256;", ""),
        ("one header fewer", MISMATCH, ";x-amz-content-sha256;", ";"),
        ("headers in another order", MISMATCH, "host;x-amz-content-sha256;x-amz-date", {
            "x-amz-date;host;x-amz-content-sha256"
        }),
        ("one header more", MISMATCH, "=host;", "=host;range;"),
        ("another day", signed, &wrong_day, &other_day),
        ("no day", signed, &wrong_day, "//"),
        ("another region", "400 InvalidRegionName", "/auto/", "/eu-west-1/"),
        ("region in upper case", "400 InvalidRegionName", "/auto/", "/AUTO/"),
        ("a region that is good but not signed", MISMATCH, "/auto/", "/us-east-1/"),
        ("another service", service, "/s3/", "/sqs/"),
        ("another end", end, "aws4_request", "aws4_requests"),
        ("four parts", parts, "/aws4_request", ""),
        ("no credential at all", parts, ID, "x, Credentials="),
        ("a short key", length, ID, "short"),
        ("a long key", length, ID, &long),
        ("an empty key", length, ID, ""),
        ("an unknown key", "401 Unauthorized", ID, &unknown),
        ("a key in upper case", "401 Unauthorized", ID, &spelled),
    ];
    edits
        .into_iter()
        .map(|(name, said, from, to)| {
            row(name, said, ask("GET /b-one/k").signed().edit("authorization", from, to))
        })
        .collect()
}

fn signatures() -> Vec<Row> {
    let spoil = |name: &str, change: fn(&str) -> String| {
        let alter = |shot: Shot| {
            let old = shot.signature();
            let new = change(&old);
            shot.with(|shot| {
                shot.query = shot.query.replace(&old, &new);
                for (_, value) in &mut shot.headers {
                    *value = value.replace(&old, &new);
                }
            })
        };
        [
            row(name, MISMATCH, alter(ask("GET /b-one/k").signed())),
            row(format!("{name}, presigned"), MISMATCH, alter(ask("GET /b-one/k").presigned(60))),
        ]
    };
    [
        spoil("signature in upper case", |s| s.to_ascii_uppercase()),
        spoil("signature empty", |_| String::new()),
        spoil("signature of zeros", |_| "0".repeat(64)),
        spoil("signature one digit short", |s| s[1..].to_owned()),
        spoil("signature one digit long", |s| format!("{s}0")),
        spoil("signature twice", |s| format!("{s}{s}")),
        spoil("first digit changed", |s| flip(s, 0)),
        spoil("last digit changed", |s| flip(s, 63)),
        spoil("signature is no number", |_| "g".repeat(64)),
        spoil("signature is long", |_| "a".repeat(9_000)),
    ]
    .concat()
}

fn flip(digits: &str, at: usize) -> String {
    let digit = if digits.as_bytes()[at] == b'0' { "1" } else { "0" };
    format!("{}{digit}{}", &digits[..at], &digits[at + 1..])
}

fn other_keys() -> Vec<Row> {
    let with = |change: fn(&mut Ask)| ask("GET /b-one/k").with(change);
    let wrong = with(|ask| ask.secret = "another secret".to_owned());
    let hash = with(|ask| ask.secret = sha256(ask.secret.as_bytes()));
    let empty = with(|ask| ask.secret.clear());
    vec![
        row("another secret", MISMATCH, wrong.clone().signed()),
        row("another secret, presigned", MISMATCH, wrong.presigned(60)),
        row("the hash of the secret", MISMATCH, hash.signed()),
        row("an empty secret", MISMATCH, empty.clone().signed()),
        row("an empty secret, presigned", MISMATCH, empty.presigned(60)),
        row("a secret with a blank", MISMATCH, with(|ask| ask.secret.push(' ')).signed()),
        row("no signature at all", "400 InvalidArgument: Authorization", {
            ask("GET /b-one/k").signed().without("authorization")
        }),
        row("version 2", "400 InvalidRequest: SigV2", {
            ask("GET /b-one/k").signed().set("authorization", &format!("AWS {ID}:c2lnbmF0dXJl"))
        }),
        row("version 2, presigned", "400 InvalidRequest: SigV2", {
            ask("GET /b-one/k").signed().without("authorization").with(|shot| {
                shot.query = format!("AWSAccessKeyId={ID}&Expires=1999999999&Signature=x");
            })
        }),
        row("basic", ALGORITHM, ask("GET /b-one/k").signed().set("authorization", "Basic eDp5")),
        row("bearer", ALGORITHM, ask("GET /b-one/k").signed().set("authorization", "Bearer x")),
        row("empty", ALGORITHM, ask("GET /b-one/k").signed().set("authorization", "")),
        row("two headers", ALGORITHM, {
            let shot = ask("GET /b-one/k").signed();
            let value = shot.headers.last().unwrap().1.clone();
            shot.add("authorization", &value)
        }),
        row("a form without a signature", "501 NotImplemented: Presigned post", {
            ask("POST /b-one").signed().without("authorization")
        }),
    ]
}

fn dates() -> Vec<Row> {
    let skewed = "403 RequestTimeTooSkewed";
    let at = |seconds: i64| ask("GET /b-one/k").with(|ask| ask.at = NOW + seconds);
    let unread = "400 InvalidArgument: Date provided in &apos;x-amz-date&apos; header";
    let set = |value: &str| at(0).signed().set("x-amz-date", value);
    let later = date(NOW + 1);
    vec![
        row("15:01 late", skewed, at(-901).signed()),
        row("15:01 early", skewed, at(901).signed()),
        row("a day late", skewed, at(-86_400).signed()),
        row("a year early", skewed, at(31_536_000).signed()),
        row("another second", MISMATCH, set(&later)),
        row("no date", "400 InvalidArgument: No date provided", {
            at(0).signed().without("x-amz-date")
        }),
        row("a date of letters", unread, set("yesterday")),
        row("an empty date", unread, set("")),
        row("a date with hyphens", unread, set("2026-08-17T10:40:00Z")),
        row("a date of HTTP", unread, set("Mon, 17 Aug 2026 10:40:00 GMT")),
        row("a date without its zone", unread, set("20260817T104000")),
        row("a day that is none", unread, set("20260231T104000Z")),
        row("two dates", unread, at(0).signed().add("x-amz-date", &later)),
        row("a date of HTTP in date", "400 InvalidArgument: Date provided in &apos;date&apos;", {
            at(0).signed().without("x-amz-date").add("date", "Mon, 17 Aug 2026 10:40:00 GMT")
        }),
        row("the date moved to date", MISMATCH, {
            at(0).signed().without("x-amz-date").add("date", &later)
        }),
    ]
}

fn presigned() -> Vec<Row> {
    let expired = "403 ExpiredRequest";
    let week = "400 InvalidArgument: X-Amz-Expires must be less than a week";
    let number = "400 InvalidArgument: X-Amz-Expires should be a number";
    let missing = "400 InvalidArgument: Required search parameter";
    let at = |seconds: i64| ask("GET /b-one/k").with(|ask| ask.at = NOW + seconds);
    let get = || at(0).presigned(60);
    let mut rows = vec![
        row("expired by a second", expired, at(-61).presigned(60)),
        row("expired by a week", expired, at(-1_209_600).presigned(604_800)),
        row("no life", expired, at(0).presigned(0)),
        row("negative life", expired, at(0).presigned(-60)),
        row("a week and a second", week, at(0).presigned(604_801)),
        row("a life beyond numbers", week, at(0).presigned("99999999999999999999")),
        row("life of letters", number, at(0).presigned("soon")),
        row("no number", number, at(0).presigned("")),
        row("a fraction", number, at(0).presigned("60.5")),
        row("an exponent", number, at(0).presigned("1e3")),
        row("life extended", MISMATCH, get().requery("Expires=60", "Expires=600")),
        row("expired and extended", MISMATCH, {
            at(-61).presigned(60).requery("Expires=60", "Expires=3600")
        }),
        row("date moved", MISMATCH, get().requery(&date(NOW), &date(NOW + 60))),
        row("16 minutes ahead", "403 AccessDenied: Request is not valid yet", {
            at(960).presigned(60)
        }),
        row("a week ahead", "400 InvalidArgument: Credential signed date", {
            get().requery(&format!("Date={}", date(NOW)), "Date=20260824T104000Z")
        }),
        row("unreadable date", "400 InvalidArgument: Date provided in X-Amz-Date (soon)", {
            get().requery(&format!("Date={}", date(NOW)), "Date=soon")
        }),
        row("another algorithm", ALGORITHM, get().requery("HMAC-SHA256", "HMAC-SHA512")),
        row("host not signed", "401 Unauthorized", get().requery("Headers=host", "Headers=range")),
        row("nothing signed", "401 Unauthorized", get().requery("Headers=host", "Headers=")),
        row("header hoisted later", MISMATCH, {
            let put = ask("PUT /b-one/x").presigned(60);
            put.with(|shot| shot.query += "&x-amz-copy-source=%2Fb-one%2Fk")
        }),
        row("a bad header beside a good query", ALGORITHM, {
            get()
                .add("authorization", "Basic eDp5")
                .add("x-amz-content-sha256", UNSIGNED)
                .add("x-amz-date", &date(NOW))
        }),
        row("a header signature moved to the query", missing, {
            let shot = ask("GET /b-one/k").signed();
            let query = format!("X-Amz-Credential=x&X-Amz-Signature={}", shot.signature());
            shot.without("authorization").with(|shot| shot.query = query)
        }),
        row("another key's name", MISMATCH, get().with(|shot| shot.path = "/b-one/j".to_owned())),
        row("a get for a put", MISMATCH, get().with(|shot| shot.method = "PUT".to_owned())),
    ];
    for name in ["Algorithm", "Date", "Expires", "SignedHeaders", "Signature"] {
        let from = format!("X-Amz-{name}=");
        let shot = get().requery(&from, &format!("X-Amz-No{name}="));
        rows.push(row(format!("{name} missing"), missing, shot));
    }
    rows.push(row("credential missing", ARGUMENT, get().requery("X-Amz-Credential", "Credential")));
    rows
}

fn repeated_parameters() -> Vec<Row> {
    let get = || ask("GET /b-one/k").presigned(60);
    vec![
        row("second signature before", MISMATCH, {
            get().with(|shot| shot.query = format!("X-Amz-Signature=0&{}", shot.query))
        }),
        row("second signature after", MISMATCH, {
            get().with(|shot| shot.query += "&X-Amz-Signature=0")
        }),
        row("second life before", MISMATCH, {
            get().with(|shot| shot.query = format!("X-Amz-Expires=600&{}", shot.query))
        }),
        row("second life after", MISMATCH, get().with(|shot| shot.query += "&X-Amz-Expires=600")),
        row("second credential", MISMATCH, get().with(|shot| shot.query += "&X-Amz-Credential=x")),
        row("second date", MISMATCH, get().with(|shot| shot.query += "&X-Amz-Date=x")),
    ]
}

fn hashes() -> Vec<Row> {
    let get = || ask("GET /b-one/k");
    let other = sha256(b"another body");
    vec![
        row("no hash", "400 InvalidRequest: Missing x-amz-content-sha256", {
            get().signed().without("x-amz-content-sha256")
        }),
        row("hash of another body", MISMATCH, get().signed().set("x-amz-content-sha256", &other)),
        row("hash exchanged for none", MISMATCH, {
            get().signed().set("x-amz-content-sha256", UNSIGNED)
        }),
        row("two hashes", MISMATCH, get().signed().add("x-amz-content-sha256", UNSIGNED)),
        row("signed hash of another body", PAYLOAD, get().payload(&other).signed()),
        row("signed nonsense", PAYLOAD, get().payload("nonsense").signed()),
        row("signed nothing", PAYLOAD, get().payload("").signed()),
        row("signed hash in pieces", PAYLOAD, get().payload(&other[1..]).signed()),
        row("unsigned payload in lower case", PAYLOAD, {
            get().payload("unsigned-payload").signed()
        }),
        row("unknown streaming", PAYLOAD, {
            get().payload("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD").signed()
        }),
        row("hash of another body on head", "400", {
            ask("HEAD /b-one/k").payload(&other).signed()
        }),
        row("hash of another body on delete", PAYLOAD, {
            ask("DELETE /b-one/k").payload(&other).signed()
        }),
        row("a body smuggled into a delete", PAYLOAD, {
            ask("DELETE /b-one/k").signed().with(|shot| shot.body = b"x".to_vec())
        }),
        row("a body smuggled into a new upload", PAYLOAD, {
            ask("POST /b-one/x?uploads").signed().with(|shot| shot.body = b"x".to_vec())
        }),
    ]
}

/// Rows: auth.unsigned-headers, auth.payload-unknown, auth.payload-everywhere,
/// auth.presign-future, auth.sigv2, auth.form.
#[tokio::test]
async fn forgeries_of_the_head() {
    let rows = [
        request_line(),
        headers(),
        authorization(),
        signatures(),
        other_keys(),
        dates(),
        presigned(),
        repeated_parameters(),
        hashes(),
    ]
    .concat();
    assert!(rows.len() >= 110, "{}", rows.len());
    run_forgeries(&world([]).await, &rows).await;
}
