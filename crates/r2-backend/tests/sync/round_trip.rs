//! Up, nothing, down, nothing.

use std::fs;
use std::time::{Duration, SystemTime};

use r2_backend::{Action, Compare, KeyIdentity, Location, Reason, Rules, SyncOptions};
use r2_multipart::PartSize;
use r2_objects::{ListObjectsV2, PriceList};

use crate::world::{World, file, files, plan, sync};

fn awkward_names() -> Vec<String> {
    let long = "x".repeat(200);
    let mut names: Vec<String> = [
        "plain.txt",
        "a b",
        " lead",
        "trail ",
        "+",
        "%",
        "%2F",
        "#",
        "?",
        "&",
        "a+b%20c#d?e&f",
        "caf\u{e9}",
        "nai\u{308}ve",
        "\u{1f980}/\u{1f980}.txt",
        "dir/a",
        "dir/b/c",
        "dir.txt",
        "dir-/x",
        "...",
        "..a",
        ".hidden",
        "a\\b",
        "~",
        "-rf",
        "'q\"",
        "<xml>&amp;",
        "e\u{301}/x",
        "\u{fb01}",
        "a\u{200b}b",
        "new\nline",
        "tab\t",
        "\u{1}",
        "=+-@",
        "$HOME",
    ]
    .map(str::to_owned)
    .into();
    names.push(format!("{long}/{long}"));
    names.push(format!("{}\u{1f980}", "y".repeat(196)));
    names
}

fn set_time(root: &std::path::Path, name: &str, time: SystemTime) {
    fs::File::options().write(true).open(root.join(name)).unwrap().set_modified(time).unwrap();
}

/// Younger than any object of these tests.
fn far_future() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000)
}

fn options() -> SyncOptions {
    SyncOptions::new()
}

#[tokio::test]
async fn a_tree_with_awkward_names_goes_up_and_comes_back_equal() {
    let world = World::new().await;
    let (up, down) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (length, name) in awkward_names().iter().enumerate() {
        file(up.path(), name, vec![b'z'; length * 3_001 % 65_536]);
    }
    fs::create_dir_all(up.path().join("empty/folder")).unwrap();
    let names = awkward_names().len() as u64;
    let (here, there) = (Location::directory(up.path()), world.bucket("p"));

    let report = sync(&here, &there, &options()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.sent, names);
    assert_eq!(world.seen().len() as u64, names, "one request each");

    let again = plan(&here, &there, &options()).await;
    assert!(again.is_empty());
    assert_eq!((again.summary().same, again.summary().list_requests), (names, 1));
    assert!(again.run(|_| {}).await.unwrap().is_complete());
    assert_eq!(world.seen(), Vec::<String>::new(), "the second sync sends nothing");

    let back = Location::directory(down.path().join("new"));
    let report = sync(&there, &back, &options()).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(files(&down.path().join("new")), files(up.path()));
    assert_eq!(world.seen().len() as u64, names);
    for compare in [Compare::Time, Compare::Checksum, Compare::Size] {
        for (from, to) in [(&there, &back), (&here, &there), (&back, &there), (&there, &here)] {
            let again = plan(from, to, &options().compare(compare)).await;
            assert!(again.is_empty(), "{compare:?} {from} {to} {:?}", again.summary());
        }
    }
    assert_eq!(world.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn a_download_has_the_time_of_its_object() {
    let world = World::new().await;
    world.put("a", "hello").await;
    let root = tempfile::tempdir().unwrap();
    sync(&world.bucket(""), &Location::directory(root.path()), &options()).await;
    let page = world.client.objects().list(ListObjectsV2::new("box".try_into().unwrap())).await;
    let time = fs::metadata(root.path().join("a")).unwrap().modified().unwrap();
    assert_eq!(time, page.unwrap().objects[0].last_modified.time());
}

#[tokio::test]
async fn changes_go_up_and_touched_files_do_not() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    let (here, there) = (Location::directory(root.path()), world.bucket(""));
    for name in ["longer", "other", "same", "touched"] {
        file(root.path(), name, "12345");
    }
    sync(&here, &there, &options()).await;
    let later = far_future();
    file(root.path(), "longer", "123456");
    for (name, content) in [("other", "54321"), ("touched", "12345")] {
        file(root.path(), name, content);
        set_time(root.path(), name, later);
    }
    file(root.path(), "new", "");

    let plan = plan(&here, &there, &options()).await;
    let mut actions = plan.actions();
    let mut planned = Vec::new();
    while let Some(action) = actions.next().await.unwrap() {
        let Action::Send { name, reason, .. } = action else { panic!("{action:?}") };
        planned.push((name, reason));
    }
    let expected = [("longer", Reason::Size), ("new", Reason::New), ("other", Reason::Content)];
    assert_eq!(planned, expected.map(|(name, reason)| (name.to_owned(), reason)));
    assert_eq!(plan.summary().same, 2);
    assert!(plan.run(|_| {}).await.unwrap().is_complete());
    assert_eq!(world.objects().await, files(root.path()));
}

#[tokio::test]
async fn changes_come_down_even_when_the_length_stays() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    let (there, here) = (world.bucket(""), Location::directory(root.path()));
    for key in ["replaced", "edited", "same"] {
        world.put(key, "12345").await;
    }
    sync(&there, &here, &options()).await;
    world.put("replaced", "abcde").await;
    file(root.path(), "edited", "67890");
    set_time(root.path(), "edited", far_future());
    let report = sync(&there, &here, &options()).await;
    assert_eq!(report.sent, 2);
    assert_eq!(files(root.path()), world.objects().await);
}

