//! What broke for other clients of R2 when they sent objects in parts, by the issue that told it.

use r2_multipart::machine::Concurrency;
use r2_multipart::{CopyOptions, DownloadOptions, Sink, UploadVerdict, copy, download, upload};
use r2_objects::ObjectKey;
use r2_sim::{CrowdRefusal, Emulator, MultipartEtag, Switches};

use crate::world::{PART, World, content, in_parts, small_parts};

async fn with(switches: Switches) -> World {
    World::on(Emulator::builder().switches(switches).memory()).await
}

/// s3-stream-upload#46, s3fs-fuse#2095: an ETag that is no MD5 of anything is compared with itself
/// only, in every direction.
#[tokio::test]
async fn an_etag_without_meaning_is_no_checksum() {
    let world = with(Switches::new().multipart_etag(MultipartEtag::Opaque)).await;
    let content = content(2 * PART + 1);
    let (client, _) = world.calm();
    let uploaded = upload(&client, &world.bucket, &world.key, content.clone(), in_parts()).await;
    assert_eq!(uploaded.unwrap().verdict, UploadVerdict::Verified);

    let other = ObjectKey::new("copy").unwrap();
    let (from, to) = ((&world.bucket, &world.key), (&world.bucket, &other));
    let options = CopyOptions::new().transfer(small_parts()).threshold_bytes(PART as u64);
    assert_eq!(copy(&client, from, to, options).await.unwrap().parts, 3);

    let path = world.path("down");
    let options = DownloadOptions::new().transfer(small_parts());
    download(&client, &world.bucket, &other, Sink::file(&path), options).await.unwrap();
    assert!(std::fs::read(&path).unwrap() == content);
}

/// litestream#951: parts that are sent at the same time are refused, with 500 or with 429. The
/// upload slows down and gets through.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_two_parts_at_a_time() {
    for refusal in [CrowdRefusal::InternalError, CrowdRefusal::TooManyRequests] {
        // In memory a part arrives at once: only a folder has several under way.
        let folder = tempfile::tempdir().unwrap();
        let switches = Switches::new().parts_in_flight_max(Some(2));
        let builder = Emulator::builder().switches(switches.parts_in_flight_refusal(refusal));
        let world = World::on(builder.directory(folder.path()).unwrap()).await;
        let content = content(4 * PART);
        let (client, wire) = world.calm();
        let options = in_parts().transfer(small_parts().concurrency(Concurrency::new(4)));
        upload(&client, &world.bucket, &world.key, content.clone(), options).await.unwrap();
        assert!(world.stored().await == content, "{refusal:?}");
        assert!(wire.journal().iter().any(|sent| sent.status >= 429), "nothing was refused");
        assert_eq!(world.unfinished().await, 0);
    }
}
