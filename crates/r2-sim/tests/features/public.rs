//! Public buckets: what the world may do with them, and what it is shown.

use std::time::Duration;

use r2_sim::{PublicBucket, PublicCors};
use r2_transport::Body;

use crate::world::{Reply, World, send};

const DIGITS: &str = "0123456789";
const SITE: (&str, &str) = ("origin", "https://site.example");

/// A bucket with one object, `/k`, and its public face.
async fn site() -> (World, PublicBucket) {
    let world = World::memory().await;
    world.put("/b-one/k", DIGITS).await;
    let site = world.r2.public_bucket("b-one");
    (world, site)
}

async fn ask(site: &PublicBucket, line: &str, headers: &[(&str, &str)]) -> Reply {
    send(site, line, headers, Body::empty()).await
}

/// Rows: public.headers, public.encoding.
#[tokio::test]
async fn an_object_with_its_headers_and_nothing_of_s3() {
    let (world, site) = site().await;
    let headers = [
        ("content-type", "application/json"),
        ("content-language", "en-US"),
        ("content-disposition", "attachment; filename=\"thing.json\""),
        ("content-encoding", "identity"),
        ("cache-control", "max-age=3600"),
    ];
    let mut stored = headers.to_vec();
    stored.extend([
        ("x-amz-meta-owner", "me"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-checksum-crc32", "DUoRhQ=="),
    ]);
    let put = world.send("PUT /b-one/with", &stored, "hello world").await;
    assert_eq!(put.status, 200, "{}", put.said());
    for method in ["GET", "HEAD"] {
        let got = ask(&site, &format!("{method} /with"), &[]).await;
        assert_eq!(got.status, 200);
        for (name, value) in headers {
            assert_eq!(got.header(name), value, "{method} {name}");
        }
        assert_eq!(got.header("etag"), put.header("etag"));
        assert_eq!(got.header("content-length"), "11");
        assert_eq!(got.header("accept-ranges"), "bytes");
        assert!(got.header("last-modified").ends_with(" GMT"));
        let s3: Vec<_> = got.headers.keys().filter(|n| n.as_str().starts_with("x-amz-")).collect();
        assert!(s3.is_empty(), "{method}: {s3:?}");
        assert_eq!(got.text(), if method == "GET" { "hello world" } else { "" });
    }
    let plain = ask(&site, "GET /k", &[]).await;
    assert_eq!((plain.status, plain.text()), (200, DIGITS));
    assert_eq!(plain.header("content-type"), "application/octet-stream");
    assert!(!plain.headers.contains_key("content-range"));
}

/// Rows: public.keys, public.errors, public.writes, public.parameters.
#[tokio::test]
async fn only_known_keys_can_be_read() {
    let (world, site) = site().await;
    for line in ["GET /none", "GET /", "GET /?list-type=2", "GET /k/", "GET /b-one/k"] {
        let missing = ask(&site, line, &[]).await;
        assert_eq!(missing.status, 404, "{line}");
        assert_eq!(missing.header("content-type"), "text/html; charset=utf-8", "{line}");
        assert!(missing.text().starts_with("<!DOCTYPE html>"), "{line}");
        assert!(!missing.text().contains("NoSuchKey"), "{line}");
    }
    let missing = ask(&site, "HEAD /none", &[]).await;
    assert_eq!((missing.status, missing.text()), (404, ""));
    let nowhere = ask(&world.r2.public_bucket("nowhere"), "GET /k", &[]).await;
    assert_eq!(nowhere.status, 404);
    // Parameters mean nothing, not even a signature's.
    for query in ["uploads", "acl", "partNumber=9", "X-Amz-Signature=1", "response-expires=1"] {
        let got = ask(&site, &format!("GET /k?{query}"), &[]).await;
        assert_eq!((got.status, got.text()), (200, DIGITS), "{query}");
        assert!(!got.headers.contains_key("expires"));
    }
    for method in ["PUT", "POST", "DELETE", "PATCH"] {
        let refused = send(&site, &format!("{method} /k"), &[], Body::from("x")).await;
        assert_eq!(refused.status, 401, "{method}");
    }
    assert_eq!(world.get("/b-one/k").await.text(), DIGITS);
}

#[tokio::test]
async fn keys_are_decoded_once() {
    let (world, site) = site().await;
    world.put("/b-one/my%20folder/a%20file.txt", "nested").await;
    world.put("/b-one/100%25/a%252Bb.txt", "percent").await;
    assert_eq!(ask(&site, "GET /my%20folder/a%20file.txt", &[]).await.text(), "nested");
    assert_eq!(ask(&site, "GET /100%25/a%252Bb.txt", &[]).await.text(), "percent");
    assert_eq!(ask(&site, "GET /100%25/a%2Bb.txt", &[]).await.status, 404);
}

/// Rows: public.conditions.
#[tokio::test]
async fn ranges() {
    let (world, site) = site().await;
    world.put("/b-one/empty", "").await;
    for (range, content_range, body) in
        [("bytes=0-3", "bytes 0-3/10", "0123"), ("bytes=-4", "bytes 6-9/10", "6789")]
    {
        let got = ask(&site, "GET /k", &[("range", range)]).await;
        assert_eq!((got.status, got.text()), (206, body));
        assert_eq!(got.header("content-range"), content_range);
        let head = ask(&site, "HEAD /k", &[("range", range)]).await;
        assert_eq!((head.status, head.text()), (206, ""));
        assert_eq!(head.header("content-length"), "4");
    }
    for (path, range, status) in [
        ("/k", "bytes=zzz", 400),
        ("/k", "bytes=0-1,3-4", 400),
        ("/k", "0-3", 400),
        ("/k", "bytes=5-2", 400),
        ("/k", "bytes=99999-", 416),
        ("/k", "bytes=-0", 416),
        ("/empty", "bytes=-5", 416),
    ] {
        let got = ask(&site, &format!("GET {path}"), &[("range", range)]).await;
        assert_eq!((got.status, got.text()), (status, ""), "{path} {range}");
    }
}

/// Rows: public.conditions.
#[tokio::test]
async fn conditions() {
    let (world, site) = site().await;
    let etag = world.get("/b-one/k").await.header("etag").to_owned();
    let other = "\"some-other-etag\"";
    let past = "Sun, 16 Aug 2026 09:30:00 GMT";
    let future = "Tue, 18 Aug 2026 09:30:00 GMT";
    let (inm, im) = ("if-none-match", "if-match");
    let (ims, ius) = ("if-modified-since", "if-unmodified-since");
    let table: [(&[(&str, &str)], u16); 15] = [
        (&[(inm, &etag)], 304),
        (&[(inm, other)], 200),
        (&[(im, other)], 412),
        (&[(im, &etag)], 200),
        (&[(ims, future)], 304),
        (&[(ims, past)], 200),
        (&[(ius, past)], 412),
        (&[(ius, future)], 200),
        (&[(im, other), (inm, &etag)], 412),
        (&[(im, &etag), (inm, &etag)], 304),
        (&[(ius, future), (inm, &etag)], 304),
        (&[(im, &etag), (ius, past)], 200),
        (&[(inm, other), (ims, future)], 200),
        (&[(im, &etag), (ims, future)], 304),
        (&[(ius, past), (inm, &etag)], 412),
    ];
    for method in ["GET", "HEAD"] {
        for (headers, status) in table {
            let got = ask(&site, &format!("{method} /k"), headers).await;
            assert_eq!(got.status, status, "{method} {headers:?}");
            let body = if method == "GET" && status == 200 { DIGITS } else { "" };
            assert_eq!(got.text(), body, "{method} {headers:?}");
        }
        let missing = ask(&site, &format!("{method} /none"), &[(im, other), (inm, other)]).await;
        assert_eq!(missing.status, 404);
    }
    let same = ask(&site, "GET /k", &[("range", "bytes=0-3"), (inm, &etag)]).await;
    assert_eq!((same.status, same.text(), same.header("etag")), (304, "", etag.as_str()));
    assert!(!same.headers.contains_key("content-range"));
}

/// Rows: public.cors.
#[tokio::test]
async fn pages_of_other_sites() {
    let (world, site) = site().await;
    let preflight = [
        SITE,
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "If-None-Match"),
    ];
    // Without rules nobody may.
    assert_eq!(ask(&site, "OPTIONS /k", &preflight).await.status, 403);
    let got = ask(&site, "GET /k", &[SITE]).await;
    assert!(!got.headers.contains_key("access-control-allow-origin"));

    let everyone = site.clone().cors(PublicCors::Everyone);
    let asked = ask(&everyone, "OPTIONS /any", &preflight).await;
    assert_eq!(asked.status, 204);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    assert_eq!(asked.header("access-control-allow-methods"), "GET,HEAD");
    assert_eq!(asked.header("access-control-allow-headers"), "If-None-Match");
    let got = ask(&everyone, "GET /k", &[SITE]).await;
    assert_eq!((got.status, got.text()), (200, DIGITS));
    assert_eq!(got.header("access-control-allow-origin"), "*");
    assert_eq!(got.header("access-control-expose-headers"), "*");

    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>https://site.example</AllowedOrigin>\
                 <AllowedMethod>GET</AllowedMethod><AllowedHeader>if-none-match</AllowedHeader>\
                 <ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>";
    assert_eq!(world.send("PUT /b-one?cors", &[], rules).await.status, 200);
    let asked = ask(&site, "OPTIONS /k", &preflight).await;
    assert_eq!(asked.status, 204);
    let got = ask(&site, "GET /k", &[SITE]).await;
    assert_eq!(got.header("access-control-allow-origin"), SITE.1);
    assert_eq!(got.header("access-control-expose-headers"), "ETag");
    let stranger = ask(&site, "GET /k", &[("origin", "https://other.example")]).await;
    assert!(!stranger.headers.contains_key("access-control-allow-origin"));
}