#[tokio::test]
async fn large_files_go_in_parts_and_are_known_again_by_their_tag() {
    let world = World::new().await;
    let (up, down) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let content: Vec<u8> = (0..=250_u8).cycle().take(13 << 20).collect();
    file(up.path(), "large", &content);
    let (here, there) = (Location::directory(up.path()), world.bucket(""));
    let size = PartSize::new(6 << 20).unwrap();
    let options = options().threshold_bytes(8 << 20).part_size(size);

    let before = world.client.usage();
    let plan_up = plan(&here, &there, &options).await;
    let listed = plan_up.summary().list_requests;
    assert_eq!(plan_up.requests().class_a, 5, "create, three parts, complete");
    assert!(plan_up.run(|_| {}).await.unwrap().is_complete());
    let after = world.client.usage();
    assert_eq!(after.class_a - before.class_a, listed + 5, "the plan told the invoice");
    let price = plan_up.requests().price(&PriceList::r2());
    assert_eq!(price.to_string(), "$0.0000225");

    set_time(up.path(), "large", far_future());
    assert!(plan(&here, &there, &options).await.is_empty(), "touched, and read instead of sent");

    let back = Location::directory(down.path());
    let plan_down = plan(&there, &back, &options).await;
    let before = world.client.usage();
    world.seen();
    assert!(plan_down.run(|_| {}).await.unwrap().is_complete());
    let after = world.client.usage();
    let sent = world.seen();
    assert_eq!(after.class_b - before.class_b, plan_down.requests().class_b, "{sent:?}");
    assert_eq!(fs::read(down.path().join("large")).unwrap(), content);
    set_time(down.path(), "large", SystemTime::UNIX_EPOCH);
    assert!(plan(&there, &back, &options).await.is_empty(), "read instead of fetched");
}

#[tokio::test]
async fn a_plan_changes_nothing() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "a", "a");
    world.put("b", "b").await;
    world.seen();
    let target = root.path().join("not/there");
    let (here, there) = (Location::directory(root.path()), world.bucket(""));
    assert_eq!(plan(&here, &there, &options()).await.summary().sends, 1);
    let down = plan(&there, &Location::directory(&target), &options()).await;
    assert_eq!(down.summary().sends, 1);
    assert_eq!(world.seen(), Vec::<String>::new());
    assert!(!target.exists());
}

#[tokio::test]
async fn rules_hold_on_both_sides() {
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    for name in ["src/a.rs", "target/x", "notes.log", "keep.log"] {
        file(root.path(), name, name);
    }
    world.put("target/old", "").await;
    let rules = Rules::new().exclude("target/").unwrap().exclude("*.log").unwrap();
    let options = options()
        .rules(rules.include("keep.log").unwrap())
        .extra(r2_backend::Extra::Delete { at_most: 10 });
    let report = sync(&Location::directory(root.path()), &world.bucket(""), &options).await;
    assert!(report.is_complete());
    let keys: Vec<_> = world.objects().await.into_keys().collect();
    assert_eq!(keys, ["keep.log", "src/a.rs", "target/old"]);
}

#[tokio::test]
async fn one_name_in_two_spellings_is_one_object_and_keeps_its_spelling() {
    let world = World::new().await;
    world.put("caf\u{e9}", "old").await;
    let root = tempfile::tempdir().unwrap();
    file(root.path(), "cafe\u{301}", "newer");
    let (here, there) = (Location::directory(root.path()), world.bucket(""));
    let report = sync(&here, &there, &options()).await;
    assert_eq!(report.sent, 1);
    let objects = world.objects().await;
    assert_eq!(objects.into_iter().collect::<Vec<_>>(), [("caf\u{e9}".into(), b"newer".into())]);
    assert!(plan(&there, &here, &options()).await.is_empty());
    // Both spellings on one side are a collision: the second is told and not sent.
    file(root.path(), "caf\u{e9}", "another");
    let collision = plan(&here, &there, &options()).await;
    assert_eq!((collision.summary().sends, collision.summary().missing), (0, 1));
    assert!(collision.skipped()[0].reason.to_string().contains("same name"));
}

#[tokio::test]
async fn a_listing_in_another_order_is_sorted_first() {
    let world = World::new().await;
    let (up, down) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // The emulator lists by NFC: "e + accent" comes after "f". By bytes it comes before.
    for name in ["a", "e\u{301}", "f", "z"] {
        file(up.path(), name, name);
    }
    let (here, there) = (Location::directory(up.path()), world.bucket(""));
    let options = options().identity(KeyIdentity::Bytes);
    assert!(sync(&here, &there, &options).await.is_complete());
    assert!(plan(&here, &there, &options).await.is_empty());
    assert!(sync(&there, &Location::directory(down.path()), &options).await.is_complete());
    assert_eq!(files(down.path()), files(up.path()));
}

#[tokio::test]
async fn the_futures_can_move_between_threads() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let world = World::new().await;
    let root = tempfile::tempdir().unwrap();
    let (here, there) = (Location::directory(root.path()), world.bucket(""));
    let options = options();
    let plan = is_send(r2_backend::Sync::plan(&here, &there, &options)).await.unwrap();
    let mut actions = plan.actions();
    assert_eq!(is_send(actions.next()).await.unwrap(), None);
    assert!(is_send(plan.run(|_| {})).await.unwrap().is_complete());
}
