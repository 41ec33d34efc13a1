//! What answers a request, and what is said when nothing does.

use r2_transport::{Body, Transport as _};

use crate::world::{get, miss, put, recorder, replayer, request, send};

const TWO_PUTS: &str = r#"
  {"operation": "PutObject", "bucket": "b", "key": "k",
   "request": {"method": "PUT", "path": "/b/k", "body": {"text": "one"}},
   "response": {"status": 200}},
  {"operation": "PutObject", "bucket": "b", "key": "k",
   "request": {"method": "PUT", "path": "/b/k", "headers": {"if-match": "\"1\""},
               "body": {"text": "two"}},
   "response": {"status": 412}}"#;

#[tokio::test]
async fn writes_to_one_key_keep_their_order() {
    let replayer = replayer(TWO_PUTS);
    let second = || request("PUT /b/k", &[("if-match", "\"1\"")], "two");
    let why = miss(&replayer, second()).await;
    assert_eq!(
        why,
        "no answer to PutObject b/k: nearest is exchange 1, PutObject b/k: header if-match: \
         \"\\\"1\\\"\" is not in the recorded request"
    );
    let why = miss(&replayer, request("PUT /b/k", &[], "two")).await;
    assert!(why.contains("body of 3 bytes (SHA-256 3fc4ccfe7458…) instead of 3 bytes"), "{why}");
    // A miss uses nothing up.
    assert_eq!(put(&replayer, "/b/k", "one").await, 200);
    assert_eq!(replayer.unused(), ["2 PutObject b/k"]);
    assert_eq!(replayer.send(second()).await.unwrap().status(), 412);
    let why = miss(&replayer, second()).await;
    assert!(
        why.ends_with(
            "exchange 2, PutObject b/k: it was played already, and there is no other like it"
        ),
        "{why}"
    );
}

#[tokio::test]
async fn a_miss_names_what_is_nearest() {
    let exchange = |key: &str, query: &str| {
        format!(
            r#"{{"operation": "GetObject", "bucket": "b", "key": "{key}",
                "request": {{"method": "GET", "path": "/b/{key}", "query": "{query}"}},
                "response": {{"status": 200}}}}"#
        )
    };
    let all = [exchange("left", ""), exchange("report-2025", "partNumber=1"), exchange("z", "")];
    let replayer = replayer(&all.join(","));
    let why = miss(&replayer, request("GET /b/report-2026?partNumber=1", &[], "")).await;
    assert_eq!(
        why,
        "no answer to GetObject b/report-2026: nearest is exchange 2, GetObject b/report-2025: key \
         \"report-2026\" instead of \"report-2025\""
    );
    let why = miss(&replayer, request("GET /c/left", &[], "")).await;
    assert!(why.ends_with("exchange 1, GetObject b/left: bucket \"c\" instead of \"b\""), "{why}");
    let why = miss(&replayer, request("DELETE /b/z", &[], "")).await;
    assert!(why.contains("operation \"DeleteObject\" instead of \"GetObject\""), "{why}");
    let ranged = request("GET /b/z?partNumber=2", &[("range", "bytes=0-1")], "");
    let why = miss(&replayer, ranged).await;
    assert!(
        why.contains(
            "parameter partNumber=\"2\" is not in the recorded request; header range: \"bytes=0-1\""
        ),
        "{why}"
    );
    assert_eq!((replayer.misses().len(), replayer.unused().len()), (4, 3));
}

#[tokio::test]
async fn an_empty_cassette_says_so() {
    let why = miss(&replayer(""), request("GET /b/k", &[], "")).await;
    assert_eq!(why, "nothing is recorded for GetObject b/k: the cassette is empty");
}

#[tokio::test]
async fn who_signs_and_how_a_key_is_spelled_does_not_matter() {
    let recorder = recorder("spelling").await;
    put(&recorder, "/photos/a%20b~", "x").await;
    let replayer = r2_sim::Replayer::new(recorder.finish().unwrap()).base_path("/proxy/");
    let headers = [
        ("authorization", "AWS4-HMAC-SHA256 Credential=x/2026/auto/s3/aws4_request"),
        ("x-amz-date", "20261120T000000Z"),
        ("user-agent", "other"),
        ("x-amz-checksum-crc32", "jNvkvw=="),
    ];
    let put = request("PUT /proxy/photos/a%20b%7e?x-id=PutObject&X-Amz-Date=1", &headers, "x");
    assert_eq!(replayer.send(put).await.unwrap().status(), 200);
    replayer.assert_exhausted();
}

#[tokio::test]
async fn parts_and_different_reads_come_in_any_order() {
    let recorder = recorder("parts").await;
    let created = send(&recorder, "POST /photos/k?uploads").await;
    let created = created.into_body().collect(4096).await.unwrap();
    let text = String::from_utf8(created.to_vec()).unwrap();
    let id = text.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let part = |number: u8| format!("/photos/k?partNumber={number}&uploadId={id}");
    for (number, body) in [(1, "one"), (2, "two"), (1, "again")] {
        put(&recorder, &part(number), body).await;
    }
    get(&recorder, "/photos?list-type=2&prefix=a").await;
    get(&recorder, "/photos?list-type=2&prefix=b").await;

    let replayer = r2_sim::Replayer::new(recorder.finish().unwrap());
    get(&replayer, "/photos?prefix=b&list-type=2").await;
    put(&replayer, &part(2), "two").await;
    put(&replayer, &part(1), "one").await;
    get(&replayer, "/photos?list-type=2&prefix=a").await;
    put(&replayer, &part(1), "again").await;
    send(&replayer, "POST /photos/k?uploads").await;
    replayer.assert_exhausted();
}

#[tokio::test]
#[should_panic(
    expected = "1 recorded exchanges were not asked for:\n  2 PutObject b/k\n0 requests"
)]
async fn what_is_left_over_is_listed() {
    let replayer = replayer(TWO_PUTS);
    put(&replayer, "/b/k", "one").await;
    replayer.assert_exhausted();
}

#[tokio::test]
async fn clones_share_what_was_played() {
    let replayer = replayer(TWO_PUTS);
    put(&replayer.clone(), "/b/k", "one").await;
    assert_eq!(replayer.unused().len(), 1);
    assert!(format!("{replayer:?}").contains("played: 1"));
    drop(replayer.send(request("PUT /b/k", &[], Body::empty())));
}
