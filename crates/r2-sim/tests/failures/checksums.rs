//! Checksums, and bodies in aws-chunked form.

use r2_sign::Payload;
use r2_sim::{ChecksumEra, Presence, Support, Switches, TrailerRefusal};

use crate::account::{Account, HOST, admin, presign, sign};
use crate::world::{World, send};

const CRC32: (&str, &str) = ("x-amz-checksum-crc32", "y/Q5Jg==");
const MD5: (&str, &str) = ("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==");
/// What both are of.
const BODY: &str = "123456789";

fn refused(what: &str) -> String {
    format!("501 NotImplemented: {what} not implemented")
}

fn header_refused(name: &str, value: &str) -> String {
    refused(&format!("Header &apos;{name}&apos; with value &apos;{value}&apos;"))
}

async fn in_era(era: ChecksumEra) -> World {
    World::with(|builder| builder.switches(Switches::new().checksum_era(era))).await
}

/// A body in aws-chunked form with a trailer.
const CHUNKED: &str = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";

async fn put_streaming(account: &Account, payload: Payload) -> String {
    let headers = [
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "9"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ];
    let line = "PUT /b-one/k";
    let sent = sign(&admin(), line, &headers, payload);
    account.send(line, &sent, CHUNKED).await.said()
}

/// aws/aws-sdk-js-v3#6810, f2face/cloudflare-r2#12: the SDKs of January 2025 send a CRC with
/// everything.
/// Rows: checksum.stored.
#[tokio::test]
async fn case_07_aws_sdk_js_6810_a_crc_before_2025() {
    let world = in_era(ChecksumEra::Before2025).await;
    let reply = world.send("PUT /b-one/k", &[CRC32], BODY).await;
    assert_eq!(reply.said(), header_refused("x-amz-checksum-crc32", "y/Q5Jg=="));
    let world = in_era(ChecksumEra::Current).await;
    assert_eq!(world.send("PUT /b-one/k", &[CRC32], BODY).await.header(CRC32.0), CRC32.1);
}

/// cortexproject/cortex#5829, also mattermost#22221, gitea#23770: minio-go asks for CRC32C.
#[tokio::test]
async fn case_08_cortex_5829_crc32c_before_2025() {
    let asks = [("x-amz-checksum-algorithm", "CRC32C")];
    let world = in_era(ChecksumEra::Before2025).await;
    let reply = world.send("POST /b-one/k?uploads", &asks, "").await;
    assert_eq!(reply.said(), header_refused("x-amz-checksum-algorithm", "CRC32C"));
    let world = in_era(ChecksumEra::Current).await;
    assert_eq!(world.send("POST /b-one/k?uploads", &asks, "").await.status, 200);
}

