//! What is recorded from servers and replayed in tests: the same transfers.
//! `examples/record_transfers.rs` runs them on a server, `replayed.rs` on the recordings.

use bytes::Bytes;
use futures_util::stream;
use r2_multipart::machine::Concurrency;
use r2_multipart::{
    CompletedPart, DownloadOptions, MultipartExt as _, PartNumber, PartSize, Sink, Source,
    TransferOptions, UploadOptions, download, upload,
};
use r2_objects::{BoxFuture, BucketName, Client, ErrorKind, ObjectKey};
use r2_sim::Noise;

const MIB: u64 = 1 << 20;
const LARGE_BYTES: u64 = 100 * MIB;
const PART_BYTES: u64 = 10 * MIB;

/// What the large object is made of.
pub(crate) const NOISE: Noise = Noise::new(100);

/// One scenario: the name of its file, and its calls. It begins with an empty bucket.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) play: for<'a> fn(&'a Client, &'a BucketName) -> BoxFuture<'a, ()>,
}

pub(crate) const SCENARIOS: [Scenario; 2] = [
    Scenario { name: "large-object", play: |client, bucket| Box::pin(large(client, bucket)) },
    Scenario { name: "upload-by-hand", play: |client, bucket| Box::pin(by_hand(client, bucket)) },
];

fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text).unwrap()
}

/// 100 MiB up in parts, four at once, and down again in ranges.
async fn large(client: &Client, bucket: &BucketName) {
    let transfer = || {
        TransferOptions::new()
            .part_size(PartSize::new(PART_BYTES).unwrap())
            .concurrency(Concurrency::new(4))
    };
    let pieces = (0..LARGE_BYTES / MIB).map(|at| Ok(NOISE.bytes(at * MIB..(at + 1) * MIB)));
    let source = Source::stream(stream::iter(pieces));
    let options = UploadOptions::new().transfer(transfer());
    let uploaded = upload(client, bucket, &key("large ü"), source, options).await.unwrap();
    assert_eq!((uploaded.bytes, uploaded.parts), (LARGE_BYTES, 10));

    let options = DownloadOptions::new().transfer(transfer());
    let sink = Sink::writer(tokio::io::sink());
    let downloaded = download(client, bucket, &key("large ü"), sink, options).await.unwrap();
    assert_eq!((downloaded.bytes, downloaded.parts), (LARGE_BYTES, 10));
    assert_eq!(downloaded.info.etag, uploaded.etag);
    if let Some(sent) = uploaded.crc64 {
        assert_eq!(downloaded.crc64, sent);
    }
}

/// Request by request: one upload that is completed, one that is given up.
async fn by_hand(client: &Client, bucket: &BucketName) {
    const FIVE_MIB: u64 = 5 * MIB;
    let multipart = client.multipart();
    let first = PartNumber::FIRST;
    let last = PartNumber::new(2).unwrap();
    let open = multipart.create(bucket, "by hand").await.unwrap();
    let one = open.upload_part(first, NOISE.bytes(0..FIVE_MIB)).await.unwrap();
    let two = open.upload_part(last, Bytes::from_static(b"the end")).await.unwrap();
    let parts = [(first, one), (last, two)]
        .map(|(number, part)| CompletedPart::new(number, part.etag, part.crc64));
    let done = open.complete(parts.into()).await.unwrap();
    assert!(done.etag.as_str().ends_with("-2"));
    let info = client.objects().head(bucket, "by hand").await.unwrap();
    assert_eq!(info.size, Some(FIVE_MIB + 7));

    let open = multipart.create(bucket, "by hand").await.unwrap();
    let gone = multipart.open(bucket, "by hand", open.upload_id()).unwrap();
    open.abort().await.unwrap();
    let error = gone.upload_part(first, Bytes::from_static(b"late")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchUpload);
}
