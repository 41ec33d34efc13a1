//! What is recorded from servers and replayed in tests: the same calls, with what holds on every
//! server. `examples/record_objects.rs` runs them on a server, `replayed.rs` on the recordings.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use http::Request;
use r2_objects::{
    Body, BoxFuture, BucketName, ByteRange, Checksum, ChecksumAlgorithm, Client, Conditional,
    CopyObject, ErrorKind, GetObject, ListObjects, ListObjectsV2, Metadata, MetadataDirective,
    ObjectAttributes, ObjectKey, Precondition, PutObject, PutOutcome, Transport,
};

/// A client with a bucket, and the wire that its requests go through.
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) wire: Arc<dyn Transport>,
    pub(crate) bucket: BucketName,
}

/// One scenario: the name of its file, and its calls. It begins with an empty bucket.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) play: fn(&Stage) -> BoxFuture<'_, ()>,
}

pub(crate) const SCENARIOS: [Scenario; 8] = [
    Scenario { name: "objects", play: |stage| Box::pin(objects(stage)) },
    Scenario { name: "conditions", play: |stage| Box::pin(conditions(stage)) },
    Scenario { name: "ranges", play: |stage| Box::pin(ranges(stage)) },
    Scenario { name: "listings", play: |stage| Box::pin(listings(stage)) },
    Scenario { name: "copies", play: |stage| Box::pin(copies(stage)) },
    Scenario { name: "errors", play: |stage| Box::pin(errors(stage)) },
    Scenario { name: "presigned", play: |stage| Box::pin(presigned(stage)) },
    Scenario { name: "buckets", play: |stage| Box::pin(buckets(stage)) },
];

const AWKWARD: [&str; 8] =
    ["a b", "a+b", "ü/é \u{1f980}", "!'()*", "a#b?c&d=e%41", "a//b", "trailing/", "~._-"];

impl Stage {
    fn put(&self, key: &str, body: &str) -> PutObject {
        PutObject::new(self.bucket.clone(), self::key(key), body.to_owned())
    }

    fn get(&self, key: &str) -> GetObject {
        GetObject::new(self.bucket.clone(), self::key(key))
    }

    async fn read(&self, get: GetObject) -> Vec<u8> {
        let stream = self.client.objects().get_stream(get).await.unwrap();
        stream.collect(1 << 20).await.unwrap().to_vec()
    }
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text).unwrap()
}

/// Keys that are hard to spell, with metadata; an empty object; overwritten and deleted ones.
async fn objects(stage: &Stage) {
    let objects = stage.client.objects();
    for name in AWKWARD {
        let metadata = Metadata::new().with("names", "Zoë").unwrap();
        let put = stage.put(name, name).content_type("text/plain").metadata(metadata);
        stage.client.send(put).await.unwrap();
        let object = objects.get(&stage.bucket, name).await.unwrap();
        assert_eq!(object.body, name.as_bytes(), "{name}");
        assert_eq!(object.info.attributes.metadata.get("names"), Some("Zoë"), "{name}");
        assert_eq!(object.info.attributes.content_type.as_deref(), Some("text/plain"), "{name}");
    }
    objects.put(&stage.bucket, "empty", "").await.unwrap();
    assert_eq!(objects.head(&stage.bucket, "empty").await.unwrap().size, Some(0));
    for body in ["one", "another"] {
        objects.put(&stage.bucket, "twice", body).await.unwrap();
        assert_eq!(objects.get(&stage.bucket, "twice").await.unwrap().body, body.as_bytes());
    }
    objects.delete(&stage.bucket, "twice").await.unwrap();
    assert!(objects.get(&stage.bucket, "twice").await.unwrap_err().is_not_found());
    objects.delete(&stage.bucket, "twice").await.unwrap();
}

/// Create-only writes, and reads of what is known already.
async fn conditions(stage: &Stage) {
    let create = || stage.put("lock", "mine").condition(Precondition::absent());
    let stored = stage.client.send(create()).await.unwrap().stored().unwrap();
    assert_eq!(stage.client.send(create()).await.unwrap(), PutOutcome::AlreadyExists);
    let unchanged = Precondition::unchanged(stored.etag.clone());
    assert_eq!(stage.read(stage.get("lock").condition(unchanged)).await, b"mine");
    let changed = stage.get("lock").condition(Precondition::changed(stored.etag.clone()));
    let answer = stage.client.objects().get_stream_if(changed).await.unwrap();
    assert!(matches!(answer, Conditional::NotModified { .. }));
    stage.client.send(stage.put("lock", "other")).await.unwrap();
    let stale = stage.get("lock").condition(Precondition::unchanged(stored.etag));
    let error = stage.client.objects().get_stream(stale).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
}

/// First, middle and last bytes; and none.
async fn ranges(stage: &Stage) {
    stage.client.send(stage.put("digits", "0123456789")).await.unwrap();
    for (range, expected) in [
        (ByteRange::new(0..1).unwrap(), "0"),
        (ByteRange::new(3..7).unwrap(), "3456"),
        (ByteRange::from_offset(8), "89"),
        (ByteRange::suffix(3).unwrap(), "789"),
        (ByteRange::new(5..1000).unwrap(), "56789"),
    ] {
        let bytes = stage.read(stage.get("digits").range(range)).await;
        assert_eq!(bytes, expected.as_bytes(), "{range:?}");
    }
    let beyond = stage.get("digits").range(ByteRange::from_offset(10));
    let error = stage.client.objects().get_stream(beyond).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRange);
}

