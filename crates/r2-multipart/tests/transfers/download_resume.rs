//! Downloads that are killed, and go on.

use std::collections::BTreeSet;

use r2_multipart::{
    DownloadOptions, Downloaded, ErrorKind, OnObjectChange, Sink, download, upload,
};
use r2_objects::Client;

use crate::wire::{Fate, Wire};
use crate::world::{PART, World, content, in_parts, small_parts, until_death};

fn options() -> DownloadOptions {
    // the length is known, so that every part is asked for by its range
    DownloadOptions::new().transfer(small_parts()).expected_bytes(1 << 30)
}

async fn run(
    world: &World,
    client: &Client,
    options: DownloadOptions,
) -> Result<Downloaded, r2_multipart::Error> {
    let target = Sink::file(world.path("target"));
    download(client, &world.bucket, &world.key, target, options).await
}

async fn stored(world: &World, length: usize) -> Vec<u8> {
    let content = content(length);
    let (client, _) = world.calm();
    upload(&client, &world.bucket, &world.key, content.clone(), in_parts()).await.unwrap();
    content
}

/// The ranges that were answered.
fn fetched(wire: &Wire) -> BTreeSet<String> {
    let answered = wire.journal().into_iter().filter(|sent| sent.status == 206);
    answered.map(|sent| sent.brief()).collect()
}

/// The parts that the journal says are written.
fn journaled(world: &World) -> usize {
    let journal = std::fs::read_to_string(world.path("target.r2part.journal"));
    journal.map_or(0, |text| text.lines().count() - 1)
}

#[tokio::test]
async fn killed_at_every_request_it_goes_on_and_fetches_nothing_twice() {
    for k in 0..6 {
        let world = World::new().await;
        let content = stored(&world, 4 * PART - 3).await;
        let (client, wire) =
            world.client(move |index, _| if index == k { Fate::DieBefore } else { Fate::Pass });
        let first = until_death(&wire, run(&world, &client, options())).await;
        if k == 5 {
            first.expect("four parts, and the checksum of the whole").unwrap();
            break;
        }
        assert!(first.is_none());
        assert!(!world.path("target").exists());
        let left = journaled(&world);

        let (client, again) = world.calm();
        let downloaded = run(&world, &client, options()).await.unwrap();
        let name = format!("killed at {k} with {left} parts: {:?}", again.briefs());
        assert!(std::fs::read(world.path("target")).unwrap() == content, "{name}");
        // a write that had begun may have come to its end after the death
        let resumed = downloaded.parts_resumed as usize;
        assert!(resumed >= left, "{name}");
        assert_eq!(fetched(&again).len(), 4 - resumed, "{name}");
        assert!(matches!(downloaded.verdict, r2_objects::Verdict::Verified(_)), "{name}");
        assert!(!world.path("target.r2part").exists(), "{name}");
        assert!(!world.path("target.r2part.journal").exists(), "{name}");
    }
}

/// Leaves a download with two of four parts.
async fn leave_half(world: &World) -> Vec<u8> {
    let content = stored(world, 4 * PART).await;
    let (client, wire) = world.client(|_, sent| match sent.brief().as_str() {
        "get bytes=10485760-15728639" => Fate::DieBefore,
        _ => Fate::Pass,
    });
    let half = async {
        let wait = async {
            while journaled(world) < 3 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = run(world, &client, options()) => panic!("it should hang"),
            () = wait => {}
        }
    };
    half.await;
    assert!(wire.journal().len() >= 4);
    assert_eq!(journaled(world), 3);
    content
}

#[tokio::test]
async fn the_finished_parts_stay() {
    let world = World::new().await;
    let content = leave_half(&world).await;
    let (client, wire) = world.calm();
    let downloaded = run(&world, &client, options()).await.unwrap();
    assert_eq!(downloaded.parts_resumed, 3);
    assert_eq!(wire.briefs(), ["head", "get bytes=10485760-15728639"]);
    assert!(std::fs::read(world.path("target")).unwrap() == content);
}

#[tokio::test]
async fn data_that_was_lost_with_the_power_is_fetched_again() {
    let world = World::new().await;
    let content = leave_half(&world).await;
    let file = std::fs::File::options().write(true).open(world.path("target.r2part")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[0; 4096], 1000).unwrap();
    drop(file);
    let (client, wire) = world.calm();
    let downloaded = run(&world, &client, options()).await.unwrap();
    assert_eq!(downloaded.parts_resumed, 2);
    assert!(fetched(&wire).contains("get bytes=0-5242879"));
    assert!(std::fs::read(world.path("target")).unwrap() == content);
}

