//! Whatever is stored, a read ends, stays small, and says what is wrong.

use bytes::Bytes;
use r2_backend::compress::{METADATA_FRAME, METADATA_SHA256, METADATA_SIZE};
use r2_backend::storage::{GetOptions, HeadOptions, PutOptions};
use r2_backend::{StorageBackend as _, StorageBackendExt as _, StorageError, StorageErrorKind};
use r2_objects::{Metadata, ObjectAttributes};

use super::{FRAME, World, key, text};

/// Puts other bytes in the place of what is stored, under the same marks.
async fn replace(world: &World, bytes: impl Into<Bytes>) {
    let meta = world.stored.head(&key("a"), HeadOptions::new()).await.expect("it is there");
    let options = PutOptions::new().attributes(meta.attributes);
    world.stored.put(&key("a"), bytes.into().into(), options).await.expect("it is stored");
}

async fn whole(world: &World) -> Result<Bytes, StorageError> {
    world.storage.get_bytes(&key("a"), 64 << 20).await
}

#[tokio::test]
async fn cut_anywhere_it_is_damaged() {
    let world = World::new();
    world.storage.put_bytes(&key("a"), text(2 * FRAME)).await.unwrap();
    let stored = world.stored.get_bytes(&key("a"), 1 << 20).await.unwrap();
    let table = 8 + 2 * 8 + 9;
    for bytes in [0, 1, 5, stored.len() / 3, stored.len() / 2, stored.len() - table - 1] {
        replace(&world, stored.slice(..bytes)).await;
        assert_eq!(whole(&world).await.unwrap_err().kind(), StorageErrorKind::Corrupt, "{bytes}");
        let range = world.storage.get_range(&key("a"), 0..10).await;
        assert_eq!(range.unwrap_err().kind(), StorageErrorKind::Corrupt, "{bytes}");
    }
}

#[tokio::test]
async fn no_changed_byte_goes_unseen() {
    let world = World::new();
    let content = text(2 * FRAME);
    world.storage.put_bytes(&key("a"), content.clone()).await.unwrap();
    let stored = world.stored.get_bytes(&key("a"), 1 << 20).await.unwrap();
    for at in (0..stored.len()).step_by(stored.len() / 97) {
        let mut other = stored.to_vec();
        other[at] ^= 0x10;
        replace(&world, other).await;
        // the table is not needed to read everything
        match whole(&world).await {
            Ok(read) => assert!(read == content, "byte {at}"),
            Err(error) => assert_eq!(error.kind(), StorageErrorKind::Corrupt, "byte {at}"),
        }
        match world.storage.get_range(&key("a"), 100..(FRAME + 100) as u64).await {
            Ok(read) => assert!(read == content.slice(100..FRAME + 100), "byte {at}"),
            Err(error) => assert_eq!(error.kind(), StorageErrorKind::Corrupt, "byte {at}"),
        }
    }
}

#[tokio::test]
async fn a_bomb_ends_at_what_was_promised() {
    let world = World::new();
    world.storage.put_bytes(&key("a"), text(2 * FRAME)).await.unwrap();
    // 64 MiB in some thousand bytes, where 128 KiB are promised
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    assert!(bomb.len() < 10_000);
    replace(&world, bomb).await;
    let mut fetched = world.storage.get(&key("a"), GetOptions::new()).await.unwrap();
    let mut bytes = 0;
    let error = loop {
        match fetched.body.next_chunk().await {
            Some(Ok(chunk)) => bytes += chunk.len(),
            Some(Err(error)) => break StorageError::of_body(error),
            None => panic!("the bomb is taken for the object"),
        }
    };
    assert_eq!(error.kind(), StorageErrorKind::Corrupt);
    assert!(bytes <= 2 * FRAME, "{bytes}");
}

#[tokio::test]
async fn marks_that_cannot_be_are_no_marks_and_huge_ones_are_harmless() {
    let world = World::new();
    let marked = |size: &str, frame: &str| {
        let metadata = Metadata::new()
            .with(METADATA_SIZE, size)
            .and_then(|metadata| metadata.with(METADATA_FRAME, frame))
            .and_then(|metadata| metadata.with(METADATA_SHA256, "00"))
            .expect("short metadata");
        ObjectAttributes::new().content_encoding("zstd").metadata(metadata)
    };
    let table = [
        ("0", "65536", true),
        ("-1", "65536", true),
        ("10", "0", true),
        ("10", "99999999999", true),
        ("18446744073709551615", "65536", false),
        ("1000000", "65536", false),
    ];
    for (size, frame, is_plain) in table {
        let options = PutOptions::new().attributes(marked(size, frame));
        world.stored.put(&key("a"), "no zstd".into(), options).await.unwrap();
        let range = world.storage.get_range(&key("a"), 0..2).await;
        match is_plain {
            true => assert_eq!(range.unwrap(), "no", "{size} {frame}"),
            false => assert_eq!(range.unwrap_err().kind(), StorageErrorKind::Corrupt),
        }
        let read = world.storage.get(&key("a"), GetOptions::new()).await.unwrap();
        let read = read.body.collect(1 << 20).await;
        assert_eq!(read.is_ok(), is_plain, "{size} {frame}");
    }
}