/// Pages, folders, both versions.
async fn listings(stage: &Stage) {
    let objects = stage.client.objects();
    let names = ["a/1", "a/2", "b", "c d", "e+f", "g/h/i", "ü"];
    for name in names {
        objects.put(&stage.bucket, name, name).await.unwrap();
    }
    let list = || ListObjectsV2::new(stage.bucket.clone());
    let listed: Vec<_> = objects
        .list_entries(list().max_keys(3))
        .map_ok(|entry| entry.object().unwrap().key.to_string())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed, names);
    let page = objects.list(list().delimiter("/")).await.unwrap();
    assert_eq!(page.prefixes, ["a/", "g/"]);
    assert_eq!(page.objects.len(), 4);
    let page = objects.list(list().prefix("a/").start_after("a/1")).await.unwrap();
    assert_eq!(page.objects.len(), 1);
    assert_eq!(page.objects[0].size, 3);
    let page = objects.list(list().prefix("none")).await.unwrap();
    assert!(page.objects.is_empty() && page.next_token.is_none());
    let first = ListObjects::new(stage.bucket.clone()).max_keys(5);
    let page = objects.list_v1(first.clone()).await.unwrap();
    let marker = page.next_marker.unwrap_or_else(|| page.objects[4].key.to_string());
    let page = objects.list_v1(first.marker(marker)).await.unwrap();
    assert_eq!(page.objects.len(), 2);
}

/// Copies with and without new metadata, and many deletes in one.
async fn copies(stage: &Stage) {
    let objects = stage.client.objects();
    let metadata = |value: &str| Metadata::new().with("colour", value).unwrap();
    stage.client.send(stage.put("from ü", "body").metadata(metadata("red"))).await.unwrap();
    let copy = |to: &str| {
        let bucket = || stage.bucket.clone();
        CopyObject::new(bucket(), key("from ü"), bucket(), key(to))
    };
    objects.copy(copy("same")).await.unwrap();
    let attributes = ObjectAttributes::new().metadata(metadata("blue"));
    let replaced = copy("replaced").metadata_directive(MetadataDirective::Replace, attributes);
    objects.copy(replaced).await.unwrap();
    for (name, colour) in [("same", "red"), ("replaced", "blue")] {
        let object = objects.get(&stage.bucket, name).await.unwrap();
        assert_eq!(object.body, "body");
        assert_eq!(object.info.attributes.metadata.get("colour"), Some(colour));
    }
    let bucket = || stage.bucket.clone();
    let missing = CopyObject::new(bucket(), key("none"), bucket(), key("to"));
    assert!(objects.copy(missing).await.unwrap_err().is_not_found());
    let keys = ["from ü", "same", "replaced", "never there"].map(key);
    let result = objects.delete_objects(&stage.bucket, keys).await.unwrap();
    assert_eq!(result.failed, []);
    assert!(objects.head(&stage.bucket, "same").await.unwrap_err().is_not_found());
}

/// What servers say when something is wrong.
async fn errors(stage: &Stage) {
    let objects = stage.client.objects();
    let nowhere = BucketName::new("no-such-bucket-anywhere").unwrap();
    let error = objects.get(&stage.bucket, "none").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchKey);
    assert!(objects.head(&stage.bucket, "none").await.unwrap_err().is_not_found());
    let error = objects.get(&nowhere, "none").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
    let error = objects.list(ListObjectsV2::new(nowhere)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
    let wrong = Checksum::new(ChecksumAlgorithm::Md5, [7; 16]).unwrap();
    let error = stage.client.send(stage.put("bad", "body").checksum(wrong)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadDigest);
    assert!(objects.head(&stage.bucket, "bad").await.unwrap_err().is_not_found());
}

/// A URL that needs no key, fetched without one.
async fn presigned(stage: &Stage) {
    stage.client.send(stage.put("shared ü.txt", "hello")).await.unwrap();
    let hour = Duration::from_secs(3600);
    let url = stage.client.presign().get(&stage.bucket, "shared ü.txt", hour).unwrap();
    let request = Request::get(url.url()).body(Body::empty()).unwrap();
    let response = stage.wire.send(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.into_body().collect(100).await.unwrap(), "hello");
}

/// A bucket's life.
async fn buckets(stage: &Stage) {
    let buckets = stage.client.buckets();
    let name = BucketName::new("fixtures-bucket").unwrap();
    assert!(!buckets.exists(&name).await.unwrap());
    buckets.create(&name).await.unwrap();
    assert!(buckets.exists(&name).await.unwrap());
    let listed: Vec<_> = buckets.list(Default::default()).try_collect().await.unwrap();
    assert!(listed.iter().any(|bucket| bucket.name == name));
    stage.client.objects().put(&name, "in the way", "x").await.unwrap();
    let error = buckets.delete(&name).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BucketNotEmpty);
    stage.client.objects().delete(&name, "in the way").await.unwrap();
    buckets.delete(&name).await.unwrap();
    assert!(!buckets.exists(&name).await.unwrap());
}
