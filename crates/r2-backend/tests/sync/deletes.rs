//! What only the destination has.

use r2_backend::{Action, ErrorKind, Extra, Location, Sync, SyncOptions};

use crate::world::{World, error_reply, file, files, plan, sync};

fn delete(at_most: u64) -> SyncOptions {
    SyncOptions::new().extra(Extra::Delete { at_most })
}

#[tokio::test]
async fn extra_objects_stay_unless_deletion_was_asked_for() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "a", "a");
    for key in ["p/a", "p/old", "p/older/x", "outside"] {
        world.put(key, "x").await;
    }
    let (here, there) = (Location::directory(root.path()), world.bucket("p"));
    let kept = plan(&here, &there, &SyncOptions::new()).await;
    assert_eq!((kept.summary().kept, kept.summary().deletes), (2, 0));

    let planned = plan(&here, &there, &delete(2)).await;
    let mut actions = planned.actions();
    let mut names = Vec::new();
    while let Some(action) = actions.next().await.unwrap() {
        if let Action::Delete { name, .. } = action {
            names.push(name);
        }
    }
    assert_eq!(names, ["old", "older/x"]);
    let report = planned.run(|_| {}).await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.deleted, 2);
    let keys: Vec<_> = world.objects().await.into_keys().collect();
    assert_eq!(keys, ["outside", "p/a"]);
}

#[tokio::test]
async fn more_than_the_cap_is_refused_before_anything_is_done() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "new", "new");
    for at in 0..3 {
        world.put(&format!("{at}"), "x").await;
    }
    world.seen();
    let plan = plan(&Location::directory(root.path()), &world.bucket(""), &delete(2)).await;
    let error = plan.run(|_| {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeleteCap);
    assert!(error.to_string().contains("3 to be deleted, 2 allowed"), "{error}");
    assert_eq!(world.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_deleted_when_something_was_not_sent() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "bad", "x");
    file(root.path(), "good", "x");
    world.put("old", "x").await;
    world.trouble(|request| {
        let refused =
            request.method() == http::Method::PUT && request.uri().path().ends_with("bad");
        refused.then(|| error_reply(403, "AccessDenied"))
    });
    let (here, there) = (Location::directory(root.path()), world.bucket(""));
    let report = sync(&here, &there, &delete(10)).await;
    assert_eq!((report.sent, report.failures, report.deletes_withheld), (1, 1, 1));
    assert!(!report.is_complete());
    world.no_trouble();
    let report = sync(&here, &there, &delete(10)).await;
    assert!(report.is_complete());
    assert_eq!((report.sent, report.deleted), (1, 1));
}

#[tokio::test]
async fn extra_files_go_unless_they_changed_meanwhile() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    world.put("a", "a").await;
    for name in ["old", "folder/old", "edited"] {
        file(root.path(), name, name);
    }
    let planned = plan(&world.bucket(""), &Location::directory(root.path()), &delete(10)).await;
    file(root.path(), "edited", "after the plan was made");
    let report = planned.run(|_| {}).await.unwrap();
    assert_eq!((report.deleted, report.failures), (2, 1));
    assert_eq!(report.failed[0].error.kind(), ErrorKind::Changed);
    assert_eq!(files(root.path()).into_keys().collect::<Vec<_>>(), ["a", "edited"]);
}

#[tokio::test]
async fn a_source_that_is_not_there_deletes_nothing() {
    let world = World::new().await;
    world.put("a", "a").await;
    let nowhere = Location::directory("not/there");
    let error = Sync::plan(&nowhere, &world.bucket(""), &delete(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[cfg(unix)]
#[tokio::test]
async fn what_the_source_hides_is_not_deleted() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("elsewhere", root.path().join("link")).unwrap();
    for key in ["link", "link/a", "folder/", "gone"] {
        world.put(key, "").await;
    }
    let report = sync(&Location::directory(root.path()), &world.bucket(""), &delete(10)).await;
    assert_eq!(report.deleted, 1);
    let keys: Vec<_> = world.objects().await.into_keys().collect();
    assert_eq!(keys, ["folder/", "link", "link/a"]);
}
