//! Items that fail, servers that fail, and runs that end early.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use r2_backend::{ErrorKind, Event, Location, SyncOptions};
use r2_multipart::Stop;
use r2_sim::Emulator;
use r2_transport::TransportError;

use crate::world::{World, error_reply, file, files, plan, sync};

fn tree(count: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for at in 0..count {
        file(root.path(), &format!("{}/{at}", at % 7), format!("content of {at}"));
    }
    root
}

#[tokio::test(start_paused = true)]
async fn a_fifth_of_all_requests_failing_is_overcome() {
    let world = World::of(Emulator::memory(), |builder| builder.circuit_breaker(None)).await;
    let (up, down) = (tree(300), tempfile::tempdir().unwrap());
    let count = AtomicU64::new(0);
    world.trouble(move |_| {
        // The same sequence each time; a fifth of it fails.
        let at = count.fetch_add(1, Ordering::Relaxed);
        let reset = |kind| Err(TransportError::new(kind, "made by a test"));
        match at.wrapping_mul(2_654_435_761) % 25 {
            0 => Some(error_reply(500, "InternalError")),
            1 => Some(error_reply(503, "ServiceUnavailable")),
            2 => Some(error_reply(429, "TooManyRequests")),
            3 => Some(reset(r2_transport::ErrorKind::Reset)),
            4 => Some(reset(r2_transport::ErrorKind::FirstByteTimeout)),
            _ => None,
        }
    });
    let (here, there) = (Location::directory(up.path()), world.bucket(""));
    let report = sync(&here, &there, &SyncOptions::new()).await;
    assert!(report.is_complete(), "{report:?}");
    let report = sync(&there, &Location::directory(down.path()), &SyncOptions::new()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(files(up.path()), files(down.path()));
}

#[tokio::test]
async fn one_item_that_fails_does_not_stop_the_rest() {
    let world = World::new().await;
    let up = tree(20);
    world.trouble(|request| {
        request.uri().path().ends_with("/3/10").then(|| error_reply(403, "AccessDenied"))
    });
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let (here, there) = (Location::directory(up.path()), world.bucket(""));
    let planned = plan(&here, &there, &SyncOptions::new()).await;
    let report = planned
        .run(move |event| {
            if let Event::Failed { name, error, .. } = event {
                log.lock().unwrap().push(format!("{name}: {error}"));
            }
        })
        .await
        .unwrap();
    assert_eq!((report.sent, report.failures, report.not_tried), (19, 1, 0));
    assert_eq!(report.failed[0].name, "3/10");
    let request = report.failed[0].error.request().unwrap();
    assert_eq!(request.kind(), r2_objects::ErrorKind::AccessDenied);
    assert_eq!(*events.lock().unwrap(), ["3/10: send a request"]);
    world.no_trouble();
    assert_eq!(sync(&here, &there, &SyncOptions::new()).await.sent, 1);
}

#[tokio::test(start_paused = true)]
async fn what_failed_in_passing_is_tried_once_more_at_the_end() {
    let world = World::of(Emulator::memory(), |builder| builder.circuit_breaker(None)).await;
    let up = tree(20);
    let left = AtomicU64::new(4);
    world.trouble(move |request| {
        let unlucky = request.uri().path().ends_with("/3/10");
        let again = unlucky
            && left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                .is_ok();
        again.then(|| error_reply(500, "InternalError"))
    });
    let report =
        sync(&Location::directory(up.path()), &world.bucket(""), &SyncOptions::new()).await;
    assert!(report.is_complete(), "four attempts failed, the fifth did not: {report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_ends_the_run_early() {
    let world = World::new().await;
    let up = tree(100);
    let (here, there) = (Location::directory(up.path()), world.bucket(""));
    let planned = plan(&here, &there, &SyncOptions::new().transfers(4)).await;
    world.trouble(|_| {
        Some(Err(TransportError::new(r2_transport::ErrorKind::Connect, "made by a test")))
    });
    world.seen();
    let report = planned.run(|_| {}).await.unwrap();
    assert_eq!(report.sent, 0);
    assert!(report.not_tried > 80, "{report:?}");
    assert!(world.seen().len() < 30);
    let kinds: Vec<_> = report.failed.iter().map(|f| f.error.request().unwrap().kind()).collect();
    assert!(kinds.contains(&r2_objects::ErrorKind::CircuitOpen), "{kinds:?}");
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_sent_again() {
    let world = World::new().await;
    let up = tempfile::tempdir().unwrap();
    file(up.path(), "growing", "short");
    let path = up.path().join("growing");
    let changed = AtomicU64::new(0);
    world.trouble(move |request| {
        if request.method() == http::Method::PUT && changed.fetch_add(1, Ordering::Relaxed) == 0 {
            fs::write(&path, "longer now").unwrap();
        }
        None
    });
    let report =
        sync(&Location::directory(up.path()), &world.bucket(""), &SyncOptions::new()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(world.objects().await["growing"], b"longer now");
}

#[tokio::test]
async fn a_file_that_is_gone_is_told_and_the_rest_goes_on() {
    let world = World::new().await;
    let up = tree(5);
    let planned =
        plan(&Location::directory(up.path()), &world.bucket(""), &SyncOptions::new()).await;
    fs::remove_file(up.path().join("2/2")).unwrap();
    let report = planned.run(|_| {}).await.unwrap();
    assert_eq!((report.sent, report.failures), (4, 1));
    assert_eq!(report.failed[0].error.kind(), ErrorKind::Read);
}

#[tokio::test]
async fn a_destination_that_cannot_be_written_is_a_clear_error() {
    let world = World::new().await;
    world.put("a", "a").await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "file", "");
    let below_a_file = Location::directory(root.path().join("file/below"));
    let planned =
        r2_backend::Sync::plan(&world.bucket(""), &below_a_file, &SyncOptions::new()).await;
    assert_eq!(planned.unwrap_err().kind(), ErrorKind::Read);
    // Made a file after the plan.
    let later = root.path().join("later");
    let planned = plan(&world.bucket(""), &Location::directory(&later), &SyncOptions::new()).await;
    fs::write(&later, "").unwrap();
    let report = planned.run(|_| {}).await.unwrap();
    assert_eq!(report.failed[0].error.kind(), ErrorKind::Write);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_named() {
    let world = World::new().await;
    let up = tree(1);
    let nowhere = r2_objects::BucketName::new("nowhere").unwrap();
    let there = Location::bucket(&world.client, nowhere, "");
    let error =
        r2_backend::Sync::plan(&Location::directory(up.path()), &there, &SyncOptions::new())
            .await
            .unwrap_err();
    assert_eq!(error.request().unwrap().kind(), r2_objects::ErrorKind::NoSuchBucket);
}

#[tokio::test]
async fn the_stop_signal_ends_a_run_in_order() {
    let world = World::new().await;
    let up = tree(200);
    let stop = Stop::new();
    let options = SyncOptions::new().transfers(2).stop(&stop);
    let planned = plan(&Location::directory(up.path()), &world.bucket(""), &options).await;
    let sent = AtomicU64::new(0);
    let report = planned
        .run(move |event| {
            if matches!(event, Event::Sent { .. }) && sent.fetch_add(1, Ordering::Relaxed) == 9 {
                stop.stop();
            }
        })
        .await
        .unwrap();
    assert!(report.was_stopped && !report.is_complete());
    assert_eq!(report.failures, 0);
    assert!((10..=12).contains(&report.sent), "{report:?}");
    assert_eq!(report.sent + report.not_tried, 200);
}

#[tokio::test]
async fn a_dropped_run_leaves_whole_files_and_the_next_one_does_the_rest() {
    let world = World::new().await;
    for at in 0..50 {
        world.put(&format!("{at}"), vec![b'x'; 10_000]).await;
    }
    let root = tempfile::tempdir().unwrap();
    let (there, here) = (world.bucket(""), Location::directory(root.path()));
    let planned = plan(&there, &here, &SyncOptions::new().transfers(3)).await;
    let (told, mut tell) = tokio::sync::mpsc::unbounded_channel();
    let run = planned.run(move |event| {
        if matches!(event, Event::Sent { .. }) {
            told.send(()).unwrap();
        }
    });
    tokio::select! {
        _ = run => panic!("it was to be dropped"),
        _ = tell.recv() => {}
    }
    // A write that had begun may still end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.seen();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.seen(), Vec::<String>::new(), "nothing is left running");
    for (name, content) in files(root.path()) {
        assert!(name.ends_with(".r2part") || content.len() == 10_000, "{name}");
    }
    assert!(sync(&there, &here, &SyncOptions::new()).await.is_complete());
    assert_eq!(files(root.path()), world.objects().await);
}
