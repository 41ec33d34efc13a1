//! Signatures, in R2's order; rights of tokens and of temporary credentials.

use std::sync::Arc;
use std::time::Duration;

use r2_sign::temporary::{Action, Grant, Scope};
use r2_sign::{Credentials, Input, Payload, Scratch, Signature, Signer, Timestamp};
use r2_sim::{
    AccessKey, Emulator, ExpiredStatus, ManualClock, Permission, Presence, Support, Switches,
};

use crate::world::{Reply, START, send};

const ID: &str = "0123456789abcdef0123456789abcdef";
const HOST: (&str, &str) = ("host", "r2.local");

fn admin() -> Credentials {
    Credentials::new(ID, "the secret of the administrator")
}

fn guarded(keys: impl IntoIterator<Item = AccessKey>, switches: Switches) -> Emulator {
    let clock = ManualClock::at_unix(START);
    let builder = Emulator::builder().clock(Arc::new(clock)).switches(switches);
    keys.into_iter().fold(builder, |builder, key| builder.access_key(key)).memory()
}

/// Signs as a client does; `bend` may spoil the headers afterwards.
async fn signed(
    r2: &Emulator,
    credentials: &Credentials,
    line: &str,
    headers: &[(&str, &str)],
    body: &'static str,
    bend: impl Fn(&mut Vec<(String, String)>),
) -> Reply {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let payload = Payload::of(body.as_bytes());
    let at = Timestamp::from_unix(i64::try_from(START).unwrap());
    let mut to_sign = vec![HOST];
    to_sign.extend_from_slice(headers);
    let input = Input { method, path, query, headers: &to_sign, payload };
    let mut scratch = Scratch::new();
    let signer = Signer::new("auto");
    let authorization = signer.authorization(&input, credentials, at, &mut scratch).to_owned();
    let mut sent: Vec<(String, String)> =
        to_sign.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    sent.push(("authorization".to_owned(), authorization));
    sent.push(("x-amz-date".to_owned(), at.as_str().to_owned()));
    sent.push(("x-amz-content-sha256".to_owned(), payload.header_value().to_string()));
    if let Some(token) = credentials.session_token() {
        sent.push(("x-amz-security-token".to_owned(), token.to_owned()));
    }
    bend(&mut sent);
    let sent: Vec<_> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    send(r2, line, &sent, body.into()).await
}

async fn plainly(r2: &Emulator, credentials: &Credentials, line: &str) -> u16 {
    signed(r2, credentials, line, &[], "", |_| {}).await.status
}

fn set(headers: &mut Vec<(String, String)>, name: &str, value: Option<&str>) {
    headers.retain(|(known, _)| known != name);
    headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

fn replace(headers: &mut [(String, String)], from: &str, to: &str) {
    let (_, value) = headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
    assert!(value.contains(from), "{value}");
    *value = value.replace(from, to);
}

#[tokio::test]
async fn a_good_signature_passes() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    assert_eq!(plainly(&r2, &admin(), "PUT /b-one").await, 200);
    let meta = [("x-amz-meta-m", "1")];
    let put = signed(&r2, &admin(), "PUT /b-one/a%20b", &meta, "x", |_| {}).await;
    assert_eq!(put.status, 200);
    assert_eq!(plainly(&r2, &admin(), "GET /b-one/a%20b").await, 200);
    assert_eq!(plainly(&r2, &admin(), "GET /b-one?list-type=2&prefix=a%20").await, 200);
}

