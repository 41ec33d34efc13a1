//! Checksums of every kind: verified, stored, echoed, combined.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use r2_sim::{ChecksumEra, Presence, Support, Switches};

use crate::world::World;

/// Checksums of `123456789` that every catalogue gives.
const CHECKS: [(&str, &str); 5] = [
    ("x-amz-checksum-crc32", "y/Q5Jg=="),
    ("x-amz-checksum-crc32c", "4waSgw=="),
    ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
    ("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
    ("x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
];

/// What SDKs send with every read.
const ASKED: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");

/// Rows: checksum.mode.
#[tokio::test]
async fn every_algorithm_is_verified_stored_and_echoed() {
    for world in World::both().await {
        for (name, value) in CHECKS {
            let put = world.send("PUT /b-one/k", &[(name, value)], "123456789").await;
            assert_eq!((put.status, put.header(name)), (200, value), "{}", put.said());
            for method in ["GET", "HEAD"] {
                let line = format!("{method} /b-one/k");
                assert_eq!(world.send(&line, &[], "").await.header(name), "", "{method}");
                let reply = world.send(&line, &[ASKED], "").await;
                assert_eq!(reply.header(name), value, "{method}");
                assert_eq!(reply.header("x-amz-checksum-type"), "FULL_OBJECT");
            }
            let copied =
                world.send("PUT /b-one/copy", &[("x-amz-copy-source", "/b-one/k")], "").await;
            assert!(copied.text().contains(value), "{}", copied.text());
            let wrong = world.send("PUT /b-one/k2", &[(name, value)], "12345678X").await;
            assert!(wrong.said().starts_with("400 BadDigest: The "), "{}", wrong.said());
            let malformed = world.send("PUT /b-one/k2", &[(name, "AAAA")], "x").await;
            assert!(malformed.said().starts_with("400 InvalidDigest"), "{}", malformed.said());
        }
        assert_eq!(world.get("/b-one/k2").await.status, 404);
    }
}

#[tokio::test]
async fn md5_in_r2s_words() {
    let world = World::memory().await;
    let md5 = [("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")];
    assert_eq!(world.send("PUT /b-one/k", &md5, "123456789").await.status, 200);
    let wrong = world.send("PUT /b-one/k", &md5, "other").await;
    assert_eq!(
        wrong.said(),
        "400 BadDigest: The MD5 checksum you specified did not match what we received.\n\
         You provided a MD5 checksum with value: 25f9e794323b453885f5181f1b624d0b\n\
         Actual MD5 was: 795f3202b17cb6bc3d4b771d8c6c9eaf"
    );
}

#[tokio::test]
async fn where_checksums_are_shown() {
    let crc = ("x-amz-checksum-crc32", "y/Q5Jg==");
    for (partial, not_modified) in
        [(Presence::Omit, Presence::Send), (Presence::Send, Presence::Omit)]
    {
        let switches =
            Switches::new().checksums_on_partial(partial).checksums_on_not_modified(not_modified);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        world.send("PUT /b-one/k", &[crc], "123456789").await;
        let shown = |presence, reply: &crate::world::Reply| {
            let expected = if presence == Presence::Send { crc.1 } else { "" };
            assert_eq!(reply.header(crc.0), expected);
        };
        let range = world.send("GET /b-one/k", &[("range", "bytes=0-1"), ASKED], "").await;
        shown(partial, &range);
        let same = world.send("GET /b-one/k", &[("if-none-match", "*")], "").await;
        assert_eq!(same.status, 304);
        shown(not_modified, &same);
    }
}

#[tokio::test]
async fn before_2025() {
    let old = Switches::new().checksum_era(ChecksumEra::Before2025);
    let world = World::with(|builder| builder.switches(old.clone())).await;
    let reply = world.send("PUT /b-one/k", &[("x-amz-checksum-crc32", "AAAAAA==")], "x").await;
    assert_eq!(
        reply.said(),
        "501 NotImplemented: Header &apos;x-amz-checksum-crc32&apos; with value \
         &apos;AAAAAA==&apos; not implemented"
    );
    let sha = CHECKS[4];
    assert_eq!(world.send("PUT /b-one/k", &[sha], "123456789").await.status, 200);
}

#[tokio::test]
async fn trailers() {
    let world = World::memory().await;
    let headers = [
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("x-amz-decoded-content-length", "9"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
        ("content-encoding", "aws-chunked"),
    ];
    let body = |crc: &str| format!("9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:{crc}\r\n\r\n");
    let put = world.send("PUT /b-one/k", &headers, body("y/Q5Jg==")).await;
    assert_eq!(put.header("x-amz-checksum-crc32"), "y/Q5Jg==", "{}", put.said());
    let get = world.get("/b-one/k").await;
    assert_eq!((get.text(), get.header("content-encoding")), ("123456789", ""));
    let wrong = world.send("PUT /b-one/k", &headers, body("AAAAAA==")).await;
    assert!(wrong.said().starts_with("400 BadDigest"), "{}", wrong.said());
    let missing = world.send("PUT /b-one/k", &headers, "9\r\n123456789\r\n0\r\n\r\n").await;
    assert!(missing.said().starts_with("400 MalformedTrailerError"), "{}", missing.said());
    let short = world.send("PUT /b-one/k", &headers, "4\r\n1234\r\n0\r\n\r\n").await;
    assert!(short.said().starts_with("400 IncompleteBody"), "{}", short.said());
    let refusing = Switches::new().unsigned_trailer(Support::Refuse);
    let world = World::with(|builder| builder.switches(refusing.clone())).await;
    let reply = world.send("PUT /b-one/k", &headers, body("y/Q5Jg==")).await;
    let said = "501 NotImplemented: STREAMING-UNSIGNED-PAYLOAD-TRAILER not implemented";
    assert_eq!(reply.said(), said);
}

#[tokio::test]
async fn an_unknown_length_needs_a_decoded_one() {
    let world = World::memory().await;
    let encoded = "5\r\nhello\r\n0\r\n\r\n";
    let stream = || {
        let chunks = [Ok::<_, std::io::Error>(encoded.into())];
        r2_transport::Body::one_shot(futures_util::stream::iter(chunks), None)
    };
    let kind = ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    let reply = world.send("PUT /b-one/k", &[kind], stream()).await;
    assert_eq!(reply.status, 411);
    let length = ("x-amz-decoded-content-length", "5");
    assert_eq!(world.send("PUT /b-one/k", &[kind, length], stream()).await.status, 200);
    assert_eq!(world.get("/b-one/k").await.text(), "hello");
}

async fn upload(algorithm: &str, kind: &str) -> (World, crate::world::Reply) {
    let world = World::with(|b| b.switches(Switches::new().part_bytes_min(1))).await;
    let mut headers = vec![("x-amz-checksum-algorithm", algorithm)];
    if !kind.is_empty() {
        headers.push(("x-amz-checksum-type", kind));
    }
    let created = world.send("POST /b-one/k?uploads", &headers, "").await;
    if created.status != 200 {
        return (world, created);
    }
    assert_eq!(created.header("x-amz-checksum-algorithm"), algorithm);
    let id = r2_sign::encode::component(created.element("UploadId").unwrap());
    let mut parts = String::new();
    for (number, body) in [(1, "12345"), (2, "6789")] {
        let line = format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
        let etag = world.send(&line, &[], body).await.header("etag").to_owned();
        parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    let body = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    let done = world.send(&format!("POST /b-one/k?uploadId={id}"), &[], body).await;
    (world, done)
}

/// Rows: checksum.full-crc32.
#[tokio::test]
async fn whole_objects_from_parts() {
    let (world, done) = upload("CRC64NVME", "").await;
    assert_eq!(done.element("ChecksumCRC64NVME"), Some("rosUhgp5mIg="), "{}", done.text());
    assert_eq!(done.element("ChecksumType"), Some("FULL_OBJECT"));
    let get = world.send("GET /b-one/k", &[ASKED], "").await;
    assert_eq!(get.header("x-amz-checksum-crc64nvme"), "rosUhgp5mIg=");

    let (_, done) = upload("SHA256", "COMPOSITE").await;
    let digest = |bytes: &[u8]| r2_sign::sha256(bytes);
    let parts = [digest(b"12345"), digest(b"6789")].concat();
    let composed = format!("{}-2", STANDARD.encode(digest(&parts)));
    assert_eq!(done.element("ChecksumSHA256"), Some(&*composed));
    assert_eq!(done.element("ChecksumType"), Some("COMPOSITE"));

    for (algorithm, kind) in [("CRC32", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE"), ("MD4", "")] {
        let (_, refused) = upload(algorithm, kind).await;
        assert_eq!(refused.status, 501, "{algorithm} {kind}");
    }
}
