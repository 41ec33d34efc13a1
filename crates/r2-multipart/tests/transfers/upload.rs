//! Uploads that go well.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use r2_multipart::{
    Crc64, ErrorKind, ProgressUpdate, Source, UploadOptions, UploadVerdict, Uploaded, upload,
};

use crate::world::{MIB, PART, World, content, in_parts, small_parts};

/// Uploads the same content from every kind of source.
async fn check(length: usize, parts: u32) {
    let content = content(length);
    let chunks = |size: usize| {
        let chunks: Vec<_> = content.chunks(size).map(Bytes::copy_from_slice).map(Ok).collect();
        Source::stream(stream::iter(chunks))
    };
    let world = World::new().await;
    let path = world.file("source", &content);
    let reader = std::io::Cursor::new(content.clone());
    let sources = [
        Source::from(content.clone()),
        Source::file(&path),
        chunks(MIB + 1),
        Source::reader(reader),
    ];
    for source in sources {
        let name = format!("{length} bytes from {source:?}");
        let (client, wire) = world.calm();
        let (bucket, key) = (&world.bucket, &world.key);
        let uploaded = upload(&client, bucket, key, source, in_parts()).await.unwrap();
        // in memory and in files there is nothing below one byte that would go in parts
        let parts = if length == 0 && !name.contains("stream") { 0 } else { parts };
        let Uploaded { bytes, verdict, crc64, .. } = &uploaded;
        assert_eq!((*bytes, uploaded.parts), (length as u64, parts), "{name}");
        assert_eq!(*verdict, UploadVerdict::Verified, "{name}");
        assert_eq!(*crc64, Some(Crc64::of(&content)), "{name}");
        assert!(world.stored().await == content, "{name}");
        let sent: Vec<u64> = wire.journal().iter().map(|sent| sent.length).collect();
        let largest = sent.iter().max().unwrap();
        assert!(*largest <= PART as u64, "{name}: {sent:?}");
    }
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn nothing() {
    check(0, 1).await;
}

#[tokio::test]
async fn less_than_a_part() {
    check(1, 1).await;
    check(PART - 1, 1).await;
}

#[tokio::test]
async fn exactly_one_part_and_one_byte_more() {
    check(PART, 1).await;
    check(PART + 1, 2).await;
}

#[tokio::test]
async fn exactly_two_parts_and_one_byte_more() {
    check(2 * PART, 2).await;
    check(2 * PART + 1, 3).await;
}

#[tokio::test]
async fn below_the_threshold_there_is_one_request() {
    let world = World::new().await;
    let content = content(6 * MIB);
    let path = world.file("source", &content);
    // 6 MiB fit into one buffer of 10 MiB, but not into one of 5 MiB
    for transfer in [r2_multipart::TransferOptions::new(), small_parts()] {
        let open = Source::open_file(std::fs::File::open(&path).unwrap());
        for source in [Source::from(content.clone()), Source::file(&path), open] {
            let (client, wire) = world.calm();
            let options = UploadOptions::new().transfer(transfer.clone());
            let uploaded =
                upload(&client, &world.bucket, &world.key, source, options).await.unwrap();
            assert_eq!((uploaded.parts, uploaded.bytes), (0, content.len() as u64));
            assert_eq!(uploaded.verdict, UploadVerdict::Verified);
            assert_eq!(wire.briefs(), ["put"]);
            assert!(world.stored().await == content);
        }
    }
}

#[tokio::test]
async fn progress_adds_up() {
    let world = World::new().await;
    let content = content(2 * PART + 3);
    let path = world.file("source", &content);
    for (threshold, parts) in [(1, 3), (1 << 30, 1)] {
        let seen = Arc::new(Mutex::new(Vec::<ProgressUpdate>::new()));
        let log = Arc::clone(&seen);
        let watcher = move |update: &ProgressUpdate| log.lock().unwrap().push(*update);
        let options =
            in_parts().transfer(small_parts().progress(watcher)).threshold_bytes(threshold);
        let (client, _) = world.calm();
        let source = Source::file(&path);
        upload(&client, &world.bucket, &world.key, source, options).await.unwrap();
        let seen = seen.lock().unwrap();
        let sum: i64 = seen.iter().map(|update| update.bytes_advanced).sum();
        let length = content.len() as u64;
        assert_eq!(u64::try_from(sum).unwrap(), length);
        let last = seen.last().unwrap();
        assert_eq!((last.bytes_done, last.bytes_total), (length, Some(length)));
        assert_eq!((last.parts_done, last.parts_total), (parts, Some(parts)));
    }
}

#[tokio::test]
async fn a_source_that_cannot_be_had_is_told_before_anything_is_sent() {
    let world = World::new().await;
    for path in [world.path("missing"), world.directory.path().to_path_buf()] {
        let (client, wire) = world.calm();
        let source = Source::file(path);
        let error = upload(&client, &world.bucket, &world.key, source, in_parts()).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Source);
        assert!(wire.journal().is_empty());
    }
}

#[tokio::test]
async fn a_reader_that_fails_aborts() {
    let world = World::new().await;
    let chunks = vec![
        Ok(Bytes::from(content(PART))),
        Ok(Bytes::from(content(10))),
        Err(std::io::Error::other("the pipe broke")),
    ];
    let (client, wire) = world.calm();
    let source = Source::stream(stream::iter(chunks));
    let error = upload(&client, &world.bucket, &world.key, source, in_parts()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Source);
    assert!(!error.is_suspended());
    assert_eq!(wire.briefs().last().unwrap(), "abort");
    assert_eq!(world.unfinished().await, 0);
}

#[test]
fn transfers_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let client = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .transport(r2_sim::Emulator::memory())
        .build()
        .unwrap();
    let bucket = r2_objects::BucketName::new("bucket").unwrap();
    let key = r2_objects::ObjectKey::new("key").unwrap();
    is_send(upload(&client, &bucket, &key, "content", in_parts()));
    let sink = r2_multipart::Sink::memory(1);
    is_send(r2_multipart::download(&client, &bucket, &key, sink, Default::default()));
    let (from, to) = ((&bucket, &key), (&bucket, &key));
    is_send(r2_multipart::copy(&client, from, to, Default::default()));
}
