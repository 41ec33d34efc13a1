//! Keys that want to be somewhere else, and places that lead there.

use std::fs;

use r2_backend::{ErrorKind, Location, SkipReason, SyncOptions, UnsafeName};

use crate::world::{World, file, files, plan, sync};

#[tokio::test]
async fn no_key_leaves_the_directory() {
    let world = World::new().await;
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("root");
    let hostile = [
        ("../evil", UnsafeName::ParentSegment),
        ("..", UnsafeName::ParentSegment),
        ("/evil", UnsafeName::Absolute),
        ("a/../../evil", UnsafeName::ParentSegment),
        ("b/./c", UnsafeName::DotSegment),
        ("c//d", UnsafeName::EmptySegment),
        ("folder-with-bytes/", UnsafeName::TrailingSlash),
        ("x.r2part", UnsafeName::Unfinished),
        ("y.r2part.journal", UnsafeName::Unfinished),
    ];
    for (key, _) in hostile {
        world.put(key, "evil").await;
    }
    let long = format!("long/{}", "x".repeat(300));
    world.put(&long, "evil").await;
    world.put("marker/", "").await;
    world.put("good/file", "good").await;

    let planned = plan(&world.bucket(""), &Location::directory(&root), &SyncOptions::new()).await;
    assert_eq!(planned.summary().missing, hostile.len() as u64 + 1);
    assert_eq!(planned.summary().skipped, 1, "the marker is no loss");
    for (key, reason) in hostile {
        let skipped = planned.skipped().iter().find(|skipped| skipped.name == key).unwrap();
        assert_eq!(skipped.reason, SkipReason::UnsafeName(reason), "{key}");
    }
    let report = planned.run(|_| {}).await.unwrap();
    assert!(!report.is_complete());
    assert_eq!((report.sent, report.failures), (1, 0));
    let all: Vec<_> = files(outer.path()).into_keys().collect();
    assert_eq!(all, ["root/good/file"]);
}

#[tokio::test]
async fn a_file_and_a_folder_of_one_name_do_not_fight() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    for key in ["a", "a.b", "a/b", "a/c/d", "ab"] {
        world.put(key, key).await;
    }
    let planned =
        plan(&world.bucket(""), &Location::directory(root.path()), &SyncOptions::new()).await;
    assert_eq!((planned.summary().sends, planned.summary().missing), (3, 2));
    assert_eq!(planned.skipped()[0].reason, SkipReason::UnderFile("a".to_owned()));
    assert_eq!(planned.run(|_| {}).await.unwrap().sent, 3);
    assert_eq!(files(root.path()).into_keys().collect::<Vec<_>>(), ["a", "a.b", "ab"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_destination_is_not_written_through() {
    use std::os::unix::fs::symlink;
    let world = World::new().await;
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    file(outside.path(), "target", "untouched");
    symlink(outside.path(), root.path().join("link")).unwrap();
    symlink(outside.path().join("target"), root.path().join("file")).unwrap();
    for key in ["link/evil", "link/target", "file", "good"] {
        world.put(key, "evil").await;
    }
    let (there, here) = (world.bucket(""), Location::directory(root.path()));
    let planned = plan(&there, &here, &SyncOptions::new()).await;
    assert_eq!((planned.summary().sends, planned.summary().missing), (1, 3));
    // A link that comes after the plan was made is seen, too.
    world.put("late/evil", "evil").await;
    let late = plan(&there, &here, &SyncOptions::new()).await;
    symlink(outside.path(), root.path().join("late")).unwrap();
    let report = late.run(|_| {}).await.unwrap();
    assert_eq!((report.sent, report.failures), (1, 1));
    assert_eq!(report.failed[0].error.kind(), ErrorKind::InTheWay);
    assert!(report.failed[0].error.to_string().contains("symbolic link"));
    let outside = files(outside.path());
    assert_eq!(outside.into_iter().collect::<Vec<_>>(), [("target".into(), b"untouched".into())]);
}

#[tokio::test]
async fn a_name_that_appears_after_the_plan_is_not_written_over() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    world.put("Readme", "object").await;
    let (there, here) = (world.bucket(""), Location::directory(root.path()));
    let planned = plan(&there, &here, &SyncOptions::new()).await;
    // What a file system that ignores case would show for "README".
    file(root.path(), "Readme", "another name's content");
    let report = planned.run(|_| {}).await.unwrap();
    assert_eq!(report.failed[0].error.kind(), ErrorKind::InTheWay);
    assert_eq!(fs::read(root.path().join("Readme")).unwrap(), b"another name's content");
}

#[tokio::test]
async fn names_that_differ_in_case_wait_for_each_other() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    let names = ["a", "A", "\u{e9}", "E\u{301}", "dir/x", "DIR/X"];
    for key in names {
        world.put(key, key).await;
    }
    // This file system tells them apart, so all of them arrive.
    let sized = fs::write(root.path().join("probe"), "")
        .and_then(|()| fs::metadata(root.path().join("PROBE")));
    let tells_apart = sized.is_err();
    fs::remove_file(root.path().join("probe")).unwrap();
    let report =
        sync(&world.bucket(""), &Location::directory(root.path()), &SyncOptions::new()).await;
    let arrived = if tells_apart { names.len() } else { names.len() / 2 };
    assert_eq!(report.sent, arrived as u64, "{report:?}");
    assert_eq!(report.failures, (names.len() - arrived) as u64);
}

#[tokio::test]
async fn names_that_cannot_be_keys_are_told_and_the_rest_goes_on() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    let long = ["y".repeat(250), "y".repeat(250), "y".repeat(250), "y".repeat(250)].join("/");
    file(root.path(), &long, "x");
    file(root.path(), "good", "x");
    let prefix = "p".repeat(30);
    let report =
        sync(&Location::directory(root.path()), &world.bucket(&prefix), &SyncOptions::new()).await;
    assert_eq!((report.sent, report.missing), (1, 1));
}