#[tokio::test]
async fn a_journal_that_is_damaged_or_foreign_is_no_journal() {
    for journal in ["", "nonsense", "{\"version\":9}\n"] {
        let world = World::new().await;
        let content = leave_half(&world).await;
        std::fs::write(world.path("target.r2part.journal"), journal).unwrap();
        let (client, _) = world.calm();
        let downloaded = run(&world, &client, options()).await.unwrap();
        assert_eq!(downloaded.parts_resumed, 0);
        assert!(std::fs::read(world.path("target")).unwrap() == content);
    }
    let world = World::new().await;
    leave_half(&world).await;
    let path = world.path("target.r2part.journal");
    let foreign = std::fs::read_to_string(&path).unwrap().replace("\"bucket\"", "\"other\"");
    std::fs::write(&path, foreign).unwrap();
    let (client, _) = world.calm();
    assert_eq!(run(&world, &client, options()).await.unwrap().parts_resumed, 0);
}

#[tokio::test]
async fn an_object_that_was_replaced_meanwhile_is_read_anew_or_an_error() {
    let new = content(3 * PART);
    let world = World::new().await;
    leave_half(&world).await;
    world.put(&new).await;
    let (client, _) = world.calm();
    let downloaded = run(&world, &client, options()).await.unwrap();
    assert_eq!(downloaded.parts_resumed, 0);
    assert!(std::fs::read(world.path("target")).unwrap() == new);

    let world = World::new().await;
    leave_half(&world).await;
    world.put(&new).await;
    let (client, _) = world.calm();
    let fail = options().on_object_change(OnObjectChange::Fail);
    let error = run(&world, &client, fail).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ObjectChanged);
    assert_eq!(std::fs::read_dir(world.directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_object_that_is_gone_ends_it_for_good() {
    let world = World::new().await;
    leave_half(&world).await;
    let (client, _) = world.calm();
    client.objects().delete(&world.bucket, &world.key).await.unwrap();
    let error = run(&world, &client, options()).await.unwrap_err();
    assert!(error.request().unwrap().is_not_found());
    assert!(!error.is_suspended());
    assert_eq!(std::fs::read_dir(world.directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_was_left_stays_when_the_server_refuses_to_say() {
    let world = World::new().await;
    leave_half(&world).await;
    let (client, _) = world.client(|_, _| Fate::Refuse(403, "AccessDenied"));
    let error = run(&world, &client, options()).await.unwrap_err();
    assert!(error.is_suspended());
    assert_eq!(journaled(&world), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_what_is_finished() {
    let world = World::new().await;
    let content = stored(&world, 3 * PART).await;
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "get bytes=10485760-15728639" => Fate::Refuse(403, "AccessDenied"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, options()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_suspended()), (ErrorKind::Request, true));
    let left = journaled(&world);
    assert!(left > 0);
    let (client, wire) = world.calm();
    let downloaded = run(&world, &client, options()).await.unwrap();
    let resumed = downloaded.parts_resumed as usize;
    assert!(resumed >= left);
    assert_eq!(fetched(&wire).len(), 3 - resumed);
    assert!(std::fs::read(world.path("target")).unwrap() == content);
}

#[tokio::test(start_paused = true)]
async fn without_resume_a_failure_leaves_nothing() {
    let world = World::new().await;
    stored(&world, 3 * PART).await;
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "get bytes=10485760-15728639" => Fate::Refuse(403, "AccessDenied"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, options().without_resume()).await.unwrap_err();
    assert!(!error.is_suspended());
    assert_eq!(std::fs::read_dir(world.directory.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn two_downloads_of_one_target_do_not_mix() {
    let world = World::new().await;
    stored(&world, 3 * PART).await;
    let (slow, wire) =
        world.client(|index, _| if index == 2 { Fate::DieBefore } else { Fate::Pass });
    let (client, _) = world.calm();
    let first = run(&world, &slow, options());
    let second = async {
        wire.death().await;
        run(&world, &client, options()).await
    };
    tokio::select! {
        _ = first => panic!("it should hang"),
        result = second => assert_eq!(result.unwrap_err().kind(), ErrorKind::TargetBusy),
    }
}
