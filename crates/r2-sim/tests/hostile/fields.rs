//! Header values and numbers that no client would write.

use super::arena::{Case, Verdict, case, open, request, with_arena};
use Verdict::{Any, Refused};

const ODD: [&str; 24] = [
    "",
    " ",
    "*",
    ",",
    ";",
    "\"",
    "\"\"",
    "W/",
    "W/\"",
    "\"a",
    "a\"",
    "-",
    "-1",
    "0",
    "1e400",
    "NaN",
    "18446744073709551616",
    "%00",
    "=?UTF-8?B?",
    "=?UTF-8?Q?=ZZ?=",
    "=?x?y?z?=",
    "\t",
    "\u{fffd}",
    "Thu, 99 Foo 9999 99:99:99 GMT",
];

fn ranges() -> Vec<Case> {
    let mut cases: Vec<_> = [
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=--1",
        "bytes=-0",
        "bytes=a-b",
        "bytes=1-0",
        "bytes=5-2",
        "bytes=0-0,1-1",
        "bytes=,",
        "bytes=0-,",
        "bytes = 0-1",
        "bytes=0 - 1",
        "bytes=0x0-0x1",
        "bytes=-1-",
        "bytes=1--1",
        "bytes=+1-2",
        "octets=0-1",
        "0-1",
        "bytes:0-1",
        "BYTES",
        "bytes=0-1-2",
        "bytes=18446744073709551616-18446744073709551617",
        "bytes=99999999999999999999-",
        "bytes=6-",
        "bytes=\u{661}-\u{662}",
        "bytes=0-\u{0661}",
        "lines=1-2",
        "bytes=1.0-2.0",
        "bytes=1e0-2",
    ]
    .into_iter()
    .flat_map(|range| {
        ["GET", "HEAD"].map(|verb| {
            let headers = format!("Range: {range}\r\n");
            let bytes = request(&format!("{verb} /b-one/k"), &headers, "");
            case(format!("{verb} {range}"), Refused, bytes)
        })
    })
    .collect();
    for range in ["bytes=0-18446744073709551615", "bytes=-18446744073709551615", "bytes=0-0"] {
        let headers = format!("Range: {range}\r\n");
        let bytes = request("GET /b-one/k", &headers, "");
        cases.push(case(range, Verdict::Status(206), bytes));
    }
    cases
}

fn reads() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in [
        "If-Match",
        "If-None-Match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "If-Range",
        "Range",
        "Accept-Encoding",
        "x-amz-checksum-mode",
        "Origin",
        "Access-Control-Request-Method",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-expected-bucket-owner",
        "Cookie",
        "TE",
        "x-amz-date",
        "x-amz-security-token",
        "Content-Type",
        "x-amz-content-sha256-x",
    ] {
        for value in ODD {
            for verb in ["GET", "OPTIONS"] {
                let headers = format!("{name}: {value}\r\n");
                let bytes = request(&format!("{verb} /b-one/k"), &headers, "");
                cases.push(case(format!("{verb} with {name}: {value:?}"), Any, bytes));
            }
        }
    }
    for value in ODD.into_iter().chain(["1.5", "00001", "10001", "99999999999999999999"]) {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for line in [
            format!("GET /b-one/k?partNumber={value}"),
            format!("GET /b-one?list-type=2&max-keys={value}"),
            format!("GET /b-one?uploads&max-uploads={value}&upload-id-marker={value}"),
            format!("GET /?max-keys={value}&continuation-token={value}"),
            format!("GET /b-one/k?response-content-type={value}&response-expires={value}"),
        ] {
            cases.push(case(line.clone(), Any, request(&line, "", "")));
        }
    }
    cases
}

fn writes() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in [
        "Content-MD5",
        "x-amz-checksum-crc32",
        "x-amz-checksum-crc32c",
        "x-amz-checksum-sha1",
        "x-amz-checksum-sha256",
        "x-amz-checksum-crc64nvme",
        "x-amz-checksum-algorithm",
        "x-amz-trailer",
        "x-amz-storage-class",
        "x-amz-acl",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-MD5",
        "x-amz-copy-source",
        "x-amz-metadata-directive",
        "x-amz-copy-source-if-match",
        "x-amz-copy-source-range",
        "x-amz-tagging",
        "x-amz-meta-a",
        "x-amz-meta-",
        "Expires",
        "Content-Encoding",
        "Content-Type",
        "Cache-Control",
        "If-Match",
        "If-None-Match",
        "cf-create-bucket-if-missing",
        "cf-copy-destination-if-match",
        "x-amz-decoded-content-length",
        "x-amz-content-sha256",
    ] {
        for value in ODD {
            let headers = format!("{name}: {value}\r\n");
            let bytes = request("PUT /b-odd/x", &headers, "body");
            cases.push(case(format!("{name}: {value:?}"), Any, bytes));
        }
    }
    let meta = |count: usize| {
        (0..count).map(|n| format!("x-amz-meta-{n}: {}\r\n", "v".repeat(100))).collect::<String>()
    };
    let many = request("PUT /b-odd/x", &meta(200), "x");
    cases.push(case("metadata of 20,000 bytes", Refused, many));
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_nobody_writes() {
    let (calm, wild) = ([ranges(), reads()].concat(), writes());
    assert!(calm.len() + wild.len() >= 700, "{}", calm.len() + wild.len());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        arena.refuses(&calm).await;
        assert_eq!(arena.one(&request("PUT /b-odd", "", "")).await.status, 200);
        arena.survives(&wild).await;
        let list = arena.one(&request("GET /b-odd?list-type=2", "", "")).await;
        assert_eq!(list.text.matches("<Key>").count(), 1, "one key was written: {}", list.text);
    })
    .await;
}