/// hashicorp/terraform#33847, velero#7940: a checksum in the trailer.
/// Rows: auth.streaming-unsigned.
#[tokio::test]
async fn case_09_terraform_33847_an_unsigned_trailer_before_2025() {
    let account = Account::with(Switches::new().unsigned_trailer(Support::Refuse)).await;
    let said = put_streaming(&account, Payload::StreamingUnsignedTrailer).await;
    assert_eq!(said, refused("STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
    let account = Account::new().await;
    assert_eq!(put_streaming(&account, Payload::StreamingUnsignedTrailer).await, "200");
}

/// swift-server/soto#643, also FluentStorage#114, KeeAnywhere#424: chunks with signatures.
/// Rows: auth.streaming-signed.
#[tokio::test]
async fn case_10_soto_643_signed_chunks() {
    let said = put_streaming(&Account::new().await, Payload::StreamingSigned).await;
    assert_eq!(said, refused("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
}

/// bitfoundation/bitplatform#13362: the same with a trailer.
/// Rows: auth.streaming-signed.
#[tokio::test]
async fn case_11_bitplatform_13362_signed_chunks_with_a_trailer() {
    let said = put_streaming(&Account::new().await, Payload::StreamingSignedTrailer).await;
    assert_eq!(said, refused("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"));
}

/// amd/gaia#3029: a good key is told that it is not known, because of the trailer.
#[tokio::test]
async fn case_12_gaia_3029_unauthorized_with_a_good_key() {
    let refusing = Switches::new()
        .unsigned_trailer(Support::Refuse)
        .unsigned_trailer_refusal(TrailerRefusal::Unauthorized);
    let account = Account::with(refusing).await;
    let said = put_streaming(&account, Payload::StreamingUnsignedTrailer).await;
    assert_eq!(said, "401 Unauthorized: Unauthorized");
    assert_eq!(account.signed("PUT /b-one/k", &[], BODY).await.status, 200);
}

/// vectordotdev/vector#23029, Rails ActiveStorage: an MD5 and a CRC.
/// Rows: checksum.one.
#[tokio::test]
async fn case_13_vector_23029_two_checksums() {
    let world = World::memory().await;
    let reply = world.send("PUT /b-one/k", &[MD5, CRC32], BODY).await;
    assert_eq!(
        reply.said(),
        "400 InvalidRequest: You can only specify one non-default checksum at a time."
    );
    assert_eq!(reply.body.len(), 155);
    for one in [MD5, CRC32] {
        assert_eq!(world.send("PUT /b-one/k", &[one], BODY).await.status, 200);
    }
}

/// skypilot-org/skypilot#5282, grafbase#2644: CRC64NVME, the AWS CLI's own choice, in spring 2025.
#[tokio::test]
async fn case_14_skypilot_5282_crc64nvme_in_spring_2025() {
    let sum = [("x-amz-checksum-crc64nvme", "rosUhgp5mIg=")];
    let world = in_era(ChecksumEra::Spring2025).await;
    let reply = world.send("PUT /b-one/k", &sum, BODY).await;
    assert_eq!(
        reply.said(),
        "500 InternalError: We encountered an internal error. Please try again."
    );
    assert_eq!(world.send("PUT /b-one/k", &[CRC32], BODY).await.status, 200);
    let world = in_era(ChecksumEra::Current).await;
    assert_eq!(world.send("PUT /b-one/k", &sum, BODY).await.status, 200);
}

/// earth-mover/icechunk#1991, #1999: an answer without a body carries the checksum of one.
/// Rows: checksum.not-modified.
#[tokio::test]
async fn case_15_icechunk_1991_a_checksum_on_not_modified() {
    for (presence, sum) in [(Presence::Send, CRC32.1), (Presence::Omit, "")] {
        let switches = Switches::new().checksums_on_not_modified(presence);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        let put = world.send("PUT /b-one/k", &[CRC32], BODY).await;
        let same = [("if-none-match", put.header("etag"))];
        let reply = world.send("GET /b-one/k", &same, "").await;
        assert_eq!((reply.status, reply.body.len(), reply.header(CRC32.0)), (304, 0, sum));
    }
}

/// cloudflare/cloudflare-docs#20014: a part carries the checksum of the whole.
/// Rows: checksum.partial.
#[tokio::test]
async fn case_16_cloudflare_docs_20014_a_checksum_on_a_range() {
    for (presence, sum) in [(Presence::Send, CRC32.1), (Presence::Omit, "")] {
        let switches = Switches::new().checksums_on_partial(presence);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        world.send("PUT /b-one/k", &[CRC32], BODY).await;
        // As the SDKs ask.
        let asks = [("range", "bytes=2-4"), ("x-amz-checksum-mode", "ENABLED")];
        let reply = world.send("GET /b-one/k", &asks, "").await;
        assert_eq!((reply.status, reply.text(), reply.header(CRC32.0)), (206, "345", sum));
    }
}

/// crafter-station/petdex#465, also PicImpact#363, Palmr#378: the CRC of no body is part of a URL
/// that any body is sent to.
/// Rows: auth.presign-headers.
#[tokio::test]
async fn case_17_petdex_465_a_checksum_in_a_presigned_url() {
    let account = Account::new().await;
    let line = presign(
        "PUT /b-one/k?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32",
    );
    let reply = send(&account.r2, &line, &[HOST], BODY.into()).await;
    assert!(reply.said().starts_with("400 BadDigest: The CRC32 checksum you specified did not"));
    let line = presign("PUT /b-one/k?x-amz-checksum-crc32=y%2FQ5Jg%3D%3D");
    assert_eq!(send(&account.r2, &line, &[HOST], BODY.into()).await.status, 200);
}
