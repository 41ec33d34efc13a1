//! A large upload and a large download hold little memory: measured on the process itself.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![cfg(target_os = "linux")]

use http::{Method, Request, Response};
use r2_multipart::{
    DownloadOptions, Sink, Source, TransferOptions, UploadOptions, download, upload,
};
use r2_objects::{BucketName, Client, ObjectKey};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

/// One GiB.
const LENGTH: u64 = 1 << 30;
/// What the transfers may add to what the process holds anyway.
const BYTES_MAX: u64 = 64 << 20;

/// Takes every part and keeps nothing; gives zeros.
#[derive(Clone, Debug)]
struct BlackHole;

impl Transport for BlackHole {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, mut body) = request.into_parts();
            while let Some(chunk) = body.next_chunk().await {
                chunk.unwrap();
                tokio::task::yield_now().await;
            }
            let query = head.uri.query().unwrap_or_default();
            let reply = Response::builder().header("etag", "\"00000000000000000000000000000000\"");
            let text = match head.method {
                Method::POST if query.contains("uploads") => {
                    "<InitiateMultipartUploadResult><UploadId>u</UploadId>\
                     </InitiateMultipartUploadResult>"
                }
                Method::POST => {
                    "<CompleteMultipartUploadResult><ETag>&quot;e-1&quot;</ETag>\
                     </CompleteMultipartUploadResult>"
                }
                Method::GET => return Ok(zeros(&head)),
                _ => "",
            };
            Ok(reply.body(Body::from(text)).unwrap())
        })
    }
}

fn zeros(head: &http::request::Parts) -> Response<Body> {
    let range = head
        .headers
        .get("range")
        .map_or(format!("bytes=0-{}", LENGTH - 1), |range| range.to_str().unwrap().to_owned());
    let (first, last) = range.trim_start_matches("bytes=").split_once('-').unwrap();
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    let chunk = bytes::Bytes::from_static(&[0; 65_536]);
    let mut left = last + 1 - first;
    let chunks = std::iter::from_fn(move || {
        let length = left.min(chunk.len() as u64);
        left -= length;
        let length = usize::try_from(length).unwrap();
        (length > 0).then(|| Ok::<_, std::io::Error>(chunk.slice(..length)))
    });
    let body = Body::one_shot(futures_util::stream::iter(chunks), Some(last + 1 - first));
    let reply = Response::builder()
        .header("etag", "\"e-1\"")
        .header("content-length", last + 1 - first)
        .header("content-range", format!("bytes {first}-{last}/{LENGTH}"))
        .status(if head.headers.contains_key("range") { 206 } else { 200 });
    reply.body(body).unwrap()
}

/// The most memory that the process has held so far, in bytes.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1024
}

#[tokio::test]
async fn a_gibibyte_goes_both_ways_in_less_than_64_mib() {
    let client =
        Client::builder().endpoint("https://r2.local").transport(BlackHole).build().unwrap();
    let (bucket, key) = (BucketName::new("bucket").unwrap(), ObjectKey::new("key").unwrap());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sparse");
    std::fs::File::create(&path).unwrap().set_len(LENGTH).unwrap();
    let before = peak_bytes();

    let source = Source::file(&path);
    let uploaded = upload(&client, &bucket, &key, source, UploadOptions::new()).await.unwrap();
    assert_eq!((uploaded.bytes, uploaded.parts), (LENGTH, 103));
    let length = LENGTH / 4;
    let reader = Source::reader(tokio::io::AsyncReadExt::take(tokio::io::repeat(0), length));
    let options = UploadOptions::from(TransferOptions::new());
    let uploaded = upload(&client, &bucket, &key, reader, options).await.unwrap();
    assert_eq!((uploaded.bytes, uploaded.parts), (length, 26));

    let sink = Sink::writer(tokio::io::sink());
    let options = DownloadOptions::new().without_verification();
    let downloaded = download(&client, &bucket, &key, sink, options).await.unwrap();
    assert_eq!(downloaded.bytes, LENGTH);

    let held = peak_bytes() - before;
    println!("{} MiB", held >> 20);
    assert!(held < BYTES_MAX, "{} MiB", held >> 20);
}
