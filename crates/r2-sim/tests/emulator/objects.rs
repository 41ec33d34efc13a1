//! PutObject, GetObject, HeadObject, DeleteObject, DeleteObjects.

use std::time::Duration;

use bytes::Bytes;
use r2_sim::{HeadRange, Presence, Switches};

use crate::world::World;
/// Rows: store.consistent.
#[tokio::test]
async fn what_is_put_comes_back() {
    for world in World::both().await {
        for length in [0, 1, 16 << 10, (16 << 10) + 1, 256 << 10, 1_000_003] {
            let body: Bytes = (0u32..).map(|i| i.to_le_bytes()[0]).take(length).collect();
            let path = format!("/b-one/dir/key-{length}");
            world.put(&path, body.clone()).await;
            let reply = world.get(&path).await;
            assert_eq!((reply.status, &reply.body), (200, &body), "{length}");
            assert_eq!(reply.header("content-length"), length.to_string());
            let head = world.send(&format!("HEAD {path}"), &[], "").await;
            assert_eq!(head.header("content-length"), length.to_string());
            assert!(head.body.is_empty());
        }
    }
}

#[tokio::test]
async fn stored_headers() {
    let world = World::memory().await;
    let given = [
        ("content-type", "text/x"),
        ("content-disposition", "attachment"),
        ("content-encoding", "gzip, aws-chunked"),
        ("content-language", "de"),
        ("cache-control", "max-age=7"),
        ("expires", "Thu, 01 Dec 1994 16:00:00 GMT"),
        ("x-amz-meta-plain", "a b"),
        ("x-amz-meta-word", "=?UTF-8?Q?caf=C3=A9?="),
        ("x-amz-storage-class", "STANDARD_IA"),
    ];
    let put = world.send("PUT /b-one/k", &given, "body").await;
    assert_eq!(put.header("etag"), "\"841a2d689ad86bd1611447453c22c6fc\"");
    assert_eq!(put.header("x-amz-version-id").len(), 32);
    world.clock.advance(Duration::from_millis(999));
    let get = world.get("/b-one/k").await;
    for (name, value) in [
        ("content-type", "text/x"),
        ("content-disposition", "attachment"),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("cache-control", "max-age=7"),
        ("expires", "Thu, 01 Dec 1994 16:00:00 GMT"),
        ("x-amz-meta-plain", "a b"),
        ("x-amz-meta-word", "=?UTF-8?B?Y2Fmw6k=?="),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("etag", "\"841a2d689ad86bd1611447453c22c6fc\""),
        ("last-modified", "Mon, 17 Aug 2026 09:30:00 GMT"),
        ("accept-ranges", "bytes"),
        ("server", "cloudflare"),
        ("x-amz-version-id", ""),
        ("x-amz-request-id", ""),
    ] {
        assert_eq!(get.header(name), value, "{name}");
    }
    let typeless = world.put("/b-one/typeless", "x").await;
    assert_eq!(typeless.header("content-length"), "0");
    let typeless = world.get("/b-one/typeless").await;
    assert_eq!(typeless.header("content-type"), "application/octet-stream");
    assert_eq!(typeless.header("x-amz-storage-class"), "");
}

#[tokio::test]
async fn every_response_has_a_ray_of_its_own() {
    let world = World::memory().await;
    let first = world.get("/b-one/none").await;
    let second = world.get("/b-one/none").await;
    assert_eq!(first.header("cf-ray").len(), 20);
    assert_ne!(first.header("cf-ray"), second.header("cf-ray"));
    assert_eq!(first.header("date"), "Mon, 17 Aug 2026 09:30:00 GMT");
}