type Spoil = fn(&mut Vec<(String, String)>);
/// Rows: auth.hash-missing, auth.date-missing, auth.date-form, auth.algorithm,
/// auth.credential-parts, auth.service, auth.day.
#[tokio::test]
async fn refusals_in_r2s_words() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    let table: [(Spoil, &str); 15] = [
        (|h| set(h, "authorization", None), "400 InvalidArgument: Authorization"),
        (
            |h| set(h, "authorization", Some("AWS id:sig")),
            "400 InvalidRequest: SigV2 authorization is not supported. Please use SigV4 instead.",
        ),
        (
            |h| set(h, "x-amz-content-sha256", None),
            "400 InvalidRequest: Missing x-amz-content-sha256",
        ),
        (
            |h| set(h, "x-amz-date", None),
            "400 InvalidArgument: No date provided in x-amz-date nor date header",
        ),
        (
            |h| set(h, "x-amz-date", Some("yesterday")),
            "400 InvalidArgument: Date provided in &apos;x-amz-date&apos; header (yesterday) \
             didn&apos;t parse successfully",
        ),
        (
            |h| set(h, "x-amz-date", Some("20260817T094501Z")),
            "403 RequestTimeTooSkewed: The difference between the request time and the \
             server&apos;s time is too large.",
        ),
        (
            |h| replace(h, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
            "400 InvalidRequest: Please use AWS4-HMAC-SHA256",
        ),
        (
            |h| replace(h, "/s3/aws4_request", ""),
            "400 InvalidArgument: Credential sigv4 header should have at least 5 slash-separated \
             parts, not 3",
        ),
        (
            |h| replace(h, ID, "short"),
            "400 InvalidArgument: Credential access key has length 5, should be 32",
        ),
        (
            |h| replace(h, "/s3/", "/ec2/"),
            "400 InvalidArgument: Credential service should be s3, not ec2",
        ),
        (
            |h| replace(h, "aws4_request", "aws5_request"),
            "400 InvalidArgument: Credential termination string should be aws4_request, not \
             aws5_request",
        ),
        (
            |h| replace(h, "/20260817/", "/20260818/"),
            "400 InvalidArgument: Credential signed date 20260818 does not match 20260817 from \
             &apos;x-amz-date&apos; header",
        ),
        (
            |h| replace(h, "/auto/", "/eu-west-1/"),
            "400 InvalidRegionName: The region name &apos;eu-west-1&apos; is not valid. Must be \
             one of: wnam, enam, weur, eeur, apac, oc, auto",
        ),
        (|h| replace(h, ID, &"f".repeat(32)), "401 Unauthorized: Unauthorized"),
        (|h| replace(h, "SignedHeaders=host;", "SignedHeaders="), "401 Unauthorized: Unauthorized"),
    ];
    for (spoil, said) in table {
        // The bucket does not exist: authentication comes first.
        let reply = signed(&r2, &admin(), "GET /b-none/k", &[], "", spoil).await;
        assert_eq!(reply.said(), said);
    }
}

#[tokio::test]
async fn a_wrong_signature_shows_what_was_expected() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    let wrong = Credentials::new(ID, "another secret");
    let reply = signed(&r2, &wrong, "GET /b-one/k", &[], "", |_| {}).await;
    assert_eq!(
        reply.said(),
        "403 SignatureDoesNotMatch: The request signature we calculated does not match the \
         signature you provided. Check your secret access key and signing method."
    );
    assert!(reply.element("StringToSign").unwrap().starts_with("AWS4-HMAC-SHA256\n20260817T"));
    assert!(reply.element("CanonicalRequest").unwrap().starts_with("GET\n/b-one/k\n"));
    assert!(reply.element("StringToSignBytes").unwrap().starts_with("41 57 53 34"));
    assert_eq!(reply.element("SignatureProvided").unwrap().len(), 64);
    let head = signed(&r2, &wrong, "HEAD /b-one/k", &[], "", |_| {}).await;
    assert_eq!((head.status, head.body.len()), (403, 0));
}

