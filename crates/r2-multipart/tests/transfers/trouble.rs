//! Uploads under failures of every kind.

use std::collections::HashMap;
use std::time::Duration;

use r2_multipart::machine::Concurrency;
use r2_multipart::{ErrorKind, Source, TransferOptions, UploadOptions, UploadVerdict, upload};
use r2_objects::{ChecksumPolicy, Client, Policy, Precondition, RetryPolicy};
use tokio::time::Instant;

use crate::wire::{Fate, Wire};
use crate::world::{PART, World, content, in_parts, small_parts};

async fn run(
    world: &World,
    client: &Client,
    content: &[u8],
    options: UploadOptions,
) -> Result<r2_multipart::Uploaded, r2_multipart::Error> {
    upload(client, &world.bucket, &world.key, content.to_vec(), options).await
}

#[tokio::test(start_paused = true)]
async fn every_failure_aborts_and_keeps_the_first_error() {
    for at in ["part 1", "part 2", "complete"] {
        for abort_works in [true, false] {
            let world = World::new().await;
            let (client, wire) = world.client(move |_, sent| match sent.brief() {
                brief if brief == at => Fate::Refuse(403, "AccessDenied"),
                brief if brief == "abort" && !abort_works => Fate::Refuse(403, "AccessDenied"),
                _ => Fate::Pass,
            });
            let error = run(&world, &client, &content(PART + 1), in_parts()).await.unwrap_err();
            let request = error.request().expect("a request failed");
            assert_eq!(request.kind(), r2_objects::ErrorKind::AccessDenied);
            assert_ne!(request.operation(), Some("AbortMultipartUpload"));
            assert!(!error.is_suspended());
            assert_eq!(wire.briefs().iter().filter(|brief| *brief == "abort").count(), 1);
            assert_eq!(world.unfinished().await, usize::from(!abort_works));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_client_can_overcome_is_overcome() {
    let fates = [
        Fate::Refuse(429, "TooManyRequests"),
        Fate::Refuse(500, "InternalError"),
        Fate::Refuse(503, "ServiceUnavailable"),
        Fate::Refuse(520, "x"),
        Fate::LoseReply,
    ];
    for fate in fates {
        let world = World::new().await;
        let content = content(PART + 1);
        // each request fails once and then passes
        let mut failed = HashMap::new();
        let doomed = fate.clone();
        let (client, wire) = world.client(move |_, sent| {
            let times: &mut u32 = failed.entry(sent.brief()).or_default();
            *times += 1;
            if *times == 1 { doomed.clone() } else { Fate::Pass }
        });
        let uploaded = run(&world, &client, &content, in_parts()).await;
        let uploaded = uploaded.unwrap_or_else(|error| panic!("{fate:?}: {error:?}"));
        assert_eq!(uploaded.parts, 2, "{fate:?}");
        assert!(world.stored().await == content, "{fate:?}: {:?}", wire.briefs());
    }
}

#[tokio::test(start_paused = true)]
async fn a_completion_whose_reply_is_lost_counts() {
    let world = World::new().await;
    let content = content(2 * PART);
    let (client, wire) = world.client(|_, sent| match sent.brief().as_str() {
        "complete" => Fate::LoseReply,
        _ => Fate::Pass,
    });
    run(&world, &client, &content, in_parts()).await.unwrap();
    assert_eq!(wire.briefs().last().unwrap(), "head");
    assert!(world.stored().await == content);
}

#[tokio::test(start_paused = true)]
async fn a_completion_that_found_another_object_does_not_count() {
    let world = World::new().await;
    world.put(b"another").await;
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "complete" => Fate::Refuse(404, "NoSuchUpload"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, &content(PART), in_parts()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UploadVanished);
    assert_eq!(world.stored().await, "another");
}

/// The parts that were under way at the same time, at most, at each refusal.
#[tokio::test(start_paused = true)]
async fn load_lowers_the_concurrency_and_the_upload_gets_through() {
    let world = World::new().await;
    let content = content(6 * PART);
    let wire = Wire::new(&world.emulator, |index, sent| match sent.brief() {
        // the first burst of parts is refused
        brief if brief.starts_with("part") && index < 5 => Fate::Refuse(503, "SlowDown"),
        _ => Fate::Pass,
    });
    // a client that does not try again by itself
    let policy = Policy::new().breaker(None).retry(RetryPolicy::new().attempts_max(1));
    let client = Client::builder()
        .endpoint("http://r2.local")
        .transport(wire.clone())
        .policy(policy)
        .build()
        .unwrap();
    let options = in_parts().transfer(small_parts().concurrency(Concurrency::new(4)));
    let uploaded = run(&world, &client, &content, options).await.unwrap();
    assert_eq!(uploaded.parts, 6);
    let refused = wire.journal().iter().filter(|sent| sent.status == 503).count();
    assert_eq!(refused, 4);
    assert!(world.stored().await == content);
}

#[tokio::test(start_paused = true)]
async fn load_that_does_not_end_fails_in_the_end() {
    let world = World::new().await;
    let (client, wire) = world.client(|_, sent| match sent.brief() {
        brief if brief.starts_with("part") => Fate::Refuse(503, "SlowDown"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, &content(3 * PART), in_parts()).await.unwrap_err();
    assert_eq!(error.request().unwrap().status(), Some(503));
    assert!(wire.journal().len() < 60, "{}", wire.journal().len());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn a_byte_that_flips_on_the_way_is_refused_by_the_server() {
    let world = World::new().await;
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "part 2" => Fate::FlipRequest,
        _ => Fate::Pass,
    });
    let error = run(&world, &client, &content(2 * PART), in_parts()).await.unwrap_err();
    assert_eq!(error.request().unwrap().kind(), r2_objects::ErrorKind::BadDigest);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn an_upload_that_vanishes_on_the_way_starts_anew() {
    let world = World::new().await;
    let content = content(3 * PART);
    let mut once = true;
    let (client, wire) = world.client(move |_, sent| match sent.brief().as_str() {
        "part 2" if std::mem::take(&mut once) => Fate::Refuse(404, "NoSuchUpload"),
        _ => Fate::Pass,
    });
    run(&world, &client, &content, in_parts()).await.unwrap();
    assert_eq!(wire.briefs().iter().filter(|brief| *brief == "create").count(), 2);
    assert!(world.stored().await == content);
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_not_completed() {
    let world = World::new().await;
    let path = world.file("source", &content(2 * PART));
    let changed = path.clone();
    let (client, _) = world.client(move |_, sent| {
        if sent.brief() == "part 1" {
            std::fs::write(&changed, content(2 * PART + 1)).unwrap();
        }
        Fate::Pass
    });
    let (bucket, key) = (&world.bucket, &world.key);
    let error = upload(&client, bucket, key, Source::file(&path), in_parts()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceChanged);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn only_if_absent_holds_at_the_end_as_well() {
    let world = World::new().await;
    // somebody else is faster
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "part 2" => Fate::Replace(b"first".to_vec()),
        _ => Fate::Pass,
    });
    let options = in_parts().condition(Precondition::absent());
    let error = run(&world, &client, &content(2 * PART), options).await.unwrap_err();
    assert_eq!(error.request().unwrap().kind(), r2_objects::ErrorKind::PreconditionFailed);
    assert_eq!(world.stored().await, "first");
    assert_eq!(world.unfinished().await, 0);

    // and at the beginning nothing is sent in vain
    let (client, wire) = world.calm();
    let options = in_parts().condition(Precondition::absent());
    run(&world, &client, &content(2 * PART), options).await.unwrap_err();
    assert_eq!(wire.briefs(), ["create"]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_it_and_cleaning_up_has_its_own_time() {
    let world = World::new().await;
    let (client, wire) = world.client(|_, sent| match sent.brief().as_str() {
        "part 2" => Fate::DieBefore,
        _ => Fate::Pass,
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    let options = in_parts().transfer(small_parts().deadline(deadline));
    let error = run(&world, &client, &content(2 * PART), options).await.unwrap_err();
    let over = error.kind() == ErrorKind::Deadline
        || error.request().is_some_and(|error| error.kind() == r2_objects::ErrorKind::Deadline);
    assert!(over, "{error:?}");
    assert_eq!(wire.briefs().last().unwrap(), "abort");
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn without_checksums_other_servers_are_sent_none() {
    let world = World::new().await;
    let content = content(2 * PART);
    let wire = Wire::new(&world.emulator, |_, _| Fate::Pass);
    let client = Client::builder()
        .endpoint("http://r2.local")
        .transport(wire.clone())
        .checksum(ChecksumPolicy::None)
        .build()
        .unwrap();
    let uploaded = run(&world, &client, &content, in_parts()).await.unwrap();
    assert_eq!(uploaded.verdict, UploadVerdict::Unverified);
    for sent in wire.journal() {
        let checksum = sent.headers.keys().find(|name| name.as_str().contains("checksum"));
        assert_eq!(checksum, None, "{}", sent.brief());
    }
    assert!(world.stored().await == content);
}

#[tokio::test]
async fn a_part_size_that_is_not_one_is_refused_early() {
    let plain = TransferOptions::new();
    assert_eq!(plain.memory_bytes_max(), 40 << 20);
    assert!(r2_multipart::PartSize::new(5 << 30).is_err());
}
