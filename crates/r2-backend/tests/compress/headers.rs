//! What other clients see, and what callers see.

use r2_backend::compress::{METADATA_FRAME, METADATA_SHA256, METADATA_SIZE};
use r2_backend::storage::{CopyOptions, GetOptions, HeadOptions, PutOptions};
use r2_backend::{StorageBackend as _, StorageBackendExt as _, StorageErrorKind};
use r2_objects::{Metadata, ObjectAttributes};

use super::{FRAME, World, key, text};

fn attributes() -> ObjectAttributes {
    let metadata = Metadata::new().with("author", "Zoë").expect("short metadata");
    ObjectAttributes::new().content_type("text/plain").metadata(metadata)
}

#[tokio::test]
async fn others_see_the_encoding_and_can_undo_it() {
    let world = World::new();
    let content = text(3 * FRAME);
    let options = PutOptions::new().attributes(attributes());
    world.storage.put(&key("a"), content.clone().into(), options).await.unwrap();

    let seen = world.stored.head(&key("a"), HeadOptions::new()).await.unwrap().attributes;
    assert_eq!(seen.content_encoding.as_deref(), Some("zstd"));
    assert_eq!(seen.content_type.as_deref(), Some("text/plain"));
    assert_eq!(seen.metadata.get(METADATA_SIZE), Some((3 * FRAME).to_string().as_str()));
    assert_eq!(seen.metadata.get(METADATA_FRAME), Some(FRAME.to_string().as_str()));
    assert_eq!(seen.metadata.get(METADATA_SHA256).map(str::len), Some(64));
    // any decoder reads the frames and skips the table
    let stored = world.stored.get_bytes(&key("a"), 1 << 20).await.unwrap();
    assert!(zstd::stream::decode_all(&stored[..]).unwrap() == content);

    let meta = world.storage.head(&key("a"), HeadOptions::new()).await.unwrap();
    assert_eq!(meta.attributes, attributes());
    assert_eq!(meta.size, content.len() as u64);
}

#[tokio::test]
async fn what_others_compressed_stays_as_it_is() {
    let world = World::new();
    let theirs = zstd::bulk::compress(&text(FRAME), 3).unwrap();
    let options = PutOptions::new().attributes(attributes().content_encoding("zstd"));
    for storage in [&world.stored as &dyn r2_backend::StorageBackend, &world.storage] {
        storage.put(&key("a"), theirs.clone().into(), options.clone()).await.unwrap();
        let read = world.storage.get(&key("a"), GetOptions::new()).await.unwrap();
        assert_eq!(read.meta.attributes.content_encoding.as_deref(), Some("zstd"));
        assert!(read.body.collect(1 << 20).await.unwrap() == theirs);
    }
}

#[tokio::test]
async fn a_copy_stays_readable_whatever_its_attributes() {
    let world = World::new();
    let content = text(FRAME);
    world.storage.put_bytes(&key("a"), content.clone()).await.unwrap();
    let new = CopyOptions::new().attributes(attributes());
    for (name, options) in [("b", CopyOptions::new()), ("c", new)] {
        let expected = options.attributes.clone().unwrap_or_default();
        world.storage.copy(&key("a"), &key(name), options).await.unwrap();
        let fetched = world.storage.get(&key(name), GetOptions::new()).await.unwrap();
        assert_eq!(fetched.meta.attributes, expected);
        assert!(fetched.body.collect(1 << 20).await.unwrap() == content);
    }
    let other = CopyOptions::new().attributes(attributes().content_encoding("br"));
    let error = world.storage.copy(&key("a"), &key("d"), other).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unsupported);
}

#[tokio::test]
async fn the_names_of_the_marks_are_refused() {
    let world = World::new();
    let metadata = Metadata::new().with(METADATA_SIZE, "10").unwrap();
    let options = PutOptions::new().attributes(ObjectAttributes::new().metadata(metadata));
    let error = world.storage.put(&key("a"), "x".into(), options).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::InvalidInput);
}
