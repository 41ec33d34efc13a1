//! Bytes, ranges, and the promises of a back end.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use proptest::prelude::*;
use r2_backend::conformance::Suite;
use r2_backend::storage::{GetOptions, HeadOptions, PutOptions};
use r2_backend::{StorageBackend as _, StorageBackendExt as _, StorageErrorKind};
use r2_objects::ByteRange;
use r2_transport::Body;

use super::{FRAME, World, key, noise, text};

#[tokio::test]
async fn it_conforms() {
    let storage = Arc::new(World::new().storage);
    let report = Suite::new(storage).large_bytes((1 << 20) + 17).run().await;
    assert!(report.is_ok(), "{report}");
}

#[tokio::test]
async fn text_shrinks_and_comes_back_at_all_lengths_around_a_frame() {
    let world = World::new();
    for bytes in [1_024, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 10 * FRAME + 7] {
        let content = text(bytes);
        let stored = world.storage.put_bytes(&key("a"), content.clone()).await.unwrap();
        assert_eq!(stored.size, Some(bytes as u64));
        assert!(world.stored_bytes("a").await < bytes as u64 / 2, "{bytes}");
        let fetched = world.storage.get(&key("a"), GetOptions::new()).await.unwrap();
        assert_eq!((fetched.meta.size, &fetched.range), (bytes as u64, &(0..bytes as u64)));
        assert_eq!(fetched.meta.etag, stored.etag);
        assert!(fetched.body.collect(bytes).await.unwrap() == content, "{bytes}");
    }
}

#[tokio::test]
async fn what_does_not_shrink_is_stored_as_it_is() {
    let world = World::new();
    let zip = [&b"PK\x03\x04"[..], &text(100_000)].concat();
    for content in [noise(200_000), text(1_000), Bytes::new(), zip.into()] {
        for length in [None, Some(content.len() as u64)] {
            let chunks = stream::iter(content.chunks(10_000).map(Bytes::copy_from_slice));
            let chunks = futures_util::StreamExt::map(
                stream::iter(futures_util::StreamExt::collect::<Vec<_>>(chunks).await),
                Ok::<_, std::io::Error>,
            );
            let body = Body::one_shot(chunks, length);
            world.storage.put(&key("a"), body, PutOptions::new()).await.unwrap();
            let stored = world.stored.get_bytes(&key("a"), 1 << 20).await.unwrap();
            assert!(stored == content, "{} bytes", content.len());
            let meta = world.stored.head(&key("a"), HeadOptions::new()).await.unwrap();
            assert_eq!(meta.attributes.content_encoding, None);
            assert!(meta.attributes.metadata.is_empty());
        }
    }
}

#[tokio::test]
async fn ranges_are_those_of_the_original() {
    let world = World::new();
    let content = text(3 * FRAME + 100);
    world.storage.put_bytes(&key("a"), content.clone()).await.unwrap();
    let size = content.len() as u64;
    let beyond = GetOptions::new().range(ByteRange::from_offset(size));
    let error = world.storage.get(&key("a"), beyond).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::InvalidRange);
    let last = GetOptions::new().range(ByteRange::suffix(5).unwrap());
    let fetched = world.storage.get(&key("a"), last).await.unwrap();
    assert_eq!(fetched.range, size - 5..size);
    assert_eq!(fetched.body.collect(5).await.unwrap(), content.slice(content.len() - 5..));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_range_is_read(from in 0..=3 * FRAME, bytes in 1..2 * FRAME) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let content = text(3 * FRAME + 100);
            world.storage.put_bytes(&key("a"), content.clone()).await.unwrap();
            let range = from as u64..(from + bytes) as u64;
            let read = world.storage.get_range(&key("a"), range).await.unwrap();
            let to = content.len().min(from + bytes);
            prop_assert!(read == content.slice(from..to));
            Ok(())
        })?;
    }
}
