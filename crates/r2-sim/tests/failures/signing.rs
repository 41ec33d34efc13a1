//! Signatures and keys.

use r2_sign::{Credentials, Payload};
use r2_sim::{Presence, Support, Switches};

use crate::account::{Account, Sent, admin, limited, sign};

const MISMATCH: &str = "403 SignatureDoesNotMatch: The request signature we calculated does not \
                        match the signature you provided. Check your secret access key and \
                        signing method.";

fn set(sent: &mut Sent, name: &str, value: &str) {
    let (_, found) = sent.iter_mut().find(|(known, _)| known == name).unwrap();
    value.clone_into(found);
}

/// durch/rust-s3#466, #467, also stalwart#3185, paws#996, buzz#5522: a length of 0 is signed and
/// does not arrive.
/// Rows: auth.zero-length.
#[tokio::test]
async fn case_19_rust_s3_466_a_signed_empty_length_on_delete() {
    let account = Account::new().await;
    let length = [("content-length", "0")];
    let reply = account.signed("DELETE /b-one/k", &length, "").await;
    assert_eq!(reply.said(), MISMATCH);
    assert!(reply.element("CanonicalRequest").is_some());
    assert_eq!(account.signed("DELETE /b-one/k", &[], "").await.status, 204);
    let tolerant = Switches::new().zero_content_length(Presence::Send);
    let account = Account::with(tolerant).await;
    assert_eq!(account.signed("DELETE /b-one/k", &length, "").await.status, 204);
}

/// durch/rust-s3#452, paws#972: the same when a part of an object is read.
#[tokio::test]
async fn case_20_rust_s3_452_a_signed_empty_length_on_a_range() {
    let account = Account::new().await;
    account.signed("PUT /b-one/k", &[], "0123456789").await;
    let range = [("content-length", "0"), ("range", "bytes=2-4")];
    assert_eq!(account.signed("GET /b-one/k", &range, "").await.said(), MISMATCH);
    assert_eq!(account.signed("HEAD /b-one/k", &range, "").await.said(), "403");
    assert_eq!(account.signed("GET /b-one/k", &range[1..], "").await.text(), "234");
}

/// brendanhay/amazonka#975: `expect` ends at the edge.
/// Rows: auth.edge-headers.
#[tokio::test]
async fn case_21_amazonka_975_a_signed_expect() {
    let account = Account::new().await;
    let expect = [("expect", "100-continue")];
    assert_eq!(account.signed("PUT /b-one/k", &expect, "x").await.said(), MISMATCH);
    // Sent without being signed it does no harm.
    let line = "PUT /b-one/k";
    let mut sent = sign(&admin(), line, &[], Payload::of(b"x"));
    sent.push(("expect".to_owned(), "100-continue".to_owned()));
    assert_eq!(account.send(line, &sent, "x").await.status, 200);
}

/// s3tools/s3cmd#1332: headers of an answer are sent back, among them the edge's own.
/// Rows: auth.edge-headers.
#[tokio::test]
async fn case_22_s3cmd_1332_a_ray_that_is_sent_back() {
    let account = Account::new().await;
    let put = account.signed("PUT /b-one/k", &[], "x").await;
    let copy = [("x-amz-copy-source", "/b-one/k"), ("x-amz-metadata-directive", "REPLACE")];
    let ray = [copy[0], copy[1], ("cf-ray", put.header("cf-ray"))];
    assert!(!put.header("cf-ray").is_empty());
    assert_eq!(account.signed("PUT /b-one/k", &ray, "").await.said(), MISMATCH);
    assert_eq!(account.signed("PUT /b-one/k", &copy, "").await.status, 200);
}

/// openclaw/clawhub#2723: what the signature says is `%21` goes out as `!`.
/// Rows: auth.path.
#[tokio::test]
async fn case_23_clawhub_2723_an_exclamation_mark() {
    let account = Account::new().await;
    let strict = "PUT /b-one/hello%21%27%28%29%2A";
    let sent = sign(&admin(), strict, &[], Payload::of(b"x"));
    assert_eq!(account.send("PUT /b-one/hello!'()*", &sent, "x").await.said(), MISMATCH);
    assert_eq!(account.send(strict, &sent, "x").await.status, 200);
    let listed = account.signed("GET /b-one?list-type=2", &[], "").await;
    assert_eq!(listed.element("Key"), Some("hello!&apos;()*"));
}

