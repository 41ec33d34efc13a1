//! The loop, against canned answers: what is sent, what is tried again, what is counted.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use expect_test::expect;
use futures_util::stream;
use r2_sim::ManualClock;
use r2_transport::{Body, BoxFuture, ErrorKind as Wire, Transport, TransportError};

use super::*;
use crate::names::{BucketName, ObjectKey};
use crate::ops::{DeleteObject, GetObject, HeadBucket, HeadObject, PutObject, PutOutcome};
use crate::testing::{Canned, KEY_ID, NOON, Scripted, refusal, reply, wrapped};
use crate::{
    BoxError, BreakerPolicy, CostCap, Credentials, CredentialsProvider, ErrorKind, Hedge,
    Integrity, Money, Precondition, RetryPolicy,
};

fn bucket() -> BucketName {
    BucketName::new("photos").unwrap()
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text).unwrap()
}

fn put(content: impl Into<crate::Payload>) -> PutObject {
    PutObject::new(bucket(), key("a b!.txt"), content)
}

fn stored() -> Canned {
    reply(200, &[("etag", "\"5d41402abc4b2a76b9719d911017c592\"")], "")
}

#[tokio::test]
async fn a_put_signs_what_means_something_and_nothing_else() {
    let script = Scripted::new([stored()]);
    script.client().send(put("hello").content_type("text/plain")).await.unwrap();
    expect![[r#"
        PUT https://ACCOUNT.r2.cloudflarestorage.com/photos/a%20b%21.txt
        accept-encoding: identity
        authorization: AWS4-HMAC-SHA256 Credential=
        fedcba9876543210fedcba9876543210/20261120/auto/s3/aws4_request,
        SignedHeaders=content-type;host;x-amz-checksum-crc64nvme;
        x-amz-content-sha256;x-amz-date,
        content-length: 5
        content-type: text/plain
        host: ACCOUNT.r2.cloudflarestorage.com
        x-amz-checksum-crc64nvme: M3eFcAZSQlc=
        x-amz-content-sha256:
        2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
        x-amz-date: 20261120T120000Z
    "#]]
    .assert_eq(&wrapped(&script.seen()[0].shape()));
}

#[tokio::test]
async fn without_a_body_neither_length_nor_type_is_signed() {
    let script = Scripted::new([
        reply(204, &[], ""),
        reply(206, &[("etag", "x"), ("content-range", "bytes 0-0/5")], "h"),
        reply(200, &[("etag", "x")], ""),
        stored(),
    ]);
    let client = script.client();
    client.send(DeleteObject::new(bucket(), key("a"))).await.unwrap();
    let range = crate::ByteRange::new(0..1).unwrap();
    client.send(GetObject::new(bucket(), key("a")).range(range)).await.unwrap();
    client.send(HeadObject::new(bucket(), key("a"))).await.unwrap();
    client.send(put("").content_type("text/plain")).await.unwrap();
    let seen = script.seen();
    let plain = ["host", "x-amz-content-sha256", "x-amz-date"];
    assert_eq!(seen[0].signed_headers(), plain);
    assert_eq!(seen[0].header("content-length"), "");
    assert_eq!(seen[1].signed_headers()[..2], ["host", "range"]);
    assert_eq!(seen[2].signed_headers(), plain);
    // an empty object still says its length and type, unsigned
    assert_eq!(seen[3].header("content-length"), "0");
    assert_eq!(seen[3].header("content-type"), "text/plain");
    assert!(!seen[3].signed_headers().contains(&"content-type"));
    for request in &seen {
        for never in ["content-length", "accept-encoding", "user-agent", "expect"] {
            assert!(!request.signed_headers().contains(&never), "{never}");
        }
    }
}

#[tokio::test]
async fn a_body_not_in_memory_goes_unsigned_with_the_checksum_it_has() {
    let script = Scripted::new([stored(), stored()]);
    let client = script.client();
    let stream =
        || Body::one_shot(stream::iter([Ok::<_, BoxError>(Bytes::from("hello"))]), Some(5));
    client.send(put(stream())).await.unwrap();
    client.send(put(crate::Payload::from(stream()).with_checksum(7_u64))).await.unwrap();
    let seen = script.seen();
    for request in &seen {
        assert_eq!(request.header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
        assert_eq!(request.header("content-length"), "5");
        assert_eq!(request.header("transfer-encoding"), "");
        assert_eq!(request.body, "hello");
    }
    assert_eq!(seen[0].header("x-amz-checksum-crc64nvme"), "");
    assert_eq!(seen[1].header("x-amz-checksum-crc64nvme"), "AAAAAAAAAAc=");
}

#[tokio::test]
async fn a_length_nobody_knows_is_refused_before_it_is_sent() {
    let script = Scripted::new([]);
    let body = Body::one_shot(stream::empty::<Result<Bytes, BoxError>>(), None);
    let error = script.client().send(put(body)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.attempts(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_signed_again() {
    let script = Scripted::new([
        refusal(500, "InternalError", "We encountered an internal error. Please try again."),
        Canned::Reply(520, vec![], vec![Ok(Bytes::from("error code: 520"))]),
        Canned::Fail(Wire::Reset),
        refusal(429, "TooManyRequests", "Reduce your concurrent request rate."),
        stored(),
    ]);
    let clock = ManualClock::at_unix(NOON);
    let client = script.builder().clock(clock.clone()).build().unwrap();
    let sent = client.send(put("hello"));
    let (outcome, ()) = tokio::join!(sent, async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        clock.advance(Duration::from_secs(60));
    });
    assert!(matches!(outcome.unwrap(), PutOutcome::Stored(_)));
    let seen = script.seen();
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0].header("x-amz-date"), "20261120T120000Z");
    assert_eq!(seen[4].header("x-amz-date"), "20261120T120100Z");
    assert!(seen.iter().all(|request| request.body == "hello"));
    assert_ne!(seen[0].header("authorization"), seen[4].header("authorization"));
}

#[tokio::test(start_paused = true)]
async fn what_is_final_is_sent_once() {
    for (status, code, kind) in [
        (400, "InvalidArgument", ErrorKind::InvalidRequest),
        (401, "Unauthorized", ErrorKind::Unauthorized),
        (403, "AccessDenied", ErrorKind::AccessDenied),
        (404, "NoSuchBucket", ErrorKind::NoSuchBucket),
        (409, "BucketConflict", ErrorKind::BucketExists),
        (412, "PreconditionFailed", ErrorKind::PreconditionFailed),
        (501, "NotImplemented", ErrorKind::NotImplemented),
    ] {
        let script = Scripted::new([refusal(status, code, "no")]);
        let error = script.client().send(put("x")).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!((error.attempts(), error.status()), (1, Some(status)));
        assert!(!error.is_retryable() && !error.may_have_applied(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_heeded() {
    let slow_down =
        reply(429, &[("retry-after", "7")], "<Error><Code>TooManyRequests</Code></Error>");
    let script = Scripted::new([slow_down, stored()]);
    let started = tokio::time::Instant::now();
    script.client().send(put("x")).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_can_be_read_once_is_sent_once() {
    let script = Scripted::new([Canned::Fail(Wire::Reset)]);
    let body = Body::one_shot(stream::iter([Ok::<_, BoxError>(Bytes::from("hello"))]), Some(5));
    let error = script.client().send(put(body)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Reset, 1));
    assert!(error.may_have_applied());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_can_start_again_is_sent_from_its_beginning() {
    let script = Scripted::new([Canned::Fail(Wire::Reset), stored()]);
    let body = Body::restartable(|| Body::from("hello"));
    script.client().send(put(body)).await.unwrap();
    assert!(script.seen().iter().all(|request| request.body == "hello"));
}

#[tokio::test(start_paused = true)]
async fn a_conditional_write_is_not_repeated_when_it_may_have_applied() {
    let script = Scripted::new([Canned::Fail(Wire::Reset)]);
    let error = script.client().send(put("x").condition(Precondition::absent())).await.unwrap_err();
    assert!(error.may_have_applied());
    // but it is when the server certainly did nothing
    let script = Scripted::new([
        Canned::Fail(Wire::Connect),
        refusal(503, "ServiceUnavailable", "later"),
        stored(),
    ]);
    script.client().send(put("x").condition(Precondition::absent())).await.unwrap();
}

#[tokio::test]
async fn there_already_is_an_answer_and_another_condition_an_error() {
    let failed = || refusal(412, "PreconditionFailed", "At least one ... did not hold.");
    let script = Scripted::new([failed(), failed()]);
    let client = script.client();
    let create = put("x").condition(Precondition::absent());
    assert_eq!(client.send(create).await.unwrap(), PutOutcome::AlreadyExists);
    let etag = crate::ETag::parse("abc").unwrap();
    let error = client.send(put("x").condition(Precondition::unchanged(etag))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_is_corrected_once() {
    let skewed = || {
        reply(
            403,
            &[("date", "Fri, 20 Nov 2026 14:00:00 GMT")],
            "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference</Message></Error>",
        )
    };
    let script = Scripted::new([skewed(), stored(), stored(), skewed()]);
    let client = script.client();
    client.send(put("x")).await.unwrap();
    client.send(put("x")).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[0].header("x-amz-date"), "20261120T120000Z");
    assert_eq!(seen[1].header("x-amz-date"), "20261120T140000Z");
    assert_eq!(seen[2].header("x-amz-date"), "20261120T140000Z");
    // a server that goes on refusing is not believed a second time
    let error = client.send(put("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ClockSkew, 1));
    assert!(error.hint().is_some());
}

/// Answers later, so that others can be sent before.
#[derive(Debug)]
struct Late(Scripted);

impl Transport for Late {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let response = self.0.send(request).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            response
        })
    }
}

#[tokio::test(start_paused = true)]
async fn calls_side_by_side_with_a_wrong_clock_are_all_corrected() {
    let skewed = || {
        let date = [("date", "Fri, 20 Nov 2026 14:00:00 GMT")];
        reply(403, &date, "<Error><Code>RequestTimeTooSkewed</Code></Error>")
    };
    let script = Scripted::new([skewed(), skewed(), stored(), stored()]);
    let client = script.builder().transport(Late(script.clone())).build().unwrap();
    let (first, second) = tokio::join!(client.send(put("x")), client.send(put("x")));
    assert!(first.is_ok() && second.is_ok(), "{second:?}");

    // a hedge was signed with the wrong time as well
    let found = || reply(200, &[("etag", "\"a\"")], "x");
    let script = Scripted::new([skewed(), skewed(), found(), found()]);
    let hedged = Hedge::After(Duration::from_millis(500));
    let client = script.builder().hedge(hedged).transport(Late(script.clone())).build().unwrap();
    let get = GetObject::new(BucketName::new("photos").unwrap(), ObjectKey::new("a").unwrap());
    client.send(get).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_stays_wrong_costs_two_requests() {
    let skewed = |date: &'static str| {
        reply(403, &[("date", date)], "<Error><Code>RequestTimeTooSkewed</Code></Error>")
    };
    let script = Scripted::new([
        skewed("Fri, 20 Nov 2026 10:00:00 GMT"),
        skewed("Fri, 20 Nov 2026 18:00:00 GMT"),
    ]);
    let error = script.client().send(put("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ClockSkew, 2));
}

/// Gives the next of its keys each time it is asked.
#[derive(Debug)]
struct Rotating(Mutex<Vec<Credentials>>);

impl CredentialsProvider for Rotating {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>> {
        Box::pin(async {
            let mut keys = self.0.lock().unwrap();
            if keys.len() > 1 { Ok(keys.remove(0)) } else { Ok(keys[0].clone()) }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_replaced_meanwhile_is_tried_at_once() {
    let keys = ["1", "2", "2"].map(|id| Credentials::new(id, "secret").with_session_token("t"));
    let script = Scripted::new([refusal(401, "Unauthorized", "Unauthorized"), stored()]);
    let client = script
        .builder()
        .credentials_provider(Arc::new(Rotating(Mutex::new(keys.into()))))
        .build()
        .unwrap();
    client.send(put("x")).await.unwrap();
    let seen = script.seen();
    assert!(seen[0].header("authorization").contains("Credential=1/"));
    assert!(seen[1].header("authorization").contains("Credential=2/"));
    assert_eq!(seen[1].header("x-amz-security-token"), "t");
    assert!(seen[1].signed_headers().contains(&"x-amz-security-token"));
}

#[derive(Debug)]
struct Sealed;

impl CredentialsProvider for Sealed {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>> {
        Box::pin(async { Err("the vault is sealed".into()) })
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let script = Scripted::new([]);
    let client = script.builder().credentials_provider(Arc::new(Sealed)).build().unwrap();
    let error = client.send(put("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!error.may_have_applied());
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the vault is sealed");
    assert_eq!(client.usage().operations(), 0);
}

#[tokio::test(start_paused = true)]
async fn usage_counts_what_is_billed() {
    let script = Scripted::new([
        refusal(500, "InternalError", "again"),
        stored(),
        refusal(403, "AccessDenied", "Access Denied"),
        refusal(404, "NoSuchKey", "none"),
        Canned::Fail(Wire::Connect),
        reply(204, &[], ""),
        reply(200, &[("etag", "x"), ("x-amz-storage-class", "STANDARD_IA")], ""),
    ]);
    let client = script.client();
    client.send(put("x")).await.unwrap(); // two attempts, both billed
    client.send(put("x")).await.unwrap_err(); // refused for lack of rights: not billed
    client.send(GetObject::new(bucket(), key("a"))).await.unwrap_err(); // a 404 is billed
    client.send(DeleteObject::new(bucket(), key("a"))).await.unwrap(); // never arrived, then free
    client.send(HeadObject::new(bucket(), key("a"))).await.unwrap();
    let usage = client.usage();
    assert_eq!((usage.class_a, usage.class_b, usage.free), (2, 1, 1));
    assert_eq!((usage.infrequent_class_a, usage.infrequent_class_b), (0, 1));
}

#[tokio::test]
async fn the_cap_refuses_before_anything_is_sent() {
    let script = Scripted::new([stored()]);
    let cap = CostCap::new().money(Money::from_picodollars(4_500_000));
    let client = script.builder().cost_cap(cap).build().unwrap();
    client.send(put("x")).await.unwrap();
    let error = client.send(put("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CostCap);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_call_is_bounded() {
    let script = Scripted::new([refusal(500, "InternalError", "again"), Canned::Hang]);
    let client = script.builder().timeout(Duration::from_secs(20)).build().unwrap();
    let error = client.send(put("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Deadline, 2));
    assert!(error.may_have_applied() && error.is_retryable());
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("again"));

    let script = Scripted::new([Canned::Hang]);
    let options = CallOptions::new().timeout(Duration::from_secs(1));
    let error = script.client().send_with(put("x"), options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

#[tokio::test(start_paused = true)]
async fn the_open_circuit_sends_nothing_and_says_so() {
    let failures = || (0..5).map(|_| Canned::Fail(Wire::Connect));
    let script = Scripted::new(failures());
    let client = script
        .builder()
        .retry(RetryPolicy::none())
        .circuit_breaker(BreakerPolicy::new())
        .build()
        .unwrap();
    for _ in 0..5 {
        client.send(put("x")).await.unwrap_err();
    }
    let options = CallOptions::new().timeout(Duration::from_secs(1));
    let error = client.send_with(put("x"), options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CircuitOpen, "{error:?}");
    assert!(error.retry_after().is_some() && error.to_string().contains("circuit is open"));
    assert_eq!(script.seen().len(), 5);
}

#[tokio::test]
async fn errors_say_what_happened_to_what() {
    let script =
        Scripted::new([refusal(404, "NoSuchBucket", "The specified bucket does not exist.")]);
    let error = script.client().send(put("x")).await.unwrap_err();
    expect![[r#"
        put object photos/a b!.txt: the specified bucket does not exist (404
        NoSuchBucket, request 8f00-AMS)
    "#]]
    .assert_eq(&wrapped(&error.to_string()));
    assert_eq!(error.operation(), Some("PutObject"));
    assert_eq!(error.bucket(), Some(&bucket()));
    assert_eq!(error.request_id(), Some("8f00-AMS"));
    assert!(error.hint().unwrap().contains("jurisdiction"));
}

#[tokio::test]
async fn a_head_without_a_code_is_not_found() {
    let script = Scripted::new([reply(404, &[], ""), reply(404, &[], "")]);
    let client = script.client();
    let error = client.send(HeadObject::new(bucket(), key("a"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = client.send(HeadBucket::new(bucket())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
}

#[tokio::test]
async fn other_services_get_their_region_and_no_checksum() {
    let script = Scripted::new([stored(), stored()]);
    let client = Client::builder()
        .endpoint("http://127.0.0.1:7480")
        .region("us-east-1")
        .credentials(Credentials::new("test:tester", "testing"))
        .clock(ManualClock::at_unix(NOON))
        .transport(script.clone())
        .build()
        .unwrap();
    client.send(put("x")).await.unwrap();
    let file = Body::restartable(|| Body::from("y"));
    client.send(put(crate::Payload::from(file).with_checksum(1_u64))).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[0].url, "http://127.0.0.1:7480/photos/a%20b%21.txt");
    assert_eq!(seen[0].header("host"), "127.0.0.1:7480");
    assert!(seen[0].header("authorization").contains("/us-east-1/s3/"));
    for request in &seen {
        assert_eq!(request.header("x-amz-checksum-crc64nvme"), "");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_signed() {
    let script = Scripted::new([stored()]);
    let client =
        Client::builder().endpoint("http://r2.local").transport(script.clone()).build().unwrap();
    client.send(put("x")).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[0].header("authorization"), "");
    // the emulator keeps checksums as R2 does
    assert_ne!(seen[0].header("x-amz-checksum-crc64nvme"), "");
}

#[test]
fn mistakes_in_the_configuration_are_named() {
    let message = |builder: ClientBuilder| builder.build().unwrap_err().to_string();
    let account = crate::testing::ACCOUNT;
    let keyed = || Client::builder().credentials(Credentials::new(KEY_ID, "ab".repeat(32)));
    assert!(message(keyed()).contains("account id"));
    assert!(message(Client::builder().account_id(account)).contains("credentials"));
    let unsigned = Client::builder().account_id(account).transport(Scripted::new([]));
    assert!(message(unsigned).contains("credentials"));
    assert!(message(keyed().account_id("my-account")).contains("32 hexadecimal"));
    assert!(message(keyed().account_id(format!(" {account}"))).contains("blanks"));
    assert!(message(keyed().account_id(account).region("eu-west-1")).contains("region"));
    let eu = format!("https://{account}.eu.r2.cloudflarestorage.com");
    assert!(
        message(keyed().endpoint(&eu).jurisdiction(crate::Jurisdiction::Us))
            .contains("jurisdiction")
    );
    assert!(message(keyed().endpoint(&eu).account_id("f".repeat(32))).contains("different"));
    let swapped = Credentials::new("ab".repeat(32), KEY_ID);
    let error = message(Client::builder().account_id(account).credentials(swapped));
    assert!(error.contains("swapped"), "{error}");
}

#[test]
fn no_secret_is_shown() {
    let secret = "c0ffee".repeat(11)[..64].to_owned();
    let builder = Client::builder()
        .account_id(crate::testing::ACCOUNT)
        .credentials(Credentials::new(KEY_ID, secret.as_str()).with_session_token("hush"));
    let shown = format!("{builder:?}");
    let shown = format!("{shown} {:?}", builder.build().unwrap());
    assert!(!shown.contains("c0ffee") && !shown.contains("hush"), "{shown}");
}

#[test]
fn calls_can_move_between_threads() {
    fn sendable<T: Send>(_: &T) {}
    let client = Scripted::new([]).client();
    sendable(&client.send(put("x")));
    sendable(&client.objects().get("photos", "a"));
    sendable(&client.objects().delete_objects("photos", vec![key("a")]));
}

#[tokio::test(start_paused = true)]
async fn an_error_inside_a_success_is_tried_again() {
    let done = "<CopyObjectResult><ETag>&quot;x&quot;</ETag></CopyObjectResult>";
    let script = Scripted::new([
        refusal(200, "InternalError", "We encountered an internal error."),
        reply(200, &[], done),
    ]);
    let copy = crate::CopyObject::new(bucket(), key("a"), bucket(), key("b"));
    assert_eq!(script.client().send(copy).await.unwrap().etag.as_str(), "x");
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_lost_its_end_is_not_taken_for_whole() {
    let body = "<ListBucketResult><Name>photos</Name><IsTruncated>false</IsTruncated>\
                </ListBucketResult>";
    let longer = (body.len() + 1).to_string();
    let script =
        Scripted::new([reply(200, &[("content-length", &longer)], body), reply(200, &[], body)]);
    script.client().send(crate::ListObjectsV2::new(bucket())).await.unwrap();
    assert_eq!(script.seen().len(), 2);
}

/// A header that the caller's own checksum stands in.
#[tokio::test]
async fn only_one_checksum_is_ever_sent() {
    let script = Scripted::new([stored()]);
    let checksum = crate::Checksum::new(crate::ChecksumAlgorithm::Sha256, [1; 32]).unwrap();
    script.client().send(put("x").checksum(checksum)).await.unwrap();
    let request = &script.seen()[0];
    assert_ne!(request.header("x-amz-checksum-sha256"), "");
    assert_eq!(request.header("x-amz-checksum-crc64nvme"), "");
    assert_eq!(request.header("content-md5"), "");
}

#[test]
fn integrity_is_part_of_the_request() {
    use crate::Operation as _;
    assert_eq!(put("x").request().unwrap().integrity, Integrity::Content);
}
