//! The doubles that tests are written with: what they answer, and what they say when a test fails.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::time::Duration;

use http::Request;
use r2_sim::{BillingClass, Canned, Emulator, Journal, Meter, Mock, StorageTier};
use r2_transport::{Body, ErrorKind, Transport};

async fn send(r2: &impl Transport, line: &str) -> (u16, String) {
    let (method, target) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(format!("http://r2.local{target}"));
    let response = r2.send(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect(1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn panic_of(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(test).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_mock_says_what_it_was_told() {
    let mock = Mock::new()
        .on("HeadObject", Canned::no_such_key())
        .once("GetObject", Canned::error("SlowDown", "Slower").delay(Duration::from_secs(5)))
        .once("GetObject", Canned::failure(ErrorKind::Reset));
    assert_eq!(send(&mock, "HEAD /b/k").await, (404, String::new()));
    let start = tokio::time::Instant::now();
    let (_, body) = send(&mock, "GET /b/k").await;
    assert!(body.contains("<Code>SlowDown</Code><Message>Slower</Message>"), "{body}");
    assert_eq!(start.elapsed(), Duration::from_secs(5));
    let get = || Request::get("http://r2.local/b/k").body(Body::empty()).unwrap();
    assert_eq!(mock.send(get()).await.unwrap_err().kind(), ErrorKind::Reset);
    mock.assert_done();

    let error = mock.send(get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(why, "the mock has no answer to it, it expects: any number of HeadObject");
    let more = mock.then(Canned::ok()).once("PutObject", Canned::ok());
    let said = panic_of(std::panic::AssertUnwindSafe(|| more.assert_done()));
    assert_eq!(
        said,
        "answers that were not asked for: 1 of PutObject, 1 of any operation\n\
         requests without an answer: GetObject b/k"
    );
}

#[tokio::test]
async fn r2s_errors_have_r2s_statuses() {
    for (canned, status, code) in [
        (Canned::no_such_key(), 404, "NoSuchKey"),
        (Canned::no_such_bucket(), 404, "NoSuchBucket"),
        (Canned::precondition_failed(), 412, "PreconditionFailed"),
        (Canned::access_denied(), 403, "AccessDenied"),
        (Canned::too_many_requests(), 429, "TooManyRequests"),
        (Canned::internal_error(), 500, "InternalError"),
        (Canned::error("MadeUp", "?"), 400, "MadeUp"),
    ] {
        let (found, body) = send(&Mock::new().then(canned), "GET /b/k").await;
        assert_eq!(found, status, "{code}");
        assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    }
}

#[tokio::test]
async fn a_failed_assertion_shows_the_journal() {
    let journal = Journal::new(Emulator::memory());
    send(&journal, "PUT /photos").await;
    send(&journal, "GET /photos/a?partNumber=1").await;
    journal.assert_operations(&["CreateBucket", "GetObject"]);
    journal.assert_count("GetObject", 1);
    let exchanges = journal.exchanges();
    assert!(exchanges[0].response_headers.contains_key("location"));
    let received = exchanges[1].received_bytes;
    let shown = format!(
        "   1 200 CreateBucket PUT /photos, 0 bytes sent, 0 received\n   2 404 GetObject GET \
         /photos/a?partNumber=1, 0 bytes sent, {received} received"
    );
    let caught = |test: &dyn Fn()| panic_of(std::panic::AssertUnwindSafe(test));
    let said = caught(&|| journal.assert_count("PutObject", 2));
    assert_eq!(said, format!("PutObject was to be sent 2 times, and was sent 0 times:\n{shown}"));
    let said = caught(&|| journal.assert_operations(&["CreateBucket", "HeadObject"]));
    assert_eq!(said, format!("request 2 was to be HeadObject:\n{shown}"));
    let said = caught(&|| journal.assert_operations(&["CreateBucket"]));
    assert_eq!(said, format!("request 2 was to be none:\n{shown}"));
    let said = caught(&|| journal.assert_each("PutObject", "is small", |_| true));
    assert!(said.contains("and there was none"), "{said}");
    let said = caught(&|| journal.assert_each("GetObject", "is small", |_| false));
    assert!(said.starts_with("every GetObject was to be one that is small, and this"), "{said}");
}

#[tokio::test]
async fn a_journal_keeps_no_secret_of_a_query() {
    let journal = Journal::new(Emulator::memory());
    let secrets = "X-Amz-Signature=s1&X-Amz-Credential=s2&x-amz-security-token=s3\
                   &X-Amz-Server-Side-Encryption-Customer-Key=s4";
    send(&journal, &format!("GET /photos/a?{secrets}&partNumber=1&X-Amz-Expires=60")).await;
    let said = format!("{:?}", journal.exchanges());
    assert!(["s1", "s2", "s3", "s4"].iter().all(|secret| !said.contains(secret)), "{said}");
    assert_eq!(journal.exchanges()[0].query, "partNumber=1&X-Amz-Expires=60");
}

#[tokio::test]
async fn journal_and_meter_bill_the_same() {
    let r2 = Journal::new(Meter::new(Emulator::memory()));
    send(&r2, "PUT /photos").await;
    let put = Request::put("http://r2.local/photos/a").header("x-amz-storage-class", "STANDARD_IA");
    r2.send(put.body(Body::from("0123456789")).unwrap()).await.unwrap();
    assert_eq!(send(&r2, "GET /photos/a").await.1, "0123456789");
    send(&r2, "GET /photos/none").await;
    send(&r2, "DELETE /photos/a").await;

    let invoice = r2.invoice();
    assert_eq!(invoice, r2.inner().invoice());
    assert_eq!(invoice.retrieved_bytes(), 10);
    let classes = [BillingClass::A, BillingClass::B, BillingClass::Free];
    assert_eq!(classes.map(|class| invoice.operations(class)), [2, 2, 1]);
    let mut same = r2_sim::Invoice::new();
    same.add("CreateBucket", StorageTier::Standard, 1);
    same.add("PutObject", StorageTier::InfrequentAccess, 1);
    same.add("GetObject", StorageTier::InfrequentAccess, 1);
    same.add("GetObject", StorageTier::Standard, 1);
    same.add("DeleteObject", StorageTier::Standard, 1);
    same.retrieve(10);
    assert_eq!(invoice, same);
}
