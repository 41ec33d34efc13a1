//! Every operation on objects, as the local R2 answers it.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use r2_objects::{
    ByteRange, Checksum, ChecksumAlgorithm, Conditional, CopyObject, Crc64Nvme, ErrorKind,
    GetObject, HeadObject, LastModified, ListObjects, ListObjectsV2, ListedEntry, Metadata,
    MetadataDirective, ObjectAttributes, Operation, Precondition, PutObject, PutOutcome,
    SseCustomerKey, StorageClass, Verdict,
};

use crate::world::{World, bucket, key};

/// Keys that other clients have mangled.
const AWKWARD: [&str; 22] = [
    "a",
    "a b",
    " leading and trailing ",
    "a+b",
    "a%20b",
    "100%",
    "a#b?c&d=e",
    "a//b",
    "//",
    "/",
    "trailing/",
    "a/./b",
    "a/../b",
    "..",
    ".",
    "ü/é",
    "\u{1f980}",
    "!'()*~-_.",
    "a\\b|c\"d<e>",
    "tab\tand\nnewline\r",
    "\u{1}\u{7f}",
    "\u{feff}bom",
];

#[tokio::test]
async fn every_key_comes_back_exactly() {
    let world = World::new().await;
    let objects = world.client.objects();
    let long = "ä".repeat(512);
    let keys: Vec<&str> = AWKWARD.into_iter().chain([long.as_str()]).collect();
    for name in &keys {
        objects.put("photos", *name, (*name).to_owned()).await.unwrap();
    }
    for name in &keys {
        let object = objects.get("photos", *name).await.unwrap();
        assert_eq!(object.body, name.as_bytes(), "{name:?}");
        assert_eq!(objects.head("photos", *name).await.unwrap().etag, object.info.etag);
    }
    let mut listed: Vec<_> = objects
        .list_all("photos")
        .unwrap()
        .map_ok(|entry| entry.object().unwrap().key.as_str().to_owned())
        .try_collect()
        .await
        .unwrap();
    listed.sort();
    let mut expected = keys.clone();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    // copied, deleted one by one and in batches: the key is the same everywhere
    for name in &keys {
        let copy = CopyObject::new(bucket(), key(name), bucket(), key("copy"));
        objects.copy(copy).await.unwrap();
        assert_eq!(objects.get("photos", "copy").await.unwrap().body, name.as_bytes());
    }
    objects.delete("photos", "copy").await.unwrap();
    let result = objects.delete_objects("photos", keys.iter().map(|name| key(name))).await.unwrap();
    assert_eq!((result.deleted.len(), result.failed.len()), (keys.len(), 0));
    assert_eq!(objects.list_all("photos").unwrap().count().await, 0);
}

#[tokio::test]
async fn contents_come_back_verified() {
    let world = World::new().await;
    let objects = world.client.objects();
    for length in [0_usize, 1, 5, 1 << 20, (1 << 20) + 1, 3_000_000] {
        let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let stored = objects.put("photos", "a", content.clone()).await.unwrap();
        let crc = Crc64Nvme::of(&content).checksum();
        assert!(stored.checksums.contains(&crc), "{length}");
        let mut stream = objects.get_stream(GetObject::new(bucket(), key("a"))).await.unwrap();
        let mut back = Vec::new();
        while let Some(chunk) = stream.next_chunk().await {
            back.extend_from_slice(&chunk.unwrap());
        }
        assert!(back == content, "{length}");
        assert_eq!(stream.verdict(), Verdict::Verified(ChecksumAlgorithm::Crc64Nvme));
        assert_eq!(stream.info().size, Some(u64::try_from(length).unwrap()));
    }
}

#[tokio::test]
async fn a_stream_of_known_length_is_one_object() {
    let world = World::new().await;
    let stream =
        || futures_util::stream::iter(["hel", "lo"].map(|t| Ok::<_, std::io::Error>(t.into())));
    world.client.objects().put_stream("photos", "a", stream(), 5).await.unwrap();
    assert_eq!(world.client.objects().get("photos", "a").await.unwrap().body, "hello");
    // another length than announced leaves the old object
    for announced in [4, 6] {
        let result = world.client.objects().put_stream("photos", "a", stream(), announced).await;
        assert!(result.is_err(), "{announced}");
    }
    assert_eq!(world.client.objects().get("photos", "a").await.unwrap().body, "hello");
}