/// Rows: range.clamped.
#[tokio::test]
async fn ranges() {
    for world in World::both().await {
        world.put("/b-one/r", "0123456789").await;
        for (range, status, body, content_range) in [
            ("bytes=2-4", 206, "234", "bytes 2-4/10"),
            ("bytes=0-", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=-3", 206, "789", "bytes 7-9/10"),
            ("bytes=8-100", 206, "89", "bytes 8-9/10"),
        ] {
            let reply = world.send("GET /b-one/r", &[("range", range)], "").await;
            assert_eq!((reply.status, reply.text()), (status, body), "{range}");
            assert_eq!(reply.header("content-range"), content_range);
            let head = world.send("HEAD /b-one/r", &[("range", range)], "").await;
            assert_eq!((head.status, head.text()), (status, ""), "{range}");
            assert_eq!(head.header("content-length"), body.len().to_string());
        }
        let reply = world.send("GET /b-one/r", &[("range", "bytes=10-")], "").await;
        assert_eq!(reply.said(), "416 InvalidRange: The requested range is not satisfiable");
        let head = world.send("HEAD /b-one/r", &[("range", "bytes=10-")], "").await;
        assert_eq!((head.status, head.body.len()), (416, 0));
    }
}

#[tokio::test]
async fn ranges_cross_the_steps_of_a_file() {
    let world = World::directory().await;
    let body: Bytes = (0u32..250_000).flat_map(u32::to_le_bytes).collect();
    world.put("/b-one/big", body.clone()).await;
    for (start, end) in [(0, 999_999), (262_143, 262_144), (262_140, 786_500), (999_999, 999_999)] {
        let range = format!("bytes={start}-{end}");
        let reply = world.send("GET /b-one/big", &[("range", &range)], "").await;
        assert_eq!(reply.body, body.slice(start..=end), "{range}");
    }
}

#[tokio::test]
async fn a_head_can_ignore_ranges_and_lose_its_length() {
    let switches = Switches::new().head_range(HeadRange::Whole).head_content_length(Presence::Omit);
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    world.put("/b-one/k", "0123").await;
    let head = world.send("HEAD /b-one/k", &[("range", "bytes=1-2")], "").await;
    assert_eq!((head.status, head.header("content-length")), (200, "4"));
    let head = world.send("HEAD /b-one/k", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(head.header("content-length"), "");
}

/// Rows: condition.read-failed, condition.not-modified.
#[tokio::test]
async fn conditions() {
    let world = World::memory().await;
    let etag = world.put("/b-one/c", "1").await.header("etag").to_owned();
    let failed = "412 PreconditionFailed: At least one of the pre-conditions you specified did not \
                  hold.";
    let put = async |name: &str, value: &str, path: &str| {
        world.send(&format!("PUT /b-one/{path}"), &[(name, value)], "2").await.said()
    };
    assert_eq!(put("if-none-match", "*", "c").await, failed);
    assert_eq!(put("if-match", "\"other\"", "c").await, failed);
    assert_eq!(put("if-match", &etag, "missing").await, failed);
    assert_eq!(put("if-none-match", "*", "new").await, "200");
    assert_eq!(put("if-match", &etag, "c").await, "200");
    assert_eq!(put("if-match", &etag, "c").await, failed);
    let now = "Mon, 17 Aug 2026 09:30:00 GMT";
    assert_eq!(put("if-unmodified-since", now, "never").await, "200");

    let etag = world.get("/b-one/c").await.header("etag").to_owned();
    let get =
        async |name: &str, value: &str| world.send("GET /b-one/c", &[(name, value)], "").await;
    let reply = get("if-none-match", &etag).await;
    assert_eq!((reply.status, reply.body.len()), (304, 0));
    assert_eq!(reply.header("etag"), etag);
    assert_eq!(reply.header("content-length"), "");
    assert_eq!(get("if-match", "\"x\"").await.said(), failed);
    assert_eq!(get("if-modified-since", now).await.status, 304);
    assert_eq!(get("if-match", &etag).await.status, 200);
}

#[tokio::test]
async fn overrides_on_get_only() {
    let world = World::memory().await;
    world.put("/b-one/k", "x").await;
    let query = "response-content-type=text%2Fy&response-cache-control=no-store";
    let get = world.get(&format!("/b-one/k?{query}")).await;
    assert_eq!(get.header("content-type"), "text/y");
    assert_eq!(get.header("cache-control"), "no-store");
    let head = world.send(&format!("HEAD /b-one/k?{query}"), &[], "").await;
    assert_eq!(head.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn a_post_on_a_key_is_a_put() {
    let world = World::memory().await;
    let headers = [("x-amz-copy-source", "/b-one/other")];
    assert_eq!(world.send("POST /b-one/posted?tagging", &headers, "x").await.status, 200);
    assert_eq!(world.get("/b-one/posted").await.text(), "x");
}

/// Rows: object.delete.
#[tokio::test]
async fn deleting() {
    for world in World::both().await {
        world.put("/b-one/k", "x").await;
        for _ in 0..2 {
            let reply = world.send("DELETE /b-one/k?tagging", &[], "").await;
            assert_eq!((reply.status, reply.body.len()), (204, 0));
        }
        assert_eq!(world.get("/b-one/k").await.said(), missing_key());
        assert_eq!(world.send("HEAD /b-one/k", &[], "").await.said(), "404");
    }
}

/// Rows: list.delete-missing.
#[tokio::test]
async fn deleting_many() {
    let world = World::memory().await;
    for key in ["a", "b%20%20b", "c"] {
        world.put(&format!("/b-one/{key}"), "x").await;
    }
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>b  b</Key>\
                 </Object><Object><Key>never</Key></Object></Delete>";
    let reply = world.send("POST /b-one?delete", &[], quiet).await;
    assert_eq!(reply.elements("Key"), ["a", "b  b", "never"], "{}", reply.text());
    assert!(!reply.text().contains("<Error>"));
    assert_eq!(world.get("/b-one?list-type=2").await.elements("Key"), ["c"]);

    let wrong = [("x-amz-checksum-crc32", "AAAAAA==")];
    let reply = world.send("POST /b-one?delete", &wrong, quiet).await;
    assert!(reply.said().starts_with("400 BadDigest"), "{}", reply.said());

    let keys = |count: usize| -> String {
        let objects = (0..count).map(|i| format!("<Object><Key>k{i}</Key></Object>"));
        format!("<Delete>{}</Delete>", objects.collect::<String>())
    };
    assert_eq!(world.send("POST /b-one?delete", &[], keys(1000)).await.status, 200);
    for bad in
        [keys(1001), keys(0), "<Delete><Object></Object></Delete>".to_owned(), "x".to_owned()]
    {
        let reply = world.send("POST /b-one?delete", &[], bad).await;
        assert!(reply.said().starts_with("400 MalformedXML: The XML you provided"), "{reply:?}");
    }
    let limited = Switches::new().delete_objects_fail_above(Some(700));
    let world = World::with(|builder| builder.switches(limited.clone())).await;
    assert_eq!(world.send("POST /b-one?delete", &[], keys(700)).await.status, 200);
    let reply = world.send("POST /b-one?delete", &[], keys(701)).await;
    assert_eq!(
        reply.said(),
        "500 InternalError: We encountered an internal error. Please try again."
    );
}

#[tokio::test]
async fn two_spellings_of_one_key() {
    let world = World::memory().await;
    world.put("/b-one/caf%C3%A9", "composed").await;
    world.put("/b-one/cafe%CC%81", "decomposed").await;
    assert_eq!(world.get("/b-one/caf%C3%A9").await.text(), "decomposed");
    let listed = world.get("/b-one?list-type=2").await;
    assert_eq!(listed.elements("Key"), ["cafe\u{301}"]);
}

/// Rows: key.exact.
#[tokio::test]
async fn keys_are_exact() {
    let world = World::memory().await;
    let keys = ["//", "..", "a/../b", "a/", "%20", "%2B+%25%23%3F", "%F0%9F%98%80", "!'()*"];
    for key in keys {
        world.put(&format!("/b-one/{key}"), key.to_owned()).await;
    }
    for key in keys {
        assert_eq!(world.get(&format!("/b-one/{key}")).await.text(), key);
    }
    assert_eq!(world.get("/b-one?list-type=2").await.elements("Key").len(), keys.len());
}

#[tokio::test]
async fn one_write_a_second() {
    let strict = Switches::new().key_write_interval(Some(Duration::from_secs(1)));
    let world = World::with(|builder| builder.switches(strict.clone())).await;
    world.put("/b-one/k", "1").await;
    let reply = world.send("PUT /b-one/k", &[], "2").await;
    assert_eq!(
        reply.said(),
        "429 TooManyRequests: Reduce your concurrent request rate for the same object."
    );
    world.put("/b-one/other", "1").await;
    world.clock.advance(Duration::from_secs(1));
    world.put("/b-one/k", "2").await;
}

#[tokio::test]
async fn a_body_must_be_as_long_as_it_says() {
    let world = World::memory().await;
    let said = "400 IncompleteBody: You did not provide the number of bytes specified by the \
                Content-Length HTTP header.";
    for length in ["3", "5"] {
        let reply = world.send("PUT /b-one/k", &[("content-length", length)], "1234").await;
        assert_eq!(reply.said(), said, "{length}");
    }
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from("x"))]);
    let unknown = r2_transport::Body::one_shot(stream, None);
    let reply = world.send("PUT /b-one/k", &[], unknown).await;
    assert!(reply.said().starts_with("411 MissingContentLength"), "{}", reply.said());
    let reply = world.send("PUT /b-one/k", &[("content-length", "5363466241")], "").await;
    assert!(reply.said().starts_with("400 EntityTooLarge"), "{}", reply.said());
    assert_eq!(world.get("/b-one/k").await.said(), missing_key());
}

/// Tests with paused time skip waits as soon as nothing runs; the store at work counts as running.
#[tokio::test(start_paused = true)]
async fn paused_time_stands_still_while_the_store_works() {
    let world = World::directory().await;
    for length in [10, 1_000_000] {
        let work = async {
            world.put("/b-one/k", vec![1; length]).await;
            world.get("/b-one/k").await
        };
        let reply = tokio::time::timeout(Duration::from_millis(1), work).await.unwrap();
        assert_eq!(reply.body.len(), length);
    }
}

#[tokio::test]
async fn a_bucket_on_the_way() {
    let world = World::memory().await;
    let make = [("cf-create-bucket-if-missing", "true")];
    assert_eq!(world.send("PUT /b-new/k", &make, "x").await.status, 200);
    assert_eq!(world.get("/b-new/k").await.text(), "x");
    let reply = world.send("PUT /b-other/k", &[], "x").await;
    assert_eq!(reply.said(), "404 NoSuchBucket: The specified bucket does not exist.");
}

fn missing_key() -> &'static str {
    "404 NoSuchKey: The specified key does not exist."
}
