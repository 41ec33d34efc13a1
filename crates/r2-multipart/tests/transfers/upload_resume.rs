//! Uploads that are killed, and go on.

use std::collections::BTreeSet;
use std::sync::Arc;

use r2_multipart::{
    ErrorKind, OnSourceChange, ResumeDirectory, ResumeMemory, ResumeStore, Source, Stop,
    TransferId, UploadOptions, Uploaded, upload,
};
use r2_objects::Client;

use crate::wire::{Fate, Wire};
use crate::world::{PART, World, content, in_parts, small_parts, until_death};

fn resumable(world: &World) -> UploadOptions {
    in_parts().resume(Arc::new(ResumeDirectory::new(world.path("tokens"))))
}

async fn run(
    world: &World,
    client: &Client,
    options: UploadOptions,
) -> Result<Uploaded, r2_multipart::Error> {
    let source = Source::file(world.path("source"));
    upload(client, &world.bucket, &world.key, source, options).await
}

/// The parts that the server took.
fn taken(wire: &Wire) -> BTreeSet<String> {
    let taken = wire.journal().into_iter().filter(|sent| sent.status == 200);
    taken.map(|sent| sent.brief()).filter(|brief| brief.starts_with("part")).collect()
}

/// Dies at request `k`, then goes on in what is as good as another process.
async fn die_and_go_on(k: usize, fate: Fate) -> bool {
    let world = World::new().await;
    let content = content(2 * PART + 7);
    world.file("source", &content);
    let doomed = fate.clone();
    let (client, wire) =
        world.client(move |index, _| if index == k { doomed.clone() } else { Fate::Pass });
    let first = until_death(&wire, run(&world, &client, resumable(&world))).await;
    if let Some(finished) = first {
        finished.unwrap();
        return false;
    }
    let mut before = taken(&wire);
    let died_at = wire.briefs()[k].clone();
    if matches!(fate, Fate::DieAfter) && died_at.starts_with("part") {
        before.insert(died_at.clone());
    }

    let (client, again) = world.calm();
    let uploaded = run(&world, &client, resumable(&world)).await.unwrap();
    let name = format!("{fate:?} at {k}: {died_at}, then {:?}", again.briefs());
    assert_eq!(uploaded.parts, 3, "{name}");
    assert!(world.stored().await == content, "{name}");
    let sent_twice: Vec<_> = taken(&again).intersection(&before).cloned().collect();
    assert!(sent_twice.is_empty(), "{name}: sent twice: {sent_twice:?}");
    assert_eq!(uploaded.parts_resumed as usize, 3 - taken(&again).len(), "{name}");
    // an upload whose creation was not heard of stays; nobody can know of it
    let lost = usize::from(died_at == "create" && matches!(fate, Fate::DieAfter));
    assert_eq!(world.unfinished().await, lost, "{name}");
    assert_eq!(std::fs::read_dir(world.path("tokens")).unwrap().count(), 0, "{name}");
    true
}

#[tokio::test]
async fn killed_at_every_request_it_goes_on_and_sends_nothing_twice() {
    for fate in [Fate::DieBefore, Fate::DieAfter] {
        let mut k = 0;
        while die_and_go_on(k, fate.clone()).await {
            k += 1;
        }
        assert_eq!(k, 5, "create, three parts, complete");
    }
}

#[tokio::test]
async fn killed_again_and_again_it_still_gets_there() {
    let world = World::new().await;
    let content = content(4 * PART);
    world.file("source", &content);
    let mut sent = Vec::new();
    for _ in 0..10 {
        // each life lasts for three requests
        let (client, wire) =
            world.client(|index, _| if index == 3 { Fate::DieBefore } else { Fate::Pass });
        let ended = until_death(&wire, run(&world, &client, resumable(&world))).await;
        sent.extend(taken(&wire));
        if let Some(result) = ended {
            result.unwrap();
            assert!(world.stored().await == content);
            let unique: BTreeSet<_> = sent.iter().collect();
            assert_eq!((sent.len(), unique.len()), (4, 4), "{sent:?}");
            return;
        }
    }
    panic!("never finished: {sent:?}");
}

#[tokio::test]
async fn a_source_in_memory_goes_on_too() {
    let world = World::new().await;
    let content = content(2 * PART);
    let store = Arc::new(ResumeMemory::new());
    let options = || in_parts().resume(store.clone());
    let (client, wire) =
        world.client(|index, _| if index == 3 { Fate::DieBefore } else { Fate::Pass });
    let (bucket, key) = (&world.bucket, &world.key);
    let first = upload(&client, bucket, key, content.clone(), options());
    assert!(until_death(&wire, first).await.is_none());
    let (client, wire) = world.calm();
    let uploaded = upload(&client, bucket, key, content.clone(), options()).await.unwrap();
    assert_eq!(uploaded.parts_resumed, 2);
    assert_eq!(wire.briefs(), ["list parts", "complete"]);
    assert!(world.stored().await == content);
}

/// Leaves an upload with some of its parts.
async fn leave_half(world: &World, content: &[u8]) {
    world.file("source", content);
    let (client, wire) =
        world.client(|index, _| if index == 3 { Fate::DieBefore } else { Fate::Pass });
    assert!(until_death(&wire, run(world, &client, resumable(world))).await.is_none());
    assert_eq!(world.unfinished().await, 1);
}