#[tokio::test]
async fn the_signed_hash_binds_the_body() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    plainly(&r2, &admin(), "PUT /b-one").await;
    let empty = Payload::of(b"").header_value().to_string();
    let reply = signed(&r2, &admin(), "PUT /b-one/k", &[], "x", |headers| {
        // Signed for the right body, then another header: the signature itself fails.
        set(headers, "x-amz-content-sha256", Some(&empty));
    })
    .await;
    assert_eq!(reply.status, 403);
    let at = Timestamp::from_unix(i64::try_from(START).unwrap());
    let input = Input {
        method: "PUT",
        path: "/b-one/k",
        query: "",
        headers: &[HOST],
        payload: Payload::of(b""),
    };
    let mut scratch = Scratch::new();
    let signer = Signer::new("auto");
    let authorization = signer.authorization(&input, &admin(), at, &mut scratch);
    let headers = [
        HOST,
        ("authorization", authorization),
        ("x-amz-date", at.as_str()),
        ("x-amz-content-sha256", &empty),
    ];
    let reply = send(&r2, "PUT /b-one/k", &headers, "not empty".into()).await;
    assert_eq!(
        reply.said(),
        "400 XAmzContentSHA256Mismatch: The provided &apos;x-amz-content-sha256&apos; header does \
         not match what was computed."
    );
    assert_eq!(plainly(&r2, &admin(), "GET /b-one/k").await, 404);
}

#[tokio::test]
async fn the_edge_loses_a_signed_zero_length() {
    for (presence, status) in [(Presence::Omit, 403), (Presence::Send, 404)] {
        let r2 = guarded([AccessKey::new(admin())], Switches::new().zero_content_length(presence));
        let length = [("content-length", "0")];
        let reply = signed(&r2, &admin(), "DELETE /b-one/k", &length, "", |_| {}).await;
        assert_eq!(reply.status, status);
        let reply = signed(&r2, &admin(), "POST /b-one/k?uploads=", &length, "", |_| {}).await;
        assert_eq!(reply.status, 404);
    }
}

fn presign(line: &str, expires: u64) -> String {
    let (method, path) = line.split_once(' ').unwrap();
    let input = Input { method, path, query: "", headers: &[HOST], payload: Payload::Unsigned };
    let at = Timestamp::from_unix(i64::try_from(START).unwrap());
    let lifetime = Duration::from_secs(expires);
    let query = Signer::new("auto").presign(&input, &admin(), at, lifetime).unwrap();
    format!("{line}?{query}")
}

/// Rows: auth.presign-number, auth.presign-body, auth.presign-any.
#[tokio::test]
async fn presigned_urls() {
    let clock = ManualClock::at_unix(START);
    let build = |switches| {
        Emulator::builder()
            .clock(Arc::new(clock.clone()))
            .credentials(admin())
            .switches(switches)
            .memory()
    };
    let r2 = build(Switches::new());
    plainly(&r2, &admin(), "PUT /b-one").await;
    let put = presign("PUT /b-one/k", 60);
    assert_eq!(send(&r2, &put, &[HOST], "body".into()).await.status, 200);
    let get = presign("GET /b-one/k", 60);
    assert_eq!(send(&r2, &get, &[HOST], "".into()).await.text(), "body");
    let other = get.replace("/k?", "/other?");
    assert_eq!(send(&r2, &other, &[HOST], "".into()).await.status, 403);
    for (from, to, said) in [
        (
            "X-Amz-Expires=60",
            "X-Amz-Expires=x",
            "400 InvalidArgument: X-Amz-Expires should be a number",
        ),
        (
            "X-Amz-Expires=60",
            "X-Amz-Expires=604801",
            "400 InvalidArgument: X-Amz-Expires must be less than a week (in seconds); that is, \
             the given X-Amz-Expires must be less than 604800 seconds",
        ),
        ("X-Amz-Expires=60", "X-Amz-Expires=0", "403 ExpiredRequest: Request has expired"),
        (
            "&X-Amz-Expires=60",
            "",
            "400 InvalidArgument: Required search parameter X-Amz-Expires missing",
        ),
    ] {
        let spoiled = get.replace(from, to);
        assert_eq!(send(&r2, &spoiled, &[HOST], "".into()).await.said(), said);
    }
    let bare = "GET /b-one/k?X-Amz-Credential=x";
    let reply = send(&r2, bare, &[HOST], "".into()).await;
    assert_eq!(
        reply.said(),
        "400 InvalidArgument: Required search parameters X-Amz-Algorithm,  X-Amz-Signature,  \
         X-Amz-Date,  X-Amz-SignedHeaders,  X-Amz-Expires missing"
    );
    clock.advance(Duration::from_secs(61));
    let late = send(&r2, &get, &[HOST], "".into()).await;
    assert_eq!(late.said(), "403 ExpiredRequest: Request has expired");
    let r2 = build(Switches::new().expired_status(ExpiredStatus::BadRequest));
    assert_eq!(send(&r2, &get, &[HOST], "".into()).await.status, 400);
    let form = send(&r2, "POST /b-one", &[HOST], "".into()).await;
    assert_eq!(
        form.said(),
        "501 NotImplemented: Presigned post requests are not yet implemented not implemented"
    );
}