/// cloudflare/sandbox-sdk#876, nocodb#10922: a key that is encoded twice is another key.
/// Rows: key.exact.
#[tokio::test]
async fn case_24_sandbox_sdk_876_a_key_encoded_twice() {
    let account = Account::new().await;
    for key in ["a%23b", "100%25", "%E7%8C%AB.png"] {
        let line = format!("PUT /b-one/{key}");
        assert_eq!(account.signed(&line, &[], "x").await.status, 200, "{key}");
        assert_eq!(account.signed(&format!("GET /b-one/{key}"), &[], "").await.status, 200);
        let twice = format!("GET /b-one/{}", key.replace('%', "%25"));
        let said = "404 NoSuchKey: The specified key does not exist.";
        assert_eq!(account.signed(&twice, &[], "").await.said(), said, "{key}");
    }
}

/// cloudflare/cloudflare-docs#4513: until May 2022 the edge rewrote what was signed.
#[tokio::test]
async fn case_25_cloudflare_docs_4513_a_signed_accept_encoding() {
    let identity = [("accept-encoding", "identity")];
    let old = Switches::new().signed_accept_encoding(Support::Refuse);
    let account = Account::with(old).await;
    assert_eq!(account.signed("PUT /b-one/k", &identity, "x").await.said(), MISMATCH);
    let account = Account::new().await;
    assert_eq!(account.signed("PUT /b-one/k", &identity, "x").await.status, 200);
}

/// durch/rust-s3#355, rclone#6193: a large body that is streamed is signed as if it were another.
#[tokio::test]
async fn case_26_rust_s3_355_a_streamed_body_signed_as_another() {
    let account = Account::new().await;
    let line = "PUT /b-one/k";
    let mut sent = sign(&admin(), line, &[], Payload::of(b"body"));
    set(&mut sent, "x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    assert_eq!(account.send(line, &sent, "body").await.said(), MISMATCH);
    let sent = sign(&admin(), line, &[], Payload::of(b""));
    assert_eq!(
        account.send(line, &sent, "body").await.said(),
        "400 XAmzContentSHA256Mismatch: The provided &apos;x-amz-content-sha256&apos; header does \
         not match what was computed."
    );
    let sent = sign(&admin(), line, &[], Payload::Unsigned);
    assert_eq!(account.send(line, &sent, "body").await.status, 200);
}

/// grafana/loki#9224, also microfeed#38, medusa#10497: a blank too much, an API token, another
/// company's key, or the pair swapped.
/// Rows: auth.key-length.
#[tokio::test]
async fn case_28_loki_9224_a_key_of_another_length() {
    let account = Account::new().await;
    for id in ["a".repeat(33), "AKIAIOSFODNN7EXAMPLE".to_owned(), "b".repeat(64)] {
        let wrong = Credentials::new(id.clone(), "secret");
        let sent = sign(&wrong, "GET /b-one", &[], Payload::of(b""));
        let said = format!(
            "400 InvalidArgument: Credential access key has length {}, should be 32",
            id.len()
        );
        assert_eq!(account.send("GET /b-one", &sent, "").await.said(), said);
    }
}

/// lvillis/s3-rs#2, also sandbox-sdk#731, AFFiNE#14847: the bucket is in another jurisdiction. A
/// key of the account sees none; a key of another bucket may not look.
#[tokio::test]
async fn case_29_s3_rs_2_a_bucket_of_another_jurisdiction() {
    let account = Account::new().await;
    let said = "404 NoSuchBucket: The specified bucket does not exist.";
    assert_eq!(account.signed("GET /b-eu/k", &[], "").await.said(), said);
    let sent = sign(&limited(), "GET /b-eu/k", &[], Payload::of(b""));
    let said = "403 AccessDenied: Access Denied";
    assert_eq!(account.send("GET /b-eu/k", &sent, "").await.said(), said);
}

/// ansible-polkadot#87, bluefin#1061: rclone makes the bucket before it copies, with a key for
/// objects only.
/// Rows: auth.object-tokens, auth.tokens.
#[tokio::test]
async fn case_33_ansible_polkadot_87_a_key_for_objects_probes_the_bucket() {
    let account = Account::new().await;
    account.signed("PUT /b-other", &[], "").await;
    for (line, said) in [
        ("PUT /b-other", "403 AccessDenied: Access Denied"),
        ("HEAD /b-other", "403"),
        ("GET /", "403 AccessDenied: Access Denied"),
        ("PUT /b-other/k", "200"),
    ] {
        let sent = sign(&limited(), line, &[], Payload::of(b""));
        assert_eq!(account.send(line, &sent, "").await.said(), said, "{line}");
    }
}
