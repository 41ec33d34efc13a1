//! Downloads that break, change and lie.

use bytes::Bytes;
use r2_resilience::BudgetPolicy;
use r2_transport::ErrorKind as Wire;

use crate::testing::{Canned, Scripted, refusal};
use crate::{
    BucketName, ByteRange, ChecksumAlgorithm, Error, ErrorKind, GetObject, NotVerified, ObjectKey,
    ObjectStream, Policy, SseCustomerKey, Verdict,
};

const TEXT: &str = "hello world";
const MD5: &str = "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"";
const CRC: &str = "jSnVw/bqjr4=";

fn get() -> GetObject {
    GetObject::new(BucketName::new("photos").unwrap(), ObjectKey::new("a").unwrap())
}

fn chunks(parts: &[&'static str], then: Option<Wire>) -> Vec<Result<Bytes, Wire>> {
    let parts = parts.iter().map(|part| Ok(Bytes::from_static(part.as_bytes())));
    parts.chain(then.map(Err)).collect()
}

/// The whole object, breaking off after `parts`.
fn whole(headers: &[(&'static str, &str)], parts: &[&'static str], then: Option<Wire>) -> Canned {
    let mut all = vec![("content-length", TEXT.len().to_string())];
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Canned::Reply(200, all, chunks(parts, then))
}

/// The bytes from `start` on.
fn rest(etag: &str, start: usize, parts: &[&'static str], then: Option<Wire>) -> Canned {
    let size = TEXT.len();
    let headers = vec![
        ("etag", etag.to_owned()),
        ("content-length", (size - start).to_string()),
        ("content-range", format!("bytes {start}-{}/{size}", size - 1)),
    ];
    Canned::Reply(206, headers, chunks(parts, then))
}

async fn open(script: &Scripted, get: GetObject) -> ObjectStream {
    script.client().objects().get_stream(get).await.unwrap()
}

/// The content, or what came of it and the error.
async fn read(stream: &mut ObjectStream) -> (String, Option<Error>) {
    let mut text = String::new();
    while let Some(chunk) = stream.next_chunk().await {
        match chunk {
            Ok(chunk) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
            Err(error) => {
                assert!(stream.next_chunk().await.is_none(), "an error ends the stream");
                return (text, Some(error));
            }
        }
    }
    (text, None)
}

#[tokio::test(start_paused = true)]
async fn taking_a_stream_up_again_draws_on_the_clients_budget() {
    let one_retry = BudgetPolicy::new().capacity(5).retry_cost(5);
    let policy = Policy::new().budget(one_retry).breaker(None);
    let opened = || whole(&[("etag", MD5)], &["hel"], Some(Wire::Reset));
    // the first retry brings something, so that its price comes back; the second one does not
    let script = Scripted::new([
        opened(),
        rest(MD5, 3, &["lo"], Some(Wire::Reset)),
        rest(MD5, 5, &[], Some(Wire::Reset)),
    ]);
    let client = script.builder().policy(policy).build().unwrap();
    let mut stream = client.objects().get_stream(get()).await.unwrap();
    let (text, error) = read(&mut stream).await;
    let error = error.unwrap();
    assert_eq!((text.as_str(), error.kind()), ("hello", ErrorKind::RetryBudgetSpent));
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(script.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_broken_stream_goes_on_where_it_broke() {
    let script = Scripted::new([
        whole(&[("etag", MD5)], &["hel"], Some(Wire::Reset)),
        rest(MD5, 3, &["lo"], Some(Wire::Stalled)),
        rest(MD5, 5, &[" wor"], None), // ends early and says nothing
        rest(MD5, 9, &["ld"], None),
    ]);
    let mut stream = open(&script, get()).await;
    assert_eq!(read(&mut stream).await.0, TEXT);
    assert_eq!((stream.reconnected(), stream.delivered()), (3, 11));
    // verified over all pieces
    assert_eq!(stream.verdict(), Verdict::Verified(ChecksumAlgorithm::Md5));
    let seen = script.seen();
    for (request, range) in seen[1..].iter().zip(["bytes=3-10", "bytes=5-10", "bytes=9-10"]) {
        assert_eq!(request.header("range"), range);
        assert_eq!(request.header("if-match"), MD5);
    }
}

#[tokio::test(start_paused = true)]
async fn a_range_goes_on_inside_itself() {
    let headers = [("content-range", "bytes 2-7/11"), ("etag", MD5)];
    let first = |length: &str, parts: &[&'static str], then| {
        let mut all: Vec<_> = headers.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        all.push(("content-length", length.to_owned()));
        Canned::Reply(206, all, chunks(parts, then))
    };
    let second = Canned::Reply(
        206,
        vec![("etag", MD5.into()), ("content-range", "bytes 4-7/11".into())],
        chunks(&["o wo"], None),
    );
    let script = Scripted::new([first("6", &["ll"], Some(Wire::Reset)), second]);
    let mut stream = open(&script, get().range(ByteRange::new(2..8).unwrap())).await;
    assert_eq!(read(&mut stream).await.0, "llo wo");
    assert_eq!(script.seen()[1].header("range"), "bytes=4-7");
    assert_eq!(stream.verdict(), Verdict::NotVerified(NotVerified::PartOfObject));
}

#[tokio::test(start_paused = true)]
async fn a_changed_object_is_noticed() {
    for second in [
        refusal(412, "PreconditionFailed", "At least one ... did not hold."),
        rest("\"other\"", 3, &["lo world"], None), // a server that ignores If-Match
        rest(MD5, 4, &["o world"], None),          // or the range
    ] {
        let script = Scripted::new([whole(&[("etag", MD5)], &["hel"], Some(Wire::Reset)), second]);
        let mut stream = open(&script, get()).await;
        let (text, error) = read(&mut stream).await;
        assert_eq!((text.as_str(), error.unwrap().kind()), ("hel", ErrorKind::ObjectChanged));
    }
}

#[tokio::test(start_paused = true)]
async fn reconnects_are_bounded() {
    let broken = |_| rest(MD5, 3, &[], Some(Wire::Reset));
    let script = Scripted::new(
        std::iter::once(whole(&[("etag", MD5)], &["hel"], Some(Wire::Reset)))
            .chain((0..crate::limits::RECONNECTS_MAX).map(broken)),
    );
    let mut stream = open(&script, get()).await;
    let (text, error) = read(&mut stream).await;
    assert_eq!((text.as_str(), error.unwrap().kind()), ("hel", ErrorKind::Reset));
    assert_eq!(stream.reconnected(), crate::limits::RECONNECTS_MAX);
}

#[tokio::test]
async fn a_flipped_byte_is_found() {
    let multipart = [("etag", "\"x-2\""), ("x-amz-checksum-crc64nvme", CRC)];
    for headers in [&[("etag", MD5)][..], &multipart] {
        let script = Scripted::new([whole(headers, &["hello", " worle"], None)]);
        let mut stream = open(&script, get()).await;
        let (_, error) = read(&mut stream).await;
        assert_eq!(error.unwrap().kind(), ErrorKind::ChecksumMismatch);
        assert_eq!(stream.verdict(), Verdict::Mismatch);
    }
}

#[tokio::test]
async fn the_verdict_says_what_was_compared() {
    let crc = ("x-amz-checksum-crc64nvme", CRC);
    let multipart = ("etag", "\"5eb63bbbe01eeed093cb22bb8f5acdc3-2\"");
    let of_md5 = Verdict::Verified(ChecksumAlgorithm::Md5);
    let of_crc = Verdict::Verified(ChecksumAlgorithm::Crc64Nvme);
    let nothing = Verdict::NotVerified(NotVerified::NoChecksum);
    let composite = ("x-amz-checksum-type", "COMPOSITE");
    let kms = ("x-amz-server-side-encryption", "aws:kms");
    let weak = ("etag", "W/\"5eb63bbbe01eeed093cb22bb8f5acdc3\"");
    let cases: [(&[(&str, &str)], Verdict); 7] = [
        (&[("etag", MD5)], of_md5),
        (&[("etag", MD5), crc], of_crc),
        (&[multipart, crc], of_crc),
        (&[multipart], nothing),
        (&[multipart, crc, composite], nothing),
        (&[("etag", MD5), kms], nothing),
        (&[weak], Verdict::NotVerified(NotVerified::Recoded)),
    ];
    for (headers, verdict) in cases {
        let script = Scripted::new([whole(headers, &[TEXT], None)]);
        let mut stream = open(&script, get()).await;
        assert_eq!(read(&mut stream).await.0, TEXT);
        assert_eq!(stream.verdict(), verdict, "{headers:?}");
    }
    let script = Scripted::new([whole(&[("etag", MD5)], &["other text!"], None)]);
    let mut stream = open(&script, get()).await.without_verification();
    assert!(read(&mut stream).await.1.is_none());
    assert_eq!(stream.verdict(), Verdict::NotVerified(NotVerified::Declined));
}

#[tokio::test(start_paused = true)]
async fn a_recoded_reply_cannot_be_taken_up_again() {
    // the edge decompressed: no length, and bytes that the object does not have
    let headers = vec![("etag", MD5.to_owned())];
    let recoded = Canned::Reply(200, headers, chunks(&["hel"], Some(Wire::Reset)));
    let script = Scripted::new([recoded]);
    let mut stream = open(&script, get()).await;
    let (_, error) = read(&mut stream).await;
    assert_eq!(error.unwrap().kind(), ErrorKind::Reset);
}

#[tokio::test]
async fn more_than_announced_is_an_error() {
    let script = Scripted::new([whole(&[("etag", MD5)], &[TEXT, "!"], None)]);
    let mut stream = open(&script, get()).await;
    let (text, error) = read(&mut stream).await;
    assert_eq!((text.as_str(), error.unwrap().kind()), (TEXT, ErrorKind::UnexpectedReply));
}

#[tokio::test(start_paused = true)]
async fn the_reader_brings_his_key_again() {
    let script = Scripted::new([
        whole(&[("etag", MD5)], &["hel"], Some(Wire::Reset)),
        rest(MD5, 3, &["lo world"], None),
    ]);
    let key = SseCustomerKey::new([7; 32]);
    let mut stream = open(&script, get().customer_key(key)).await;
    read(&mut stream).await;
    for request in script.seen() {
        assert_ne!(request.header("x-amz-server-side-encryption-customer-key"), "");
    }
}

#[tokio::test]
async fn what_is_collected_is_bounded() {
    let script = Scripted::new([
        whole(&[("etag", MD5)], &["hello", " world"], None),
        whole(&[("etag", MD5)], &[TEXT], None),
        Canned::Reply(200, vec![("etag", "x".into())], chunks(&["hello", " world"], None)),
    ]);
    assert_eq!(open(&script, get()).await.collect(11).await.unwrap(), TEXT);
    for _ in 0..2 {
        let error = open(&script, get()).await.collect(10).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ReplyTooLarge);
        assert_eq!(error.operation(), Some("GetObject"));
    }
}

#[tokio::test]
async fn an_empty_object_is_one() {
    let headers = vec![("etag", "\"d41d8cd98f00b204e9800998ecf8427e\"".into())];
    let empty = [("content-length", "0".to_owned())].into_iter().chain(headers).collect();
    let script = Scripted::new([Canned::Reply(200, empty, vec![])]);
    let stream = open(&script, get()).await;
    assert_eq!(stream.collect(0).await.unwrap(), "");
}
