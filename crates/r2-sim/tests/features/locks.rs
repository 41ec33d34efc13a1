//! Bucket locks: what they keep, against whom, and until when.

use std::time::{Duration, UNIX_EPOCH};

use r2_sim::{ErrorKind, LockRule, LockUntil};

use crate::world::{DAY, START, World};

const LOCKED: &str = "403 ObjectLockedByBucketPolicy";

/// Rows: lock.writes, lock.new-keys.
#[tokio::test]
async fn nothing_that_is_locked_changes() {
    for world in World::both().await {
        world.put("/b-one/logs/1", "kept").await;
        world.put("/b-one/other", "free").await;
        let begun = world.send("POST /b-one/logs/1?uploads", &[], "").await;
        let id = r2_sign::encode::component(begun.element("UploadId").unwrap());
        let line = format!("PUT /b-one/logs/1?partNumber=1&uploadId={id}");
        let etag = world.send(&line, &[], "new").await.header("etag").to_owned();
        let rule = LockRule::new("all", LockUntil::Forever).prefix("logs/");
        world.r2.lock_bucket("b-one", [rule]).await.unwrap();

        let said = async |line: &str, headers: &[(&str, &str)], body: &str| {
            world.send(line, headers, body.to_owned()).await.said()
        };
        assert!(said("PUT /b-one/logs/1", &[], "x").await.starts_with(LOCKED));
        assert!(said("DELETE /b-one/logs/1", &[], "").await.starts_with(LOCKED));
        let copy = [("x-amz-copy-source", "/b-one/other")];
        assert!(said("PUT /b-one/logs/1", &copy, "").await.starts_with(LOCKED));
        let done = format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>\
             </CompleteMultipartUpload>"
        );
        let complete = format!("POST /b-one/logs/1?uploadId={id}");
        assert!(said(&complete, &[], &done).await.starts_with(LOCKED));
        let batch = "<Delete><Object><Key>logs/1</Key></Object><Object><Key>other</Key></Object>\
                     <Object><Key>none</Key></Object></Delete>";
        let deleted = world.send("POST /b-one?delete", &[], batch).await;
        assert_eq!(deleted.status, 200);
        assert_eq!(deleted.elements("Code"), ["ObjectLockedByBucketPolicy"]);
        assert_eq!(deleted.elements("Key"), ["other", "none", "logs/1"]);
        assert_eq!(said("DELETE /b-one", &[], "").await.split(' ').next(), Some("409"));
        assert_eq!(world.get("/b-one/logs/1").await.text(), "kept");

        // What is not there can be made, once, and be deleted where there is nothing.
        assert_eq!(said("DELETE /b-one/logs/2", &[], "").await, "204");
        assert_eq!(said("PUT /b-one/logs/2", &[], "x").await, "200");
        assert!(said("PUT /b-one/logs/2", &[], "y").await.starts_with(LOCKED));
        world.put("/b-one/other", "again").await;

        // The upload waited; without the rule it can end.
        world.r2.lock_bucket("b-one", []).await.unwrap();
        assert_eq!(said(&complete, &[], &done).await, "200");
        assert_eq!(world.get("/b-one/logs/1").await.text(), "new");
    }
}

/// Rows: lock.longest.
#[tokio::test]
async fn ages_and_dates() {
    let world = World::memory().await;
    world.put("/b-one/k", "1").await;
    let date = UNIX_EPOCH + Duration::from_secs(START) + 3 * DAY;
    let rules = [
        LockRule::new("a day", LockUntil::Age(DAY)),
        LockRule::new("to a date", LockUntil::Date(date)).prefix("k"),
        LockRule::new("asleep", LockUntil::Forever).disabled(),
    ];
    world.r2.lock_bucket("b-one", rules.clone()).await.unwrap();
    assert_eq!(world.r2.bucket_locks("b-one").await.unwrap(), rules);
    let delete = async || world.send("DELETE /b-one/k", &[], "").await.status;
    world.put("/b-one/j", "").await;
    assert_eq!(delete().await, 403);
    world.clock.advance(DAY);
    assert_eq!(world.send("DELETE /b-one/j", &[], "").await.status, 204, "a day is over");
    assert_eq!(delete().await, 403, "the longest rule counts");
    world.clock.advance(2 * DAY - Duration::from_millis(1));
    assert_eq!(delete().await, 403);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(delete().await, 204);
}

/// Rows: lock.lifecycle.
#[tokio::test]
async fn locks_go_before_lifecycle_rules() {
    let world = World::memory().await;
    let rules = "<LifecycleConfiguration><Rule><ID>x</ID><Prefix/><Status>Enabled</Status>\
                 <Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
    assert_eq!(world.send("PUT /b-one?lifecycle", &[], rules).await.status, 200);
    let rule = LockRule::new("three days", LockUntil::Age(3 * DAY)).prefix("k");
    world.r2.lock_bucket("b-one", [rule]).await.unwrap();
    world.put("/b-one/k", "1").await;
    world.put("/b-one/j", "1").await;
    world.clock.advance(2 * DAY);
    assert_eq!(world.get("/b-one/k").await.status, 200);
    assert_eq!(world.get("/b-one/j").await.status, 404);
    assert_eq!(world.get("/b-one?list-type=2").await.elements("Key"), ["k"]);
    world.clock.advance(DAY);
    assert_eq!(world.get("/b-one/k").await.status, 404);
    assert_eq!(world.send("DELETE /b-one", &[], "").await.status, 204);
}

#[tokio::test]
async fn rules_are_checked_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let open = || r2_sim::Emulator::builder().directory(folder.path()).unwrap();
    let r2 = open();
    crate::world::send(&r2, "PUT /b-one", &[], "".into()).await;
    let rule = |id: &str| LockRule::new(id, LockUntil::Forever);
    r2.lock_bucket("b-one", [rule("a")]).await.unwrap();
    let twice = r2.lock_bucket("b-one", [rule("b"), rule("b")]).await.unwrap_err();
    assert_eq!(twice.kind(), ErrorKind::LockRules);
    let many = (0..1001).map(|n| rule(&n.to_string())).collect::<Vec<_>>();
    assert_eq!(r2.lock_bucket("b-one", many).await.unwrap_err().kind(), ErrorKind::LockRules);
    let nowhere = r2.lock_bucket("nowhere", [rule("a")]).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::NoSuchBucket);
    assert_eq!(
        nowhere.to_string(),
        "use the locks of `nowhere`: The specified bucket does not exist."
    );
    drop(r2);
    assert_eq!(open().bucket_locks("b-one").await.unwrap(), [rule("a")]);
}