#[tokio::test]
async fn rights_of_tokens() {
    let key = |digit: &str| Credentials::new(digit.repeat(32), "s");
    let [admin_reader, writer, reader, scoped] = ["a", "b", "c", "d"].map(key);
    let r2 = guarded(
        [
            AccessKey::new(admin()),
            AccessKey::new(admin_reader.clone()).permission(Permission::AdminReadOnly),
            AccessKey::new(writer.clone()).permission(Permission::ObjectReadWrite),
            AccessKey::new(reader.clone()).permission(Permission::ObjectReadOnly),
            AccessKey::new(scoped.clone()).permission(Permission::ObjectReadWrite).bucket("b-one"),
        ],
        Switches::new(),
    );
    plainly(&r2, &admin(), "PUT /b-one").await;
    plainly(&r2, &admin(), "PUT /b-one/k").await;
    for (line, allowed) in [
        ("GET /", [true, false, false, false]),
        ("HEAD /b-one", [true, false, false, false]),
        ("PUT /b-two", [false, false, false, false]),
        ("GET /b-one?lifecycle", [true, false, false, false]),
        ("DELETE /b-one?cors", [false, false, false, false]),
        ("GET /b-one?list-type=2", [true, true, true, true]),
        ("GET /b-one/k", [true, true, true, true]),
        ("PUT /b-one/k", [false, true, false, true]),
        ("DELETE /b-one/none", [false, true, false, true]),
        ("POST /b-one/k?uploads", [false, true, false, true]),
        ("GET /b-none/k", [true, true, true, false]),
    ] {
        for (key, allowed) in [&admin_reader, &writer, &reader, &scoped].into_iter().zip(allowed) {
            let status = plainly(&r2, key, line).await;
            assert_eq!(status != 403, allowed, "{line} by {}: {status}", key.access_key_id());
        }
    }
    let denied = signed(&r2, &reader, "PUT /b-one/k", &[], "x", |_| {}).await;
    assert_eq!(denied.said(), "403 AccessDenied: Access Denied");
    // A copy reads its source.
    let source = [("x-amz-copy-source", "/b-two/k")];
    let copy = signed(&r2, &scoped, "PUT /b-one/copy", &source, "", |_| {}).await;
    assert_eq!(copy.status, 403);
}

