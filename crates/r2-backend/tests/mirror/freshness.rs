//! When the origin is asked, and when it is not.

use std::time::Duration;

use r2_backend::mirror::Freshness;
use r2_backend::storage::{GetOptions, HeadOptions};
use r2_backend::{StorageBackend as _, StorageBackendExt as _, StorageErrorKind};
use r2_objects::{ByteRange, Metadata, ObjectAttributes};

use super::{World, key};

#[tokio::test]
async fn a_warm_read_asks_nothing() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    mirror.put_bytes(&key("written"), "hello").await.unwrap();
    world.origin.inner.put_bytes(&key("read"), "world").await.unwrap();
    assert_eq!(world.origin.asked(), "head 1, put 1");
    assert_eq!(mirror.get_bytes(&key("read"), 10).await.unwrap(), "world");
    assert_eq!(world.origin.asked(), "get 1");
    for name in ["read", "written"] {
        mirror.get_bytes(&key(name), 10).await.unwrap();
        mirror.get_range(&key(name), 1..3).await.unwrap();
        mirror.head(&key(name), HeadOptions::new()).await.unwrap();
    }
    assert_eq!(world.origin.asked(), "");
    // after a restart as well
    let mirror = world.mirror(Freshness::Trust).await;
    assert_eq!(mirror.get_bytes(&key("written"), 10).await.unwrap(), "hello");
    assert_eq!(world.origin.asked(), "");
}

#[tokio::test]
async fn what_is_told_of_a_copy_is_what_the_origin_tells() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    let metadata = Metadata::new().with("author", "Zoë").unwrap();
    let attributes = ObjectAttributes::new().content_type("text/html").metadata(metadata);
    let options = r2_backend::storage::PutOptions::new().attributes(attributes);
    mirror.put(&key("a"), "hello".into(), options).await.unwrap();
    let mut here = mirror.head(&key("a"), HeadOptions::new()).await.unwrap();
    let there = world.origin.inner.head(&key("a"), HeadOptions::new()).await.unwrap();
    assert_eq!(&*here.served_by, "mirror of memory");
    here.served_by = there.served_by.clone();
    // a file keeps milliseconds
    let seconds = |moment: Option<r2_objects::LastModified>| moment.map(|at| at.unix_seconds());
    assert_eq!(seconds(here.modified), seconds(there.modified));
    here.modified = there.modified;
    assert_eq!(here, there);
}

#[tokio::test]
async fn always_asks_and_moves_only_what_changed() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Always).await;
    mirror.put_bytes(&key("a"), "first").await.unwrap();
    world.origin.asked();
    assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "first");
    assert_eq!(world.origin.asked(), "head 1");
    world.origin.inner.put_bytes(&key("a"), "second").await.unwrap();
    assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "second");
    assert_eq!(world.origin.asked(), "get 1, head 1");
    assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "second");
    assert_eq!(world.origin.asked(), "head 1");
    world.origin.inner.delete(&key("a")).await.unwrap();
    let error = mirror.get_bytes(&key("a"), 10).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NotFound);
    assert!(world.directory().await.find(&key("a")).await.unwrap().is_none());
}

#[tokio::test]
async fn the_same_bytes_with_other_headers_are_another_version() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Always).await;
    mirror.put_bytes(&key("a"), "same").await.unwrap();
    let attributes = ObjectAttributes::new().content_type("text/html");
    let options = r2_backend::storage::PutOptions::new().attributes(attributes);
    world.origin.inner.put(&key("a"), "same".into(), options).await.unwrap();
    let fetched = mirror.get(&key("a"), GetOptions::new()).await.unwrap();
    assert_eq!(fetched.meta.attributes.content_type.as_deref(), Some("text/html"));
}

#[tokio::test]
async fn an_age_is_kept_and_counts_from_the_last_answer() {
    let world = World::new();
    let minute = Duration::from_secs(60);
    let mirror = world.mirror(Freshness::Revalidate(minute)).await;
    mirror.put_bytes(&key("a"), "hello").await.unwrap();
    world.origin.asked();
    let table = [(59, ""), (1, "head 1"), (0, ""), (59, ""), (2, "head 1")];
    for (seconds, expected) in table {
        world.clock.pass(Duration::from_secs(seconds));
        mirror.get_bytes(&key("a"), 10).await.unwrap();
        assert_eq!(world.origin.asked(), expected, "{seconds}");
    }
}

#[tokio::test]
async fn a_range_of_what_has_no_copy_is_the_origins() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    world.origin.inner.put_bytes(&key("a"), "hello").await.unwrap();
    let range = GetOptions::new().range(ByteRange::from_offset(2));
    let fetched = mirror.get(&key("a"), range).await.unwrap();
    assert_eq!(fetched.body.collect(10).await.unwrap(), "llo");
    assert!(world.directory().await.find(&key("a")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_no_copy_and_no_harm() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    world.origin.inner.put_bytes(&key("a"), vec![7; 1 << 20]).await.unwrap();
    drop(mirror.get(&key("a"), GetOptions::new()).await.unwrap());
    assert!(world.directory().await.find(&key("a")).await.unwrap().is_none());
    for asked in ["get 2", ""] {
        assert_eq!(mirror.get_bytes(&key("a"), 1 << 20).await.unwrap().len(), 1 << 20);
        assert_eq!(world.origin.asked(), asked);
    }
}