#[tokio::test]
async fn attributes_are_kept() {
    let world = World::new().await;
    let attributes = ObjectAttributes::new()
        .content_type("text/plain; charset=utf-8")
        .cache_control("max-age=60")
        .content_disposition("attachment; filename=\"a.txt\"")
        .content_encoding("x-none")
        .content_language("de, en")
        .expires(LastModified::parse_iso("2030-01-01T00:00:00Z").unwrap())
        .metadata(
            Metadata::new()
                .with("plain", "value with  two blanks")
                .unwrap()
                .with("names", "Zoë \u{1f980} =?UTF-8?B?YQ==?=")
                .unwrap()
                .with("long", "ü".repeat(300))
                .unwrap(),
        )
        .storage_class(StorageClass::InfrequentAccess);
    let put = PutObject::new(bucket(), key("a"), "x").attributes(attributes.clone());
    world.client.send(put).await.unwrap();
    let head = world.client.objects().head("photos", "a").await.unwrap();
    assert_eq!(head.attributes, attributes);
    let noon = LastModified::from(world.now());
    assert_eq!(head.last_modified, Some(noon));
    // Infrequent Access is billed apart, also when it is read
    let usage = world.client.usage();
    assert_eq!((usage.infrequent_class_a, usage.infrequent_class_b), (1, 1));
    world.client.objects().get("photos", "a").await.unwrap();
    assert_eq!(world.client.usage().retrieved_bytes, 1);
}

#[tokio::test]
async fn ranges() {
    let world = World::new().await;
    let objects = world.client.objects();
    objects.put("photos", "a", "hello world").await.unwrap();
    for (range, text) in [
        (ByteRange::new(0..5).unwrap(), "hello"),
        (ByteRange::new(6..100).unwrap(), "world"),
        (ByteRange::from_offset(6), "world"),
        (ByteRange::suffix(5).unwrap(), "world"),
        (ByteRange::suffix(100).unwrap(), "hello world"),
    ] {
        let get = GetObject::new(bucket(), key("a")).range(range);
        let stream = objects.get_stream(get).await.unwrap();
        assert_eq!(stream.info().size, Some(11));
        let part = stream.info().content_range.clone().unwrap();
        assert_eq!(Some(part.range), range.resolve(11));
        assert_eq!(stream.collect(100).await.unwrap(), text);
    }
    let get = GetObject::new(bucket(), key("a")).range(ByteRange::from_offset(11));
    let error = objects.get_stream(get).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRange);
}

