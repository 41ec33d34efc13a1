//! Good requests with bytes changed by chance, always the same chance: what was signed is all that
//! can ever be stored, and without signatures nothing breaks.

use std::sync::Arc;

use fastrand::Rng;
use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp};
use r2_sim::{Emulator, ManualClock, Support, Switches};

use super::arena::{Case, Verdict, case, open, request, with_arena};

const SEED: u64 = 0x5eed_0f00_ba5e;
const ID: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_786_963_200;
const BODY: &str = "the signed body";

/// Pieces that matter to somebody who reads requests.
const PIECES: [&str; 34] = [
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "%",
    "%00",
    "%ff",
    "&",
    "=",
    "?",
    "#",
    "/",
    "//",
    "..",
    "+",
    "<",
    ">",
    "&amp;",
    "<!DOCTYPE x>",
    "0\r\n\r\n",
    "ffffffffffffffff",
    "-1",
    "99999999999999999999",
    "Transfer-Encoding: chunked\r\n",
    "Content-Length: 0\r\n",
    "Host: other\r\n",
    "x-amz-meta-b: 1\r\n",
    "\u{e9}",
];

/// One to four changes.
fn mutated(random: &mut Rng, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..20)).min(bytes.len());
        match random.u8(..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => bytes.truncate(at),
            4 if at < bytes.len() => bytes[at] = random.u8(..),
            _ => {
                let piece = PIECES[random.usize(..PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn spoiled(count: usize, good: &[Vec<u8>]) -> Vec<Case> {
    let mut random = Rng::with_seed(SEED);
    (0..count)
        .map(|n| {
            let bytes = mutated(&mut random, &good[n % good.len()]);
            case(format!("change {n}"), Verdict::Any, bytes)
        })
        .collect()
}

fn honest() -> Vec<Vec<u8>> {
    let sum = "x-amz-checksum-crc32: NhCmhg==\r\n";
    let chunks = "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n\
                  x-amz-decoded-content-length: 5\r\nx-amz-trailer: x-amz-checksum-crc32\r\n";
    let framed = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    let delete = "<Delete><Quiet>true</Quiet><Object><Key>none</Key></Object></Delete>";
    let parts = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"e\"</ETag></Part>\
                 </CompleteMultipartUpload>";
    let cors = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET\
                </AllowedMethod></CORSRule></CORSConfiguration>";
    vec![
        request("PUT /b-one/m%20x", sum, "hello"),
        request("PUT /b-one/m", chunks, framed),
        request("GET /b-one/k", "Range: bytes=1-3\r\nIf-None-Match: \"a\", W/\"b\"\r\n", ""),
        request("GET /b-one?list-type=2&prefix=a%2F&delimiter=%2F&max-keys=3", "", ""),
        request("POST /b-one?delete", "Content-MD5: x\r\n", delete),
        request("POST /b-one?delete", "", delete),
        request("POST /b-one/m?uploadId=x", "", parts),
        request("PUT /b-one?cors", "", cors),
        request(
            "PUT /b-one/c",
            "x-amz-copy-source: /b-one/k\r\nx-amz-meta-a: =?UTF-8?Q?=C3=A9?=\r\n",
            "",
        ),
        request(
            "OPTIONS /b-one/k",
            "Origin: https://x\r\nAccess-Control-Request-Method: GET\r\n",
            "",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_breaks_without_signatures() {
    let cases = spoiled(700, &honest());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        arena.survives(&cases).await;
        assert_eq!(arena.one(&request("GET /", "", "")).await.status, 200);
    })
    .await;
}

/// A signed request as raw bytes: everything but its length is signed.
fn signed(method: &str, target: &str, body: &str) -> Vec<u8> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let credentials = Credentials::new(ID, "secret");
    let payload = Payload::of(body.as_bytes());
    let at = Timestamp::from_unix(NOW);
    let given = [("content-type", "text/plain"), ("host", "r2.local"), ("x-amz-meta-a", "one")];
    let input = Input { method, path, query, headers: &given, payload };
    let mut scratch = Scratch::new();
    let signer = Signer::new("auto");
    let authorization = signer.authorization(&input, &credentials, at, &mut scratch);
    let headers = format!(
        "Content-Type: text/plain\r\nx-amz-meta-a: one\r\nx-amz-date: {}\r\n\
         x-amz-content-sha256: {}\r\nAuthorization: {authorization}\r\n",
        at.as_str(),
        &*payload.header_value(),
    );
    request(&format!("{method} {target}"), &headers, body)
}

fn guarded() -> Emulator {
    Emulator::builder()
        .clock(Arc::new(ManualClock::at_unix(u64::try_from(NOW).unwrap())))
        .switches(Switches::new().signed_chunks(Support::Accept))
        .credentials(Credentials::new(ID, "secret"))
        .memory()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_was_signed_is_stored() {
    let good = [signed("PUT", "/b-one/signed", BODY), signed("POST", "/b-one/signed?x-id=1", BODY)];
    let cases = spoiled(700, &good);
    with_arena(guarded(), async |arena| {
        assert_eq!(arena.one(&signed("PUT", "/b-one", "")).await.status, 200);
        arena.survives(&cases).await;
        assert_eq!(arena.one(&good[0]).await.status, 200, "and the good one passes");
        let list = arena.one(&signed("GET", "/b-one?list-type=2", "")).await;
        assert_eq!(list.text.matches("<Key>").count(), 1, "{}", list.text);
        assert!(list.text.contains("<Key>signed</Key>"), "{}", list.text);
        let buckets = arena.one(&signed("GET", "/", "")).await;
        assert_eq!(buckets.text.matches("<Name>").count(), 1, "{}", buckets.text);
    })
    .await;
}

/// The object may change in what the signature does not cover, never in its bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_byte_of_a_signed_request_counts() {
    let good = signed("PUT", "/b-one/signed", BODY);
    let mut cases = Vec::new();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] = bytes[at].wrapping_add(1);
        cases.push(case(format!("byte {at}"), Verdict::Any, bytes));
    }
    with_arena(guarded(), async |arena| {
        assert_eq!(arena.one(&signed("PUT", "/b-one", "")).await.status, 200);
        arena.survives(&cases).await;
        let list = arena.one(&signed("GET", "/b-one?list-type=2", "")).await;
        assert!(list.text.matches("<Key>").count() <= 1, "{}", list.text);
        let get = arena.one(&signed("GET", "/b-one/signed", "")).await;
        assert!(get.status == 404 || get.text == BODY, "{} {}", get.status, get.text);
    })
    .await;
}
