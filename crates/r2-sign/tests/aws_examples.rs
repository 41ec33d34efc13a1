//! The examples that AWS publishes for S3: the same inputs must give the same signatures.
//!
//! From "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference, its
//! pages on the authorization header, query parameters, and chunked uploads with and without a
//! trailer.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use r2_sign::verify::{Claim, Received, Rules};
use r2_sign::{
    Credentials, Input, KeyCache, Payload, Scratch, Signature, Signer, Timestamp, sha256,
};
use std::time::Duration;

const HOST: &str = "examplebucket.s3.amazonaws.com";

fn credentials() -> Credentials {
    Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
}

fn at() -> Timestamp {
    Timestamp::parse_basic("20130524T000000Z").unwrap()
}

struct Example<'a> {
    input: Input<'a>,
    signed: &'a str,
    signature: &'a str,
}

impl Example<'_> {
    /// Signs, compares, and lets the other end believe it.
    fn check(&self) {
        let signer = Signer::new("us-east-1");
        let mut scratch = Scratch::new();
        let value = signer.authorization(&self.input, &credentials(), at(), &mut scratch);
        let expected = format!(
            "AWS4-HMAC-SHA256 \
             Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders={}, Signature={}",
            self.signed, self.signature
        );
        assert_eq!(value, expected);

        let payload = self.input.payload.header_value();
        let mut headers = self.input.headers.to_vec();
        let date = at();
        headers.extend([
            ("authorization", value),
            ("x-amz-date", date.as_str()),
            ("x-amz-content-sha256", &payload),
        ]);
        let Input { method, path, query, .. } = self.input;
        let received = Received { method, path, query, headers: &headers };
        let rules = Rules::new().access_key_id_bytes(None);
        let claim = Claim::read(&received, at(), &rules).unwrap();
        claim.verify(&received, &credentials(), &KeyCache::new()).unwrap();
    }
}

#[test]
fn get_object() {
    let headers = &[("host", HOST), ("range", "bytes=0-9")];
    let payload = Payload::of(b"");
    Example {
        input: Input { method: "GET", path: "/test.txt", query: "", headers, payload },
        signed: "host;range;x-amz-content-sha256;x-amz-date",
        signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    }
    .check();
}

#[test]
fn put_object() {
    let headers = &[
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("host", HOST),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    let payload = Payload::of(b"Welcome to Amazon S3.");
    let path = "/test%24file.text";
    Example {
        input: Input { method: "PUT", path, query: "", headers, payload },
        signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    }
    .check();
}

#[test]
fn get_bucket_lifecycle() {
    let headers = &[("host", HOST)];
    let payload = Payload::of(b"");
    Example {
        input: Input { method: "GET", path: "/", query: "lifecycle", headers, payload },
        signed: "host;x-amz-content-sha256;x-amz-date",
        signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    }
    .check();
}

#[test]
fn list_objects() {
    for query in ["max-keys=2&prefix=J", "prefix=J&max-keys=2"] {
        let headers = &[("host", HOST)];
        let payload = Payload::of(b"");
        Example {
            input: Input { method: "GET", path: "/", query, headers, payload },
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        }
        .check();
    }
}

#[test]
fn presigned_get_object() {
    let headers = &[("host", HOST)];
    let payload = Payload::Unsigned;
    let input = Input { method: "GET", path: "/test.txt", query: "", headers, payload };
    let day = Duration::from_secs(86_400);
    let query = Signer::new("us-east-1").presign(&input, &credentials(), at(), day).unwrap();
    assert_eq!(
        query,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );

    let received = Received { method: "GET", path: "/test.txt", query: &query, headers };
    let rules = Rules::new().access_key_id_bytes(None);
    let last_second = Timestamp::from_unix(at().unix_seconds() + 86_400);
    let claim = Claim::read(&received, last_second, &rules).unwrap();
    claim.verify(&received, &credentials(), &KeyCache::new()).unwrap();
}

/// 65 KiB of `a`: a chunk of 64 KiB, one of 1 KiB, and the empty one.
const CHUNKS: [usize; 3] = [65_536, 1_024, 0];

fn check_chunks(seed: &str, signatures: [&str; 3], trailer: Option<(&[(&str, &str)], &str)>) {
    let signer = Signer::new("us-east-1");
    let seed = Signature::parse(seed).unwrap();
    let mut sending = signer.chunks(&credentials(), at(), seed);
    let mut receiving = signer.chunks(&credentials(), at(), seed);
    for (bytes, expected) in CHUNKS.into_iter().zip(signatures) {
        let chunk = vec![b'a'; bytes];
        let signature = sending.sign(&chunk);
        assert_eq!(signature.as_str(), expected);
        let wrong = sha256(b"another chunk");
        assert!(!receiving.verify(&wrong, &signature));
        assert!(receiving.verify(&sha256(&chunk), &signature));
    }
    if let Some((trailer, expected)) = trailer {
        let signature = sending.sign_trailer(trailer);
        assert_eq!(signature.as_str(), expected);
        assert!(!receiving.verify_trailer(&[], &signature));
        assert!(receiving.verify_trailer(trailer, &signature));
    }
}

#[test]
fn chunked_upload() {
    let seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    Example {
        input: Input {
            method: "PUT",
            path: "/examplebucket/chunkObject.txt",
            query: "",
            headers: &[
                ("content-encoding", "aws-chunked"),
                ("content-length", "66824"),
                ("host", "s3.amazonaws.com"),
                ("x-amz-decoded-content-length", "66560"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            payload: Payload::StreamingSigned,
        },
        signed: "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;\
                 x-amz-decoded-content-length;x-amz-storage-class",
        signature: seed,
    }
    .check();
    let signatures = [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ];
    check_chunks(seed, signatures, None);
}

#[test]
fn chunked_upload_with_a_trailer() {
    let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    Example {
        input: Input {
            method: "PUT",
            path: "/examplebucket/chunkObject.txt",
            query: "",
            headers: &[
                ("content-encoding", "aws-chunked"),
                ("host", "s3.amazonaws.com"),
                ("x-amz-decoded-content-length", "66560"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ("x-amz-trailer", "x-amz-checksum-crc32c"),
            ],
            payload: Payload::StreamingSignedTrailer,
        },
        signed: "content-encoding;host;x-amz-content-sha256;x-amz-date;\
                 x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        signature: seed,
    }
    .check();
    let signatures = [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ];
    let trailer: &[(&str, &str)] = &[("x-amz-checksum-crc32c", "sOO8/Q==")];
    let signature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
    check_chunks(seed, signatures, Some((trailer, signature)));
}
