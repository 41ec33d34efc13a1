//! Secrets do not get onto a cassette, and one that holds some is refused.

use r2_sign::Credentials;
use r2_sim::{Cassette, Emulator, ErrorKind, RecordOptions, Recorder, Values};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use crate::world::{cassette, request};

const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
const KEY_ID: &str = "fedcba9876543210fedcba9876543210";
const SECRETS: [&str; 7] = [
    ACCOUNT,
    KEY_ID,
    "5i9na7ure5i9na7ure",
    "53551on-t0ken",
    "customer-key-in-base64==",
    "cookie-crumbs",
    "told-to-the-recorder",
];

/// Says everything it hears.
#[derive(Debug)]
struct Parrot;

impl Transport for Parrot {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let mut text = format!("<?xml version=\"1.0\"?><Error><Of>{}</Of>", request.uri());
        let mut response = http::Response::builder().status(403);
        for (name, value) in request.headers() {
            let value = value.to_str().unwrap();
            text += &format!("\n{name}:{value}");
            response = response.header(format!("x-amz-echo-{name}"), value);
        }
        response = response.header("set-cookie", "session=cookie-crumbs");
        response = response.header("location", request.uri().to_string());
        Box::pin(async move { Ok(response.body(Body::from(text + "</Error>")).unwrap()) })
    }
}

#[tokio::test]
async fn whatever_repeats_a_secret_none_is_written() {
    for values in [Values::Exact, Values::Steady] {
        let options = RecordOptions::new("told-to-the-recorder").values(values);
        let options = options.secret("told-to-the-recorder").source(ACCOUNT);
        assert!(!format!("{options:?}").contains("told-to-the-recorder\"]"));
        let recorder = Recorder::new(Parrot, options);
        let host = format!("https://{ACCOUNT}.r2.cloudflarestorage.com");
        let credential = format!("{KEY_ID}/20261120/auto/s3/aws4_request");
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, \
             Signature=5i9na7ure5i9na7ure"
        );
        let signed = http::Request::put(format!("{host}/b/k"))
            .header("authorization", authorization)
            .header("x-amz-security-token", "53551on-t0ken")
            .header("x-amz-server-side-encryption-customer-key", "customer-key-in-base64==")
            .header("cookie", "cookie-crumbs")
            .header("x-amz-meta-note", "told-to-the-recorder")
            .body(Body::from("told-to-the-recorder in a body"))
            .unwrap();
        let presigned = http::Request::get(format!(
            "{host}/b/k?X-Amz-Credential={}&X-Amz-Signature=5i9na7ure5i9na7ure\
             &X-Amz-Security-Token=53551on-t0ken&partNumber=1",
            credential.replace('/', "%2F")
        ));
        for request in [signed, presigned.body(Body::empty()).unwrap()] {
            let response = recorder.send(request).await.unwrap();
            response.into_body().collect(1 << 20).await.unwrap();
        }
        assert!(!format!("{recorder:?}").contains(KEY_ID));
        let json = recorder.finish().unwrap().to_json();
        for secret in SECRETS {
            assert!(!json.contains(secret), "{secret} is in {json}");
        }
        assert!(json.contains("partNumber=1") && json.contains("REDACTED"), "{json}");
    }
}

#[tokio::test]
async fn the_emulators_refusals_hold_no_secret() {
    let right = Credentials::new(KEY_ID, "ab".repeat(32));
    let recorder = Recorder::new(Emulator::builder().credentials(right).memory(), "refused");
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={KEY_ID}/19700101/auto/s3/aws4_request, SignedHeaders=host, \
         Signature={}",
        "0".repeat(64)
    );
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-amz-date", "19700101T000000Z"),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
    ];
    let response = recorder.send(request("GET /b/k", &headers, "")).await.unwrap();
    assert_eq!(response.status(), 403);
    response.into_body().collect(1 << 20).await.unwrap();
    assert!(!recorder.finish().unwrap().to_json().contains(KEY_ID));
}

#[tokio::test]
async fn what_looks_like_a_secret_is_not_written() {
    let recorder = Recorder::new(Parrot, "a body with a key in it");
    let pem = "-----BEGIN PRIVATE KEY-----";
    let request = request("PUT /b/k", &[], pem);
    recorder.send(request).await.unwrap();
    // Nobody read the body, so what was not sent is not known.
    assert!(recorder.finish().is_ok());
    let read = Recorder::new(Emulator::memory(), "a body with a key in it");
    read.send(crate::world::request("PUT /bucket", &[], "")).await.unwrap();
    read.send(crate::world::request("PUT /bucket/k", &[], pem)).await.unwrap();
    let error = read.finish().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SecretInCassette);
    assert!(
        error.to_string().ends_with("exchange 2, `request.body` holds a private key"),
        "{error}"
    );
}

#[test]
fn every_place_for_a_secret_is_looked_at() {
    let get = |path: &str, query: &str, headers: &str, answer: &str| {
        format!(
            r#"{{"operation": "GetObject", "bucket": "b", "key": "k", "request": {{"method": "GET",
                "path": "{path}", "query": "{query}", "headers": {headers}}},
                "response": {{"status": 200 {answer}}}}}"#
        )
    };
    let account_url = format!("https://{ACCOUNT}.r2.cloudflarestorage.com/b");
    for (exchange, place) in [
        (get("/b/k", "X-Amz-Signature=0", "{}", ""), "`request.query`"),
        (get("/b/k", "%58-amz-credential=0", "{}", ""), "`request.query`"),
        (get("/b/k", "", r#"{"Authorization": "x"}"#, ""), "request header `authorization`"),
        (
            get("/b/k", "", &format!(r#"{{"x-note": "{account_url}"}}"#), ""),
            "request header `x-note`",
        ),
        (
            get("/b/k", "", "{}", r#", "headers": {"set-cookie": "x"}"#),
            "response header `set-cookie`",
        ),
        (get("/b/k", "", "{}", r#", "body": {"text": "?X-Amz-Signature=00"}"#), "`response.body`"),
        // The same in base64.
        (
            get("/b/k", "", "{}", r#", "body": {"base64": "P1gtQW16LVNpZ25hdHVyZT0wMA=="}"#),
            "`response.body`",
        ),
    ] {
        let error = Cassette::parse(&cassette(&exchange)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SecretInCassette, "{exchange}: {error}");
        assert!(error.to_string().contains(&format!("exchange 1, {place} holds")), "{error}");
    }
    let named = cassette("").replace("\"test\"", &format!("\"{account_url}\""));
    assert_eq!(Cassette::parse(&named).unwrap_err().kind(), ErrorKind::SecretInCassette);
}
