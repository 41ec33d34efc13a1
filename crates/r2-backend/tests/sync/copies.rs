//! From bucket to bucket.

use r2_backend::{ErrorKind, Extra, Location, Sync, SyncOptions};
use r2_objects::{BucketName, ObjectAttributes, PutObject};

use crate::world::{World, file, plan, sync};

#[tokio::test]
async fn inside_one_server_no_byte_comes_here() {
    let world = World::new().await;
    for key in ["from/a", "from/b/c", "from/..", "from/x//y", "from/folder/", "from/e\u{301}"] {
        world.put(key, key.to_owned()).await;
    }
    let (from, to) = (world.bucket("from"), world.bucket("to/here"));
    world.seen();
    let report = sync(&from, &to, &SyncOptions::new()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.sent, 6);
    assert!(world.seen().iter().all(|request| request.starts_with("PUT ")));
    assert_eq!(world.objects().await["to/here/x//y"], b"from/x//y");
    assert!(plan(&from, &to, &SyncOptions::new()).await.is_empty());

    world.put("from/a", "from/A").await;
    world.client.objects().delete("box", "from/b/c").await.unwrap();
    let options = SyncOptions::new().extra(Extra::Delete { at_most: 1 });
    let report = sync(&from, &to, &options).await;
    assert_eq!((report.sent, report.deleted), (1, 1));
}

#[tokio::test]
async fn between_servers_bytes_pass_through() {
    let (here, there) = (World::new().await, World::new().await);
    let attributes = ObjectAttributes::new().content_type("text/plain").cache_control("no-store");
    let bucket = BucketName::new("box").unwrap();
    let put = PutObject::new(bucket.clone(), "a".try_into().unwrap(), "hello");
    here.client.send(put.attributes(attributes)).await.unwrap();
    let content: Vec<u8> = (0..=250_u8).cycle().take(12 << 20).collect();
    here.put("large", content.clone()).await;
    here.put("empty", "").await;
    // The endpoint's name is what tells servers apart.
    let client = there.client_at("http://other.localhost");
    let destination = Location::bucket(&client, bucket, "");
    let options = SyncOptions::new().threshold_bytes(8 << 20);
    let report = sync(&here.bucket(""), &destination, &options).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(there.objects().await, here.objects().await);
    let info = there.client.objects().head("box", "a").await.unwrap();
    assert_eq!(info.attributes.content_type.as_deref(), Some("text/plain"));
    assert_eq!(info.attributes.cache_control.as_deref(), Some("no-store"));
    assert!(plan(&here.bucket(""), &destination, &options).await.is_empty());
}

#[tokio::test]
async fn places_that_overlap_and_two_directories_are_refused() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "a", "a");
    let directory = Location::directory(root.path());
    let pairs = [
        (world.bucket(""), world.bucket("")),
        (world.bucket("a"), world.bucket("a/b")),
        (world.bucket("a/b"), world.bucket("a")),
        (directory.clone(), directory),
    ];
    for (from, to) in pairs {
        let error = Sync::plan(&from, &to, &SyncOptions::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{from} {to}");
    }
    assert!(Sync::plan(&world.bucket("a"), &world.bucket("ab"), &SyncOptions::new()).await.is_ok());
}
