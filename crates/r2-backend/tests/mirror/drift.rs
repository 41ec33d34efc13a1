//! Differences are told, and mended.

use futures_util::TryStreamExt as _;
use r2_backend::mirror::{DriftKind, Freshness, Inspect};
use r2_backend::{StorageBackend as _, StorageBackendExt as _};

use super::{World, key};

async fn told(world: &World, inspect: Inspect) -> Vec<(String, DriftKind)> {
    let mirror = world.mirror(Freshness::Trust).await;
    let drifts: Vec<_> = mirror.check(inspect).try_collect().await.expect("a whole comparison");
    drifts.into_iter().map(|drift| (drift.key.as_str().to_owned(), drift.kind)).collect()
}

/// The files of objects, by the end of their names.
fn file(world: &World, name: &str) -> std::path::PathBuf {
    world.path().join("objects").join(format!("{name}="))
}

#[tokio::test]
async fn every_difference_is_told_and_mended() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    for name in ["cut", "extra", "flipped", "same", "stale"] {
        mirror.put_bytes(&key(name), name.to_owned()).await.unwrap();
    }
    let origin = &world.origin.inner;
    origin.delete(&key("extra")).await.unwrap();
    origin.put_bytes(&key("stale"), "newer").await.unwrap();
    origin.put_bytes(&key("missing"), "there").await.unwrap();
    let directory = world.directory().await;
    directory.put_bytes(&key("only"), "here").await.unwrap();
    origin.put_bytes(&key("two.txt"), "theirs").await.unwrap();
    directory.put_bytes(&key("two.txt"), "ours").await.unwrap();
    let cut = std::fs::read(file(&world, "cut")).unwrap();
    std::fs::write(file(&world, "cut"), &cut[..cut.len() - 3]).unwrap();
    let mut flipped = std::fs::read(file(&world, "flipped")).unwrap();
    flipped[0] ^= 1;
    std::fs::write(file(&world, "flipped"), flipped).unwrap();

    let expected = [
        ("cut", DriftKind::Damaged),
        ("extra", DriftKind::Extra),
        ("flipped", DriftKind::Damaged),
        ("missing", DriftKind::Missing),
        ("only", DriftKind::OnlyHere),
        ("stale", DriftKind::Stale),
        ("two.txt", DriftKind::Conflict),
    ];
    let mut expected: Vec<_> = expected.map(|(name, kind)| (name.to_owned(), kind)).into();
    assert_eq!(told(&world, Inspect::Content).await, expected);
    expected.remove(2);
    assert_eq!(told(&world, Inspect::Tags).await, expected, "the bytes are not looked at");

    let repaired = mirror.repair(Inspect::Content).await.unwrap();
    assert_eq!((repaired.fetched, repaired.removed, repaired.uploaded), (4, 1, 1));
    assert!(repaired.failed.is_empty(), "{repaired:?}");
    let second = repaired.conflicts[0].as_str();
    assert!(second.starts_with("two.conflict-") && second.ends_with(".txt"), "{second}");
    assert_eq!(told(&world, Inspect::Content).await, []);
    let directory = world.directory().await;
    let contents = [
        ("cut", "cut"),
        ("flipped", "flipped"),
        ("missing", "there"),
        ("only", "here"),
        ("stale", "newer"),
        ("two.txt", "theirs"),
        (second, "ours"),
    ];
    for (name, content) in contents {
        assert_eq!(origin.get_bytes(&key(name), 100).await.unwrap(), content, "{name}");
        assert_eq!(directory.get_bytes(&key(name), 100).await.unwrap(), content, "{name}");
    }
}

#[tokio::test]
async fn a_damaged_file_that_the_origin_does_not_have_stays() {
    let world = World::new();
    let directory = world.directory().await;
    directory.put_bytes(&key("a"), "work").await.unwrap();
    std::fs::write(file(&world, "a"), "wor").unwrap();
    let mirror = world.mirror(Freshness::Trust).await;
    let repaired = mirror.repair(Inspect::Tags).await.unwrap();
    assert_eq!(repaired.failed.len(), 1);
    assert!(repaired.failed[0].1.to_string().contains("look at the file"), "{repaired:?}");
    assert_eq!(std::fs::read(file(&world, "a")).unwrap(), b"wor");
}

#[tokio::test]
async fn many_keys_are_compared_page_by_page() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    for number in 0..300 {
        world.origin.inner.put_bytes(&key(&format!("{number:04}")), "x").await.unwrap();
    }
    assert_eq!(told(&world, Inspect::Tags).await.len(), 300);
    assert_eq!(mirror.repair(Inspect::Tags).await.unwrap().fetched, 300);
    world.origin.inner.delete(&key("0007")).await.unwrap();
    world.origin.inner.delete(&key("0270")).await.unwrap();
    let expected = ["0007", "0270"].map(|name| (name.to_owned(), DriftKind::Extra));
    assert_eq!(told(&world, Inspect::Tags).await, expected);
}
