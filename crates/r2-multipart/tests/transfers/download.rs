//! Downloads that go well, and objects that change or break under them.

use std::sync::{Arc, Mutex};

use r2_multipart::machine::Concurrency;
use r2_multipart::{
    Crc64, DownloadOptions, Downloaded, Durability, ErrorKind, OnObjectChange, ProgressUpdate,
    Sink, TransferOptions, download, upload,
};
use r2_objects::{ChecksumAlgorithm, Client, ETag, NotVerified, Verdict};
use tokio::io::AsyncReadExt as _;

use crate::wire::Fate;
use crate::world::{PART, World, content, in_parts, small_parts};

const CRC: Verdict = Verdict::Verified(ChecksumAlgorithm::Crc64Nvme);

fn options() -> DownloadOptions {
    DownloadOptions::new().transfer(small_parts())
}

/// One part after the other, so that what happens between two of them is certain.
fn in_order() -> TransferOptions {
    small_parts().concurrency(Concurrency::new(1))
}

/// Puts an object in parts, so that its tag says nothing about its content.
async fn stored(world: &World, length: usize) -> Vec<u8> {
    let content = content(length);
    let (client, _) = world.calm();
    upload(&client, &world.bucket, &world.key, content.clone(), in_parts()).await.unwrap();
    content
}

async fn to_file(
    world: &World,
    client: &Client,
    options: DownloadOptions,
) -> Result<Downloaded, r2_multipart::Error> {
    download(client, &world.bucket, &world.key, Sink::file(world.path("target")), options).await
}

fn names(world: &World) -> Vec<String> {
    let entries = std::fs::read_dir(world.directory.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Downloads an object into every kind of sink, with and without knowing its length.
async fn check(length: usize, parts: u32) {
    let world = World::new().await;
    let content = stored(&world, length).await;
    let (bucket, key) = (&world.bucket, &world.key);
    for hint in [None, Some(length as u64)] {
        let name = format!("{length} bytes, hint {hint:?}");
        let options = || hint.into_iter().fold(options(), DownloadOptions::expected_bytes);
        let check = |downloaded: &Downloaded| {
            assert_eq!((downloaded.bytes, downloaded.parts), (length as u64, parts), "{name}");
            assert_eq!(downloaded.verdict, CRC, "{name}");
            assert_eq!(downloaded.crc64, Crc64::of(&content), "{name}");
        };

        let (client, wire) = world.calm();
        check(&to_file(&world, &client, options()).await.unwrap());
        assert!(std::fs::read(world.path("target")).unwrap() == content, "{name}");
        assert_eq!(names(&world), ["target"], "{name}");
        // replies to ranges need not tell the checksum of the whole
        let asked = usize::from(parts > 1 && hint.is_some());
        assert_eq!(wire.journal().len(), parts as usize + asked, "{name}: {:?}", wire.briefs());
        for later in wire.journal()[1..].iter().filter(|sent| sent.method != "HEAD") {
            assert!(later.headers.contains_key("if-match"), "{name}");
        }

        let (client, _) = world.calm();
        let sink = Sink::memory(length);
        let downloaded = download(&client, bucket, key, sink, options()).await.unwrap();
        check(&downloaded);
        assert!(downloaded.content == content, "{name}");

        let (writer, mut reader) = tokio::io::duplex(64 * 1024);
        let mut piped = Vec::new();
        let download =
            async { download(&client, bucket, key, Sink::writer(writer), options()).await };
        let (downloaded, read) = tokio::join!(download, reader.read_to_end(&mut piped));
        read.unwrap();
        check(&downloaded.unwrap());
        assert!(piped == content, "{name}");
    }
}

#[tokio::test]
async fn nothing_and_one_byte() {
    check(0, 1).await;
    check(1, 1).await;
}

#[tokio::test]
async fn around_one_part() {
    check(PART - 1, 1).await;
    check(PART, 1).await;
    check(PART + 1, 2).await;
}

#[tokio::test]
async fn around_two_parts() {
    check(2 * PART, 2).await;
    check(2 * PART + 1, 3).await;
}

#[tokio::test]
async fn an_object_of_one_put_is_verified_by_its_md5_where_there_is_nothing_better() {
    let world = World::new().await;
    let client = Client::builder()
        .endpoint("http://r2.local")
        .transport(world.emulator.clone())
        .checksum(r2_objects::ChecksumPolicy::None)
        .build()
        .unwrap();
    client.objects().put(&world.bucket, &world.key, "hello").await.unwrap();
    let downloaded = to_file(&world, &client, options()).await.unwrap();
    let verified = matches!(downloaded.verdict, Verdict::Verified(_));
    assert!(verified, "{:?}", downloaded.verdict);
    let options = options().without_verification();
    let downloaded = to_file(&world, &client, options).await.unwrap();
    assert_eq!(downloaded.verdict, Verdict::NotVerified(NotVerified::Declined));
}

#[tokio::test]
async fn what_is_missing_leaves_nothing() {
    let world = World::new().await;
    let (client, wire) = world.calm();
    let error = to_file(&world, &client, options()).await.unwrap_err();
    assert!(error.request().unwrap().is_not_found());
    assert!(!error.is_suspended());
    assert_eq!(wire.journal().len(), 1);
    assert!(names(&world).is_empty());
}

#[tokio::test]
async fn a_target_that_cannot_be_written_is_told() {
    let world = World::new().await;
    stored(&world, 10).await;
    let (client, _) = world.calm();
    let targets = [world.directory.path().to_path_buf(), world.path("no/such/directory")];
    for target in targets {
        let sink = Sink::file(target);
        let error = download(&client, &world.bucket, &world.key, sink, options()).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Target);
    }
    let sink = Sink::memory(9);
    let error = download(&client, &world.bucket, &world.key, sink, options()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::TooLarge);
    let (writer, reader) = tokio::io::duplex(1);
    drop(reader);
    let sink = Sink::writer(writer);
    let error = download(&client, &world.bucket, &world.key, sink, options()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Target);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_is_taken_up_where_it_broke() {
    let world = World::new().await;
    let content = stored(&world, 2 * PART + 9).await;
    let mut broken = 0;
    let (client, wire) = world.client(move |_, _| {
        broken += 1;
        if broken <= 3 { Fate::CutReply(2_000_000) } else { Fate::Pass }
    });
    let downloaded = to_file(&world, &client, options()).await.unwrap();
    assert_eq!(downloaded.verdict, CRC);
    assert!(std::fs::read(world.path("target")).unwrap() == content);
    assert!(
        wire.briefs().contains(&"get bytes=2000000-10485768".to_owned()),
        "{:?}",
        wire.briefs()
    );
}

#[tokio::test]
async fn wrong_bytes_leave_nothing_but_the_error() {
    for length in [1000, 2 * PART] {
        let world = World::new().await;
        stored(&world, length).await;
        std::fs::write(world.path("target"), "old").unwrap();
        let (client, _) =
            world.client(|index, _| if index == 0 { Fate::FlipReply } else { Fate::Pass });
        let error = to_file(&world, &client, options()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_suspended()), (ErrorKind::Checksum, false));
        assert_eq!(names(&world), ["target"]);
        assert_eq!(std::fs::read(world.path("target")).unwrap(), b"old");
    }
}

#[tokio::test]
async fn an_object_that_is_replaced_is_read_anew_or_an_error() {
    for at in 0..2 {
        let world = World::new().await;
        stored(&world, 3 * PART).await;
        let new = content(2 * PART + 1);
        let replacement = new.clone();
        let (client, _) =
            world.client(
                move |index, _| {
                    if index == at { Fate::Replace(replacement.clone()) } else { Fate::Pass }
                },
            );
        let downloaded = to_file(&world, &client, options().transfer(in_order())).await.unwrap();
        assert_eq!(downloaded.bytes, new.len() as u64);
        assert!(std::fs::read(world.path("target")).unwrap() == new);
        assert_eq!(names(&world), ["target"]);

        let world = World::new().await;
        stored(&world, 3 * PART).await;
        let replacement = new.clone();
        let (client, _) =
            world.client(
                move |index, _| {
                    if index == at { Fate::Replace(replacement.clone()) } else { Fate::Pass }
                },
            );
        let options = options().transfer(in_order()).on_object_change(OnObjectChange::Fail);
        let error = to_file(&world, &client, options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ObjectChanged);
        assert!(names(&world).is_empty());
    }
}

#[tokio::test]
async fn a_writer_never_gets_two_objects_mixed() {
    let world = World::new().await;
    let old = stored(&world, 3 * PART).await;
    let (client, _) =
        world.client(
            move |index, _| {
                if index == 1 { Fate::Replace(content(2 * PART)) } else { Fate::Pass }
            },
        );
    let (writer, mut reader) = tokio::io::duplex(64 * 1024);
    let (bucket, key) = (&world.bucket, &world.key);
    let mut piped = Vec::new();
    let download = async {
        download(&client, bucket, key, Sink::writer(writer), options().transfer(in_order())).await
    };
    let (result, _) = tokio::join!(download, reader.read_to_end(&mut piped));
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ObjectChanged);
    assert!(old.starts_with(&piped));
}