#[tokio::test]
async fn a_changed_source_is_an_error_or_a_new_start() {
    let world = World::new().await;
    leave_half(&world, &content(3 * PART)).await;
    let new = content(3 * PART - 1);
    world.file("source", &new);

    let (client, wire) = world.calm();
    let error = run(&world, &client, resumable(&world)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_suspended()), (ErrorKind::SourceChanged, true));
    assert!(wire.journal().is_empty());

    let options = resumable(&world).on_source_change(OnSourceChange::StartAnew);
    let uploaded = run(&world, &client, options).await.unwrap();
    assert_eq!(uploaded.parts_resumed, 0);
    assert_eq!(wire.briefs()[..2], ["abort", "create"]);
    assert!(world.stored().await == new);
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn a_source_that_changes_unseen_never_makes_a_mixed_object() {
    let world = World::new().await;
    let old = content(3 * PART);
    leave_half(&world, &old).await;
    // the same length, the same time, the same inode: only the bytes of part 1 differ
    let times = std::fs::metadata(world.path("source")).unwrap().modified().unwrap();
    let file = std::fs::File::options().write(true).open(world.path("source")).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"other", 100).unwrap();
    file.set_modified(times).unwrap();
    drop(file);
    let (client, wire) = world.calm();
    run(&world, &client, resumable(&world)).await.unwrap();
    assert!(taken(&wire).contains("part 1"));
    let now = std::fs::read(world.path("source")).unwrap();
    assert!(world.stored().await == now);
}

#[tokio::test]
async fn a_vanished_upload_starts_anew() {
    let world = World::new().await;
    let content = content(3 * PART);
    leave_half(&world, &content).await;
    world.abort_all().await;
    let (client, wire) = world.calm();
    let uploaded = run(&world, &client, resumable(&world)).await.unwrap();
    assert_eq!((uploaded.parts, uploaded.parts_resumed), (3, 0));
    assert_eq!(wire.briefs()[0], "list parts");
    assert!(wire.briefs().contains(&"create".to_owned()));
    assert!(world.stored().await == content);
}

#[tokio::test]
async fn the_part_size_of_the_token_counts() {
    let world = World::new().await;
    let content = content(3 * PART);
    leave_half(&world, &content).await;
    let (client, wire) = world.calm();
    let larger = r2_multipart::TransferOptions::new();
    run(&world, &client, resumable(&world).transfer(larger)).await.unwrap();
    assert_eq!(taken(&wire).len(), 1);
    assert!(world.stored().await == content);
}

#[tokio::test]
async fn a_failure_keeps_the_upload_and_the_token() {
    let world = World::new().await;
    world.file("source", &content(3 * PART));
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "part 2" => Fate::Refuse(403, "AccessDenied"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, resumable(&world)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_suspended()), (ErrorKind::Request, true));
    assert_eq!(world.unfinished().await, 1);
    let id = TransferId::new(client.endpoint().to_string(), "bucket", world.key.as_str());
    let store = ResumeDirectory::new(world.path("tokens"));
    assert!(store.load(&id).await.unwrap().is_some());
}

#[tokio::test]
async fn what_would_fail_again_is_not_kept() {
    let world = World::new().await;
    world.file("source", &content(PART));
    let (client, _) = world.client(|_, sent| match sent.brief().as_str() {
        "complete" => Fate::Refuse(412, "PreconditionFailed"),
        _ => Fate::Pass,
    });
    let error = run(&world, &client, resumable(&world)).await.unwrap_err();
    assert!(!error.is_suspended());
    assert_eq!(world.unfinished().await, 0);
    assert_eq!(std::fs::read_dir(world.path("tokens")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_leaves_no_upload() {
    let world = World::new().await;
    world.file("source", &content(PART));
    // a file where the directory should be
    world.file("tokens", b"");
    let (client, wire) = world.calm();
    let error = run(&world, &client, resumable(&world)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Resume);
    assert!(taken(&wire).is_empty());
    assert_eq!(world.unfinished().await, 0);
}

#[tokio::test]
async fn a_stream_cannot_be_kept() {
    let world = World::new().await;
    let (client, wire) = world.calm();
    let source = Source::reader(tokio::io::empty());
    let (bucket, key) = (&world.bucket, &world.key);
    let error = upload(&client, bucket, key, source, resumable(&world)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotResumable);
    assert!(wire.journal().is_empty());
}

#[tokio::test]
async fn what_is_stopped_before_it_begins_sends_nothing() {
    let world = World::new().await;
    world.file("source", &content(PART));
    let stop = Stop::new();
    stop.stop();
    let (client, wire) = world.calm();
    let options = in_parts().transfer(small_parts().stop(&stop));
    let error = run(&world, &client, options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stopped);
    assert!(wire.journal().is_empty());
}

#[tokio::test]
async fn stop_aborts_or_keeps() {
    for keep in [false, true] {
        let world = World::new().await;
        world.file("source", &content(3 * PART));
        let stop = Stop::new();
        let signal = stop.clone();
        let (client, _) = world.client(move |index, _| {
            if index == 3 {
                signal.stop();
                return Fate::DieBefore;
            }
            Fate::Pass
        });
        let options = if keep { resumable(&world) } else { in_parts() };
        let options = options.transfer(small_parts().stop(&stop));
        let error = run(&world, &client, options).await.unwrap_err();
        assert_eq!((error.kind(), error.is_suspended()), (ErrorKind::Stopped, keep));
        assert_eq!(world.unfinished().await, usize::from(keep));
    }
}
