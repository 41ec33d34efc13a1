//! Bodies whose frame lies: HTTP's chunks and those of S3 within.

use super::arena::{Case, Verdict, case, open, request, with_arena};
use Verdict::{Refused, Status};

/// A PUT in HTTP's own chunks that says its decoded length, the only one that may come so.
fn chunked(frame: &str) -> Vec<u8> {
    let head = "PUT /b-one/x HTTP/1.1\r\nHost: r2.local\r\nTransfer-Encoding: chunked\r\n\
                x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n\
                x-amz-decoded-content-length: 5\r\n\r\n";
    format!("{head}{frame}").into_bytes()
}

fn http_chunks() -> Vec<Case> {
    let inner = "5\r\nhello\r\n0\r\n\r\n";
    let size = format!("{:x}", inner.len());
    let mut cases = Vec::new();
    for bad in [
        "",
        "-5",
        "+5",
        "0x5",
        "5g",
        "g",
        " 5",
        "5 5",
        "fffffffffffffffff",
        "5\x0b",
        "10000000000000000",
        "\u{ff15}",
        "5\0",
    ] {
        let frame = format!("{bad}\r\n{inner}\r\n0\r\n\r\n");
        cases.push(case(format!("size {bad:?}"), Refused, chunked(&frame)));
    }
    for (name, frame) in [
        ("size without a carriage return", format!("{size}\n{inner}\r\n0\r\n\r\n")),
        ("data without an end", format!("{size}\r\n{inner}0\r\n\r\n")),
        ("size too small", format!("5\r\n{inner}\r\n0\r\n\r\n")),
        ("size too large", format!("ff\r\n{inner}\r\n0\r\n\r\n")),
        ("size of 64 bits", format!("ffffffffffffffff\r\n{inner}\r\n0\r\n\r\n")),
        ("cut in a size", size.clone()),
        ("cut in data", format!("{size}\r\n5\r\nhel")),
        ("no end", format!("{size}\r\n{inner}\r\n")),
        ("extension with a line feed", format!("{size};a=\n\r\n{inner}\r\n0\r\n\r\n")),
        ("long extension", format!("{size};{}\r\n{inner}\r\n0\r\n\r\n", "a".repeat(20_000))),
        ("long trailer", format!("{size}\r\n{inner}\r\n0\r\nx: {}\r\n\r\n", "a".repeat(70_000))),
        ("many trailers", format!("{size}\r\n{inner}\r\n0\r\n{}\r\n", "x: y\r\n".repeat(2_000))),
        ("broken trailer", format!("{size}\r\n{inner}\r\n0\r\nno colon\r\n\r\n")),
        ("nothing", String::new()),
        ("an empty body", "0\r\n\r\n".to_owned()),
    ] {
        cases.push(case(name, Refused, chunked(&frame)));
    }
    for line in [
        "PUT /b-one/x",
        "POST /b-one/x",
        "PUT /b-one/x?uploadId=x&partNumber=1",
        "POST /b-one?delete",
        "POST /b-one/x?uploadId=x",
        "PUT /b-one?cors",
        "PUT /b-two",
        "GET /b-one/k",
        "DELETE /b-one/k",
        "POST /b-one/x?uploads",
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: r2.local\r\nTransfer-Encoding: chunked\r\n");
        let whole = format!("{head}\r\n1\r\nx\r\n0\r\n\r\n");
        cases.push(case(format!("{line} without a length"), Status(411), whole));
    }
    for line in ["PUT /b-one/x", "POST /b-one/x", "PUT /b-one/x?uploadId=x&partNumber=1"] {
        let head = format!("{line} HTTP/1.1\r\nHost: r2.local\r\n\r\n");
        cases.push(case(format!("{line} with neither length nor body"), Status(411), head));
    }
    cases
}

/// The same frame inside a body that has a length.
fn with(decoded: &str, more: &str, body: &str) -> Vec<u8> {
    let headers = format!(
        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n\
         x-amz-decoded-content-length: {decoded}\r\n{more}"
    );
    request("PUT /b-one/x", &headers, body)
}

const GOOD: &str = "5\r\nhello\r\n0\r\n\r\n";

fn s3_chunks() -> Vec<Case> {
    let mut cases = Vec::new();
    for body in [
        "",
        "\r\n",
        "0",
        "0\r",
        "5",
        "5\r\n",
        "5\r\nhel",
        "5\r\nhello",
        "5\r\nhello\r\n",
        "5\r\nhello\r\n0",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "6\r\nhello\r\n0\r\n\r\n",
        "0\r\n\r\n",
        "0\r\n\r\nhello",
        "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5;\nhello\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
        "hello",
        "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "00000000000000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nx:y\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\r\nx\r\n\r\n",
        "5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n",
        "1\r\nh\r\n0\r\n\r\n",
        "5\r\nhello\r\n\r\n",
        "5\r\nhello\r\n0\r\n:\r\n\r\n",
        "5\r\nhello\r\n0\r\n\0\r\n\r\n",
        "\u{ff15}\r\nhello\r\n0\r\n\r\n",
    ] {
        cases.push(case(body.escape_debug().to_string(), Refused, with("5", "", body)));
    }
    cases
}