/// Rows: public.crowd.
#[tokio::test]
async fn a_crowd_is_sent_away_for_a_second() {
    let (world, site) = site().await;
    let site = site.requests_per_second_max(Some(2));
    for expected in [200, 200, 429, 429] {
        assert_eq!(ask(&site, "GET /k", &[]).await.status, expected);
    }
    let refused = ask(&site.clone(), "GET /k", &[]).await;
    assert_eq!(refused.header("content-type"), "text/html; charset=utf-8");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(ask(&site, "GET /k", &[]).await.status, 200);
    assert_eq!(world.get("/b-one/k").await.status, 200, "the S3 side has no such limit");
}

#[tokio::test]
async fn objects_under_a_key_stay_closed() {
    let (world, site) = site().await;
    let key = [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        (
            "x-amz-server-side-encryption-customer-key",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        ),
        ("x-amz-server-side-encryption-customer-key-md5", "4Funlf7OsLF0HL+vKU+fkg=="),
    ];
    let put = world.send("PUT /b-one/sealed", &key, "secret").await;
    assert_eq!(put.status, 200, "{}", put.said());
    for headers in [&[][..], &key] {
        let got = ask(&site, "GET /sealed", headers).await;
        assert_eq!((got.status, got.text()), (400, ""));
    }
}

#[tokio::test]
async fn hosts_and_paths_of_one_emulator() {
    let world = World::with(|builder| {
        builder.public_at_host("b-one", "cats.example").public_at_path("b-two")
    })
    .await;
    world.put("/b-two", "").await;
    world.put("/b-one/k", "one").await;
    world.put("/b-two/k", "two").await;
    let host = [("host", "cats.example:9000")];
    assert_eq!(world.send("GET /k", &host, "").await.text(), "one");
    assert_eq!(world.send("PUT /k", &host, "x").await.status, 401);
    assert_eq!(world.get("/cdn-cgi/local/r2/public/b-two/k").await.text(), "two");
    assert_eq!(world.get("/cdn-cgi/local/r2/public/b-one/k").await.status, 404);
    assert_eq!(world.get("/cdn-cgi/local/r2/public/b-two/").await.status, 404);
    assert_eq!(world.get("/b-one/k").await.text(), "one");
}