#[tokio::test]
async fn only_the_version_that_was_asked_for() {
    let world = World::new().await;
    let content = stored(&world, 100).await;
    let (client, _) = world.calm();
    let etag = client.objects().head(&world.bucket, &world.key).await.unwrap().etag;
    to_file(&world, &client, options().etag(etag)).await.unwrap();
    assert!(std::fs::read(world.path("target")).unwrap() == content);
    let other = ETag::parse("d41d8cd98f00b204e9800998ecf8427e").unwrap();
    let error = to_file(&world, &client, options().etag(other)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ObjectChanged);
}

#[tokio::test]
async fn progress_adds_up_though_a_part_begins_again() {
    let world = World::new().await;
    let length = 2 * PART + 1;
    stored(&world, length).await;
    let seen = Arc::new(Mutex::new(Vec::<ProgressUpdate>::new()));
    let log = Arc::clone(&seen);
    let watcher = move |update: &ProgressUpdate| log.lock().unwrap().push(*update);
    let (client, _) = world
        .client(|index, _| if index == 1 { Fate::Replace(content(PART + 1)) } else { Fate::Pass });
    let options = options().transfer(in_order().progress(watcher)).durability(Durability::Always);
    let downloaded = to_file(&world, &client, options).await.unwrap();
    let seen = seen.lock().unwrap();
    let sum: i64 = seen.iter().map(|update| update.bytes_advanced).sum();
    assert_eq!(u64::try_from(sum).unwrap(), downloaded.bytes);
    let last = seen.last().unwrap();
    assert_eq!((last.bytes_done, last.parts_done), (downloaded.bytes, 2));
}
