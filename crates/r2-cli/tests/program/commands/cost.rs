//! What something would cost, before it is done.

use serde_json::Value;

use crate::support::{Act, Kind, Place, R2, Server, Tree, Watched, emulator_that_checks};

fn would_send(r2: &R2, command: &[&str]) -> Value {
    let ran = r2.run([&["--json", "--dry-run"], command].concat()).ok();
    ran.summary()["would_send"].clone()
}

fn filled(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    for key in ["a", "b/1", "b/2"] {
        r2.run_with(["cp", "-", &format!("r2://data/{key}")], b"x").ok();
    }
    place.write("tree/one", "1");
    place.write("tree/two", "2");
    place.write("large", vec![7; 12 << 20]);
    r2
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_it_would_send() {
    let place = Place::new();
    let r2 = filled(&place);
    let everything = |r2: &R2| {
        let listed = r2.run(["ls", "-r", "-l", "r2://data"]).ok();
        (listed.text().to_owned(), r2.run(["ls"]).ok().text().to_owned())
    };
    let before = everything(&r2);
    let files = Tree::read(&place.path("tree"));
    let sizes = ["--part-size", "5MiB", "--multipart-threshold", "5MiB"];
    let parts = [&["cp"], &sizes[..], &["large", "r2://data/"]].concat();
    // (command, class A, class B, free)
    let table: [(&[&str], u64, u64, u64); 16] = [
        (&["mb", "r2://other"], 1, 0, 0),
        (&["ls", "r2://data"], 1, 0, 0),
        (&["cp", "tree/one", "r2://data/"], 1, 0, 0),
        (&parts, 5, 0, 0),
        (&["cp", "r2://data/a", "here"], 0, 1, 0),
        (&["cp", "r2://data/a", "-"], 0, 1, 0),
        (&["mv", "r2://data/a", "here"], 0, 1, 1),
        (&["mv", "r2://data/a", "r2://data/c"], 1, 0, 1),
        (&["cat", "r2://data/b/*"], 0, 2, 0),
        (&["rm", "r2://data/a"], 0, 0, 1),
        (&["rm", "-r", "r2://data"], 0, 0, 1),
        (&["stat", "r2://data/a"], 0, 1, 0),
        (&["cp", "-r", "tree", "r2://data/t"], 2, 0, 0),
        (&["sync", "tree", "r2://data/t"], 2, 0, 0),
        (&["sync", "r2://data/b", "down"], 0, 2, 0),
        (&["sync", "--delete", "tree", "r2://data/b"], 2, 0, 1),
    ];
    for (command, class_a, class_b, free) in table {
        let sent = would_send(&r2, command);
        let found = (&sent["class_a"], &sent["class_b"], &sent["free"]);
        assert_eq!(found, (&class_a.into(), &class_b.into(), &free.into()), "{command:?}");
    }
    r2.run(["--dry-run", "rb", "--force", "r2://data"]).ok().says(["3 objects"]);
    r2.run(["--dry-run", "uploads", "abort", "r2://data"]).ok();
    assert_eq!(everything(&r2), before);
    Tree::read(&place.path("tree")).must_equal(&files);
    assert!(!place.has("here") && !place.has("down"));
}

#[test]
fn people_read_classes_and_dollars() {
    let place = Place::new();
    let r2 = filled(&place);
    let shown = r2.run(["--dry-run", "cp", "-r", "tree", "r2://data/t"]).ok();
    shown.prints(["would copy one", "nothing was changed", "2 class A", "($0.000009)"]);
}

#[test]
fn a_dry_run_sends_nothing_that_writes() {
    let place = Place::new();
    let server = Watched::new(emulator_that_checks().memory());
    let journal = server.journal();
    let server = Server::start(server);
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    r2.run_with(["cp", "-", "r2://data/old"], b"x").ok();
    place.write("tree/one", "1");
    let from = journal.len();
    for command in [
        &["cp", "tree/one", "r2://data/"][..],
        &["cp", "-r", "tree", "r2://data/"],
        &["sync", "--delete", "tree", "r2://data"],
        &["sync", "r2://data", "down"],
        &["rm", "-r", "r2://data"],
        &["mv", "-r", "r2://data", "down"],
        &["rb", "--force", "r2://data"],
        &["mb", "r2://more"],
    ] {
        r2.run([&["--dry-run"], command].concat()).ok();
    }
    let kinds: Vec<Kind> = journal.since(from).iter().map(|seen| seen.kind()).collect();
    let harmless = |kind: &Kind| matches!(kind, Kind::List | Kind::Head);
    assert!(kinds.iter().all(harmless), "{kinds:?}");
}

#[test]
fn more_than_the_limit_is_refused() {
    let place = Place::new();
    let server = Watched::with_script(emulator_that_checks().memory(), |_| Act::Pass);
    let journal = server.journal();
    let server = Server::start(server);
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    for number in 0..6 {
        place.write(&format!("tree/{number}"), "x");
    }
    // A class A request costs $0.0000045.
    let ran = r2.run(["--max-cost", "0.00001", "--json", "sync", "tree", "r2://data"]).ends(9);
    assert!(journal.count(Kind::Put) + journal.count(Kind::List) <= 2, "{ran:?}");
    ran.says(["error:", "hint:"]);
    r2.run(["--max-cost", "1", "sync", "tree", "r2://data"]).ok();
    r2.run(["--max-cost", "0", "ls", "r2://data"]).ends(9);
    r2.run(["--max-cost", "much", "ls", "r2://data"]).ends(2);
}
