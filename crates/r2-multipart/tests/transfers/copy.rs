//! Copies inside the service.

use r2_multipart::{CopyOptions, ErrorKind, copy, upload};
use r2_objects::{Metadata, MetadataDirective, ObjectAttributes, ObjectKey, Precondition};

use crate::wire::Fate;
use crate::world::{PART, World, content, in_parts, small_parts};

fn options() -> CopyOptions {
    CopyOptions::new().transfer(small_parts()).threshold_bytes(PART as u64)
}

/// An object with something beside its content.
async fn stored(world: &World, length: usize) -> Vec<u8> {
    let content = content(length);
    let attributes = ObjectAttributes::new()
        .content_type("text/plain")
        .metadata(Metadata::new().with("author", "Zoë").unwrap());
    let (client, _) = world.calm();
    let options = in_parts().attributes(attributes);
    upload(&client, &world.bucket, &world.key, content.clone(), options).await.unwrap();
    content
}

fn target() -> ObjectKey {
    ObjectKey::new("copies/ü+%.bin").unwrap()
}

#[tokio::test]
async fn small_ones_take_one_request_and_large_ones_equal_parts() {
    for (length, parts) in [(0, 0), (10, 0), (PART, 0), (PART + 1, 2), (3 * PART, 3)] {
        let world = World::new().await;
        let content = stored(&world, length).await;
        let (client, wire) = world.calm();
        let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
        let copied = copy(&client, from, to, options()).await.unwrap();
        assert_eq!((copied.bytes, copied.parts), (Some(length as u64), parts));
        let object = client.objects().get(&world.bucket, &target()).await.unwrap();
        assert!(object.body == content);
        assert_eq!(object.info.attributes.content_type.as_deref(), Some("text/plain"));
        assert_eq!(object.info.attributes.metadata.get("author"), Some("Zoë"));
        assert!(
            wire.journal().iter().all(|sent| sent.length < 4096),
            "no content goes through here"
        );
        assert_eq!(world.unfinished().await, 0);
    }
}

#[tokio::test]
async fn a_known_length_saves_asking() {
    let world = World::new().await;
    stored(&world, 10).await;
    let (client, wire) = world.calm();
    let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
    copy(&client, from, to, options().expected_bytes(10)).await.unwrap();
    assert_eq!(wire.briefs(), ["copy"]);
}

#[tokio::test]
async fn metadata_is_kept_replaced_or_merged_in_parts_as_well() {
    for (directive, author, editor, content_type) in [
        (MetadataDirective::Copy, Some("Zoë"), None, Some("text/plain")),
        (MetadataDirective::Replace, None, Some("Max"), Some("text/html")),
        (MetadataDirective::Merge, Some("Zoë"), Some("Max"), Some("text/html")),
    ] {
        let world = World::new().await;
        stored(&world, PART + 1).await;
        let (client, _) = world.calm();
        let attributes = ObjectAttributes::new()
            .content_type("text/html")
            .metadata(Metadata::new().with("editor", "Max").unwrap());
        let options = options().metadata_directive(directive, attributes);
        let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
        copy(&client, from, to, options).await.unwrap();
        let info = client.objects().head(&world.bucket, &target()).await.unwrap();
        assert_eq!(info.attributes.metadata.get("author"), author, "{directive:?}");
        assert_eq!(info.attributes.metadata.get("editor"), editor, "{directive:?}");
        assert_eq!(info.attributes.content_type.as_deref(), content_type, "{directive:?}");
    }
}

#[tokio::test]
async fn a_source_that_is_replaced_between_two_parts_aborts() {
    let world = World::new().await;
    stored(&world, 3 * PART).await;
    let (client, wire) = world.client(|_, sent| match sent.brief().as_str() {
        "part 2" => Fate::Replace(content(3 * PART - 1)),
        _ => Fate::Pass,
    });
    let options =
        options().transfer(small_parts().concurrency(r2_multipart::machine::Concurrency::new(1)));
    let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
    let error = copy(&client, from, to, options).await.unwrap_err();
    // R2 refuses the range of part 3, or the second look tells
    assert!(
        error.kind() == ErrorKind::SourceChanged || error.kind() == ErrorKind::Request,
        "{error:?}"
    );
    assert!(!wire.briefs().contains(&"complete".to_owned()));
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn a_source_that_is_replaced_by_one_as_long_is_seen() {
    let world = World::new().await;
    stored(&world, 2 * PART).await;
    let mut other = content(2 * PART);
    other[PART] ^= 1;
    let (client, wire) = world.client(move |_, sent| match sent.brief().as_str() {
        "part 1" => Fate::Replace(other.clone()),
        _ => Fate::Pass,
    });
    let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
    let error = copy(&client, from, to, options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceChanged);
    assert!(!wire.briefs().contains(&"complete".to_owned()));
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn conditions_hold_for_both_ways() {
    for length in [10, 2 * PART] {
        let world = World::new().await;
        stored(&world, length).await;
        let (client, _) = world.calm();
        client.objects().put(&world.bucket, &target(), "there").await.unwrap();
        let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &target()));
        let options = options().condition(Precondition::absent());
        let error = copy(&client, from, to, options).await.unwrap_err();
        let request = error.request().unwrap();
        assert_eq!(request.kind(), r2_objects::ErrorKind::PreconditionFailed);
        assert_eq!(client.objects().get(&world.bucket, &target()).await.unwrap().body, "there");
        assert_eq!(world.unfinished().await, 0);
    }
}