fn s3_heads() -> Vec<Case> {
    let mut cases = Vec::new();
    for length in
        ["4", "6", "-5", "+5", "", "5.0", "five", "5, 5", "18446744073709551616", "5368709121"]
    {
        cases.push(case(format!("length {length:?}"), Refused, with(length, "", GOOD)));
    }
    for (name, more, body) in [
        ("announced and absent", "x-amz-trailer: x-amz-checksum-crc32\r\n", GOOD.to_owned()),
        ("announced twice", "x-amz-trailer: x-amz-checksum-crc32, x-amz-checksum-sha1\r\n", {
            "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n".to_owned()
        }),
        ("wrong", "x-amz-trailer: x-amz-checksum-crc32\r\n", {
            "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n".to_owned()
        }),
        ("many", "x-amz-trailer: x-amz-checksum-crc32\r\n", {
            format!("5\r\nhello\r\n0\r\n{}\r\n", "x-amz-checksum-crc32:NhCmhg==\r\n".repeat(5_000))
        }),
        ("long", "x-amz-trailer: x-amz-checksum-crc32\r\n", {
            format!("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{}\r\n\r\n", "A".repeat(100_000))
        }),
        ("long head", "", format!("{}\r\nhello\r\n0\r\n\r\n", "0".repeat(100_000))),
        ("long extension", "", format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(100_000))),
    ] {
        cases.push(case(format!("trailer {name}"), Refused, with("5", more, &body)));
    }
    for kind in [
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        "STREAMING",
        "streaming-unsigned-payload-trailer",
        "unsigned-payload",
        "x",
        "e3b0c442",
        "",
    ] {
        let headers = format!("x-amz-content-sha256: {kind}\r\n");
        for line in ["PUT /b-one/x", "GET /b-one/k", "DELETE /b-one/k", "POST /b-one/x?uploads"] {
            let name = format!("{line} of {kind}");
            cases.push(case(name, Refused, request(line, &headers, GOOD)));
        }
    }
    cases
}

/// Bodies that end before or after they should.
fn lengths() -> Vec<Case> {
    let mut cases = Vec::new();
    for line in ["PUT /b-one/x", "POST /b-one/x", "POST /b-one?delete", "PUT /b-one?cors"] {
        for (length, body) in [(10, "short"), (1_000_000, "x"), (6_000_000_000_u64, "x")] {
            let head = format!("{line} HTTP/1.1\r\nHost: r2.local\r\nContent-Length: {length}\r\n");
            for more in ["", "Expect: 100-continue\r\n", "Connection: close\r\n"] {
                let text = format!("{head}{more}\r\n{body}");
                cases.push(case(format!("{line}, {length} {more:?}"), Refused, text));
            }
        }
    }
    cases.push(case("asked to go on, and does", Status(200), {
        request("PUT /b-three", "Expect: 100-continue\r\n", "")
    }));
    cases
}

/// Rows: auth.no-length, auth.chunks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_whose_frame_lies() {
    let cases = [http_chunks(), s3_chunks(), s3_heads(), lengths()].concat();
    assert!(cases.len() >= 150, "{}", cases.len());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        assert_eq!(arena.one(&request("PUT /b-three", "", "")).await.status, 200);
        let mut cases = cases;
        // The bucket is there already, as the list before and after must show.
        cases.last_mut().unwrap().verdict = Status(409);
        arena.refuses(&cases).await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        let put = request("PUT /b-one/asked", "Expect: 100-continue\r\n", "hello");
        let said = arena.raw(&put).await;
        assert!(said.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{said}");
        // Whoever is refused is not asked for the body first.
        let put = request("PUT /b-none/asked", "Expect: 100-continue\r\n", "hello");
        let said = arena.raw(&put).await;
        assert!(said.starts_with("HTTP/1.1 404 Not Found\r\n"), "{said}");
    })
    .await;
}

/// Rows: answer.stalled.
#[tokio::test]
async fn a_body_that_stops_coming_is_answered() {
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        let put = "PUT /b-one/x HTTP/1.1\r\nHost: r2.local\r\nContent-Length: 10\r\n\r\nshort";
        let said = arena.raw(put.as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{said}");
        assert!(said.contains("<Code>RequestTimeout</Code>"), "{said}");
        assert_eq!(arena.one(&request("GET /b-one/x", "", "")).await.status, 404);
    })
    .await;
}