#[tokio::test]
async fn conditional_reads() {
    let world = World::new().await;
    let stored = world.client.objects().put("photos", "a", "x").await.unwrap();
    let get = || GetObject::new(bucket(), key("a"));
    let unchanged = Precondition::unchanged(stored.etag.clone());
    let changed = Precondition::changed(stored.etag.clone());
    assert!(world.client.send(get().condition(unchanged)).await.unwrap().met().is_ok());
    let outcome = world.client.send(get().condition(changed.clone())).await.unwrap();
    let Conditional::NotModified { etag } = outcome else { panic!("{outcome:?}") };
    assert_eq!(etag, Some(stored.etag));
    let head = HeadObject::new(bucket(), key("a")).condition(changed);
    assert!(matches!(world.client.send(head).await.unwrap(), Conditional::NotModified { .. }));
    let other = Precondition::unchanged(r2_objects::ETag::parse("other").unwrap());
    let error = world.client.send(get().condition(other)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    let later = Precondition::IfModifiedSince(world.now() + Duration::from_secs(60));
    let outcome = world.client.send(get().condition(later)).await.unwrap();
    assert!(matches!(outcome, Conditional::NotModified { .. }));
}

#[tokio::test]
async fn conditional_writes() {
    let world = World::new().await;
    let objects = world.client.objects();
    let PutOutcome::Stored(first) = objects.create("photos", "a", "1").await.unwrap() else {
        panic!("nothing was there")
    };
    assert_eq!(objects.create("photos", "a", "2").await.unwrap(), PutOutcome::AlreadyExists);
    let update =
        |etag| PutObject::new(bucket(), key("a"), "3").condition(Precondition::unchanged(etag));
    let second = world.client.send(update(first.etag.clone())).await.unwrap().stored().unwrap();
    let error = world.client.send(update(first.etag)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    assert_eq!(objects.head("photos", "a").await.unwrap().etag, second.etag);
    // on R2 a condition on what is not there fails with 412, not 404
    let absent =
        PutObject::new(bucket(), key("none"), "x").condition(Precondition::unchanged(second.etag));
    let error = world.client.send(absent).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
}

#[tokio::test]
async fn copies_with_every_directive() {
    let world = World::new().await;
    let metadata = |name: &str, value: &str| Metadata::new().with(name, value).unwrap();
    let source = ObjectAttributes::new().content_type("text/plain").metadata(metadata("a", "1"));
    world.client.send(PutObject::new(bucket(), key("s"), "x").attributes(source)).await.unwrap();
    let copy = || CopyObject::new(bucket(), key("s"), bucket(), key("d"));
    let read = || async {
        let info = world.client.objects().head("photos", "d").await.unwrap();
        let names: Vec<_> =
            info.attributes.metadata.iter().map(|(name, _)| name.to_owned()).collect();
        (info.attributes.content_type.unwrap_or_default(), names.join(","))
    };
    let new = || ObjectAttributes::new().content_type("text/html").metadata(metadata("b", "2"));

    world.client.send(copy()).await.unwrap();
    assert_eq!(read().await, ("text/plain".into(), "a".into()));
    let replace = copy().metadata_directive(MetadataDirective::Replace, new());
    world.client.send(replace).await.unwrap();
    assert_eq!(read().await, ("text/html".into(), "b".into()));
    let merge = copy().metadata_directive(MetadataDirective::Merge, new());
    let copied = world.client.send(merge).await.unwrap();
    assert_eq!(read().await, ("text/html".into(), "a,b".into()));
    assert_eq!(copied.etag, world.client.objects().head("photos", "d").await.unwrap().etag);
}

#[tokio::test]
async fn copies_with_both_kinds_of_condition() {
    let world = World::new().await;
    let objects = world.client.objects();
    let source = objects.put("photos", "s", "1").await.unwrap();
    let copy = || CopyObject::new(bucket(), key("s"), bucket(), key("d"));
    let absent = || copy().destination_condition(Precondition::absent());
    objects.copy(absent()).await.unwrap();
    let error = objects.copy(absent()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    let same = copy().source_condition(Precondition::unchanged(source.etag.clone()));
    objects.copy(same).await.unwrap();
    let changed = copy().source_condition(Precondition::changed(source.etag));
    assert_eq!(objects.copy(changed).await.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    let missing = CopyObject::new(bucket(), key("none"), bucket(), key("d"));
    assert!(objects.copy(missing).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn listings_page_by_page() {
    let world = World::new().await;
    let objects = world.client.objects();
    for at in 0..25 {
        objects.put("photos", format!("{}/{at:02}", at % 3), "x").await.unwrap();
    }
    objects.put("photos", "top", "x").await.unwrap();
    let list = || ListObjectsV2::new(bucket());
    // pages of any size give the same whole
    for size in [1, 7, 26, 1000] {
        let entries: Vec<_> =
            objects.list_entries(list().max_keys(size)).try_collect().await.unwrap();
        assert_eq!(entries.len(), 26, "pages of {size}");
    }
    let pages: Vec<_> = objects.list_pages(list().max_keys(10)).try_collect().await.unwrap();
    assert_eq!(pages.len(), 3);
    let grouped: Vec<_> = objects
        .list_entries(list().delimiter("/").max_keys(1))
        .map_ok(|entry| match entry {
            ListedEntry::Object(object) => object.key.to_string(),
            ListedEntry::Prefix(prefix) => prefix,
        })
        .try_collect()
        .await
        .unwrap();
    assert_eq!(grouped, ["0/", "1/", "2/", "top"]);
    let page = objects.list(list().prefix("1/").start_after("1/13")).await.unwrap();
    let keys: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["1/16", "1/19", "1/22"]);
    assert_eq!(page.objects[0].size, 1);
    assert!(page.objects[0].etag.is_some());

    // the first version gives the same
    let mut marker: Option<String> = None;
    let mut found = 0;
    loop {
        let list = ListObjects::new(bucket()).max_keys(10);
        let page = objects
            .list_v1(marker.take().map_or(list.clone(), |marker| list.marker(marker)))
            .await
            .unwrap();
        found += page.objects.len();
        let Some(next) = page.next_marker else { break };
        marker = Some(next);
    }
    assert_eq!(found, 26);
}

#[tokio::test]
async fn a_missing_object_and_a_missing_bucket() {
    let world = World::new().await;
    let objects = world.client.objects();
    let kind = |result: Result<_, r2_objects::Error>| result.map(drop).unwrap_err().kind();
    assert_eq!(kind(objects.get("photos", "none").await), ErrorKind::NoSuchKey);
    assert_eq!(kind(objects.get("nowhere", "none").await), ErrorKind::NoSuchBucket);
    assert_eq!(objects.head("photos", "none").await.unwrap_err().kind(), ErrorKind::NotFound);
    objects.delete("photos", "none").await.unwrap();
    assert_eq!(objects.put("nowhere", "a", "x").await.unwrap_err().kind(), ErrorKind::NoSuchBucket);
    let put = PutObject::new("made-now".try_into().unwrap(), key("a"), "x");
    world.client.send(put.create_bucket_if_missing()).await.unwrap();
    assert_eq!(objects.get("made-now", "a").await.unwrap().body, "x");
}

#[tokio::test]
async fn customer_keys() {
    let world = World::new().await;
    let secret = SseCustomerKey::new([7; 32]);
    let put = PutObject::new(bucket(), key("a"), "x").customer_key(secret.clone());
    world.client.send(put).await.unwrap();
    let get = || GetObject::new(bucket(), key("a"));
    assert!(world.client.send(get()).await.is_err());
    let fetched = world.client.send(get().customer_key(secret.clone())).await.unwrap();
    let fetched = fetched.met().unwrap();
    assert!(fetched.info.customer_encrypted);
    assert_eq!(fetched.body.collect(10).await.unwrap(), "x");
    let copy = CopyObject::new(bucket(), key("a"), bucket(), key("b")).source_customer_key(secret);
    world.client.objects().copy(copy).await.unwrap();
    assert_eq!(world.client.objects().get("photos", "b").await.unwrap().body, "x");
}

#[tokio::test]
async fn a_checksum_that_is_wrong_is_refused() {
    let world = World::new().await;
    for algorithm in [
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32c,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
        ChecksumAlgorithm::Md5,
    ] {
        let wrong = Checksum::new(algorithm, vec![1; algorithm.len_bytes()]).unwrap();
        let put = PutObject::new(bucket(), key("a"), "x").checksum(wrong);
        let error = world.client.send(put).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadDigest, "{algorithm:?}");
    }
    assert!(world.client.objects().head("photos", "a").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn presigned_requests_are_accepted_until_their_end() {
    let world = World::new().await;
    let presign = world.client.presign();
    let hour = Duration::from_secs(3600);
    let spy = &world.spy;
    let send = |link: r2_objects::PresignedRequest, body: &'static str| async move {
        let mut request = http::Request::builder().method(link.method()).uri(link.url());
        for (name, value) in link.headers() {
            request = request.header(name, value);
        }
        let host = link.url().split('/').nth(2).unwrap().to_owned();
        let request = request.header("host", host).header("content-length", body.len());
        let request = request.body(r2_objects::Body::from(body)).unwrap();
        let response = r2_objects::Transport::send(spy, request).await.unwrap();
        (response.status().as_u16(), response.into_body().collect(1 << 20).await.unwrap())
    };
    let put = presign.put("photos", "a b+%?", hour).unwrap();
    assert_eq!(send(put, "hello").await.0, 200);
    let get = presign.get("photos", "a b+%?", hour).unwrap();
    assert_eq!(send(get.clone(), "").await, (200, "hello".into()));
    assert_eq!(send(presign.head("photos", "a b+%?", hour).unwrap(), "").await.0, 200);
    let list = ListObjectsV2::new(bucket()).prefix("a b");
    let (status, body) = send(presign.operation(&list, hour).unwrap(), "").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8_lossy(&body).contains("a%20b%2B%25%3F"));
    let typed = PutObject::new(bucket(), key("t"), "").content_type("text/html");
    assert_eq!(send(presign.operation(&typed, hour).unwrap(), "x").await.0, 200);
    let head = world.client.objects().head("photos", "t").await.unwrap();
    assert_eq!(head.attributes.content_type.as_deref(), Some("text/html"));
    world.pass(hour + Duration::from_secs(1));
    assert_eq!(send(get, "").await.0, 403);
    assert_eq!(send(presign.delete("photos", "a b+%?", hour).unwrap(), "").await.0, 204);
}

#[test]
fn operations_can_be_told_apart_without_sending_them() {
    let put = PutObject::new(bucket(), key("a"), "x");
    let described = format!("{} {:?}", put.name(), put.cost_class());
    assert_eq!(described, "PutObject A");
}