/// Rows: auth.temporary-parent.
#[tokio::test]
async fn temporary_credentials() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    plainly(&r2, &admin(), "PUT /b-one").await;
    plainly(&r2, &admin(), "PUT /b-one/in/k").await;
    let now = Timestamp::from_unix(i64::try_from(START).unwrap());
    let grant = |bucket: &str| {
        Grant::new("account", bucket, "r2.local").valid(now, Duration::from_secs(60))
    };
    let mint = |grant: Grant| grant.mint(&admin()).unwrap();
    let reader = mint(grant("b-one").scope(Scope::ObjectReadOnly).prefix("in/"));
    for (line, status) in [
        ("GET /b-one/in/k", 200),
        ("GET /b-one/out/k", 403),
        ("PUT /b-one/in/k", 403),
        ("GET /b-one?list-type=2&prefix=in/", 200),
        ("GET /b-one?list-type=2", 403),
        ("GET /b-two/in/k", 403),
        ("GET /", 403),
        ("PUT /b-two", 403),
    ] {
        assert_eq!(plainly(&r2, &reader, line).await, status, "{line}");
    }
    let only_put = mint(grant("b-one").action(Action::PutObject));
    assert_eq!(plainly(&r2, &only_put, "PUT /b-one/x").await, 200);
    assert_eq!(plainly(&r2, &only_put, "GET /b-one/x").await, 403);
    let batch = signed(
        &r2,
        &mint(grant("b-one").scope(Scope::ObjectReadWrite).object("in/k")),
        "POST /b-one?delete=",
        &[],
        "<Delete><Object><Key>in/k</Key></Object><Object><Key>x</Key></Object></Delete>",
        |_| {},
    )
    .await;
    assert_eq!(batch.elements("Code"), ["AccessDenied"], "{}", batch.said());
    assert_eq!(plainly(&r2, &admin(), "GET /b-one/x").await, 200);
    let expired = grant("b-one").scope(Scope::ObjectReadOnly);
    let early = Timestamp::from_unix(i64::try_from(START).unwrap() - 100);
    let expired = mint(expired.valid(early, Duration::from_secs(60)));
    let reply = signed(&r2, &expired, "GET /b-one/in/k", &[], "", |_| {}).await;
    assert!(reply.said().starts_with("400 ExpiredToken"), "{}", reply.said());
    let bogus = admin().with_session_token("bogus");
    let reply = signed(&r2, &bogus, "GET /b-one/in/k", &[], "", |_| {}).await;
    assert_eq!(reply.said(), "400 InvalidArgument: X-Amz-Security-Token");
}

async fn chunked(r2: &Emulator, spoil: bool) -> Reply {
    let signer = Signer::new("auto");
    let at = Timestamp::from_unix(i64::try_from(START).unwrap());
    let headers = [HOST, ("x-amz-decoded-content-length", "5")];
    let payload = Payload::StreamingSigned;
    let input = Input { method: "PUT", path: "/b-one/k", query: "", headers: &headers, payload };
    let mut scratch = Scratch::new();
    let authorization = signer.authorization(&input, &admin(), at, &mut scratch).to_owned();
    let mut chunks =
        signer.chunks(&admin(), at, Signature::of_authorization(&authorization).unwrap());
    let sent = if spoil { "jello" } else { "hello" };
    let body = format!(
        "5;chunk-signature={}\r\n{sent}\r\n0;chunk-signature={}\r\n\r\n",
        chunks.sign(b"hello"),
        chunks.sign(b"")
    );
    let sha = payload.header_value();
    let headers = [
        headers[0],
        headers[1],
        ("authorization", &*authorization),
        ("x-amz-date", at.as_str()),
        ("x-amz-content-sha256", &*sha),
    ];
    send(r2, "PUT /b-one/k", &headers, body.into()).await
}

#[tokio::test]
async fn signed_chunks() {
    let r2 = guarded([AccessKey::new(admin())], Switches::new());
    plainly(&r2, &admin(), "PUT /b-one").await;
    let refused = chunked(&r2, false).await;
    let said = "501 NotImplemented: STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented";
    assert_eq!(refused.said(), said);
    let r2 = guarded([AccessKey::new(admin())], Switches::new().signed_chunks(Support::Accept));
    plainly(&r2, &admin(), "PUT /b-one").await;
    assert_eq!(chunked(&r2, true).await.status, 403);
    assert_eq!(plainly(&r2, &admin(), "GET /b-one/k").await, 404);
    assert_eq!(chunked(&r2, false).await.status, 200);
    let get = signed(&r2, &admin(), "GET /b-one/k", &[], "", |_| {}).await;
    assert_eq!(get.text(), "hello");
}

#[test]
fn secrets_are_not_printed() {
    let key = AccessKey::new(Credentials::new(ID, "hush"));
    let r2 = Emulator::builder().access_key(key.clone()).memory();
    for text in [
        format!("{key:?}"),
        format!("{r2:?}"),
        format!("{:?}", Emulator::builder().access_key(key)),
    ] {
        assert!(!text.contains("hush"), "{text}");
    }
}
