//! `r2 sync`: what it compares, sends, leaves and removes.

use crate::support::{Place, R2, Tree};

fn tree(files: &[(&str, &str)]) -> Tree {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    Tree(files.collect())
}

fn with_bucket(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    r2
}

/// Sent, the same, removed.
fn counts(r2: &R2, words: &[&str]) -> (u64, u64, u64) {
    let summary = r2.run([&["--json", "sync"], words].concat()).ok().summary();
    let count = |name: &str| summary[name].as_u64().unwrap_or_else(|| panic!("{name}: {summary}"));
    (count("sent"), count("same"), count("deleted"))
}

#[test]
fn only_what_differs_goes() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    let first = tree(&[("a", "1"), ("b/c", "22"), ("b/d", "333")]);
    first.write(&place.path("tree"));
    assert_eq!(counts(&r2, &["tree", "r2://data/t"]), (3, 0, 0));
    assert_eq!(counts(&r2, &["tree", "r2://data/t"]), (0, 3, 0));
    place.write("tree/b/c", "changed");
    place.write("tree/new", "n");
    assert_eq!(counts(&r2, &["tree", "r2://data/t/"]), (2, 2, 0));
    assert_eq!(counts(&r2, &["r2://data/t", "back"]), (4, 0, 0));
    assert_eq!(counts(&r2, &["r2://data/t", "back"]), (0, 4, 0));
    Tree::read(&place.path("back")).must_equal(&Tree::read(&place.path("tree")));
    // From bucket to bucket.
    assert_eq!(counts(&r2, &["r2://data/t", "r2://data/u"]), (4, 0, 0));
    assert_eq!(counts(&r2, &["r2://data/t", "r2://data/u"]), (0, 4, 0));
}

#[test]
fn extras_go_only_when_asked_and_only_so_many() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    tree(&[("a", "1"), ("b", "2"), ("c", "3")]).write(&place.path("tree"));
    counts(&r2, &["tree", "r2://data"]);
    for name in ["b", "c"] {
        std::fs::remove_file(place.path("tree").join(name)).expect("remove a file");
    }
    place.write("tree/d", "4");
    assert_eq!(counts(&r2, &["tree", "r2://data"]), (1, 1, 0));
    let refused = r2.run(["sync", "--delete", "--max-delete", "1", "tree", "r2://data"]);
    refused.ends(6).says(["2 to be deleted, 1 allowed", "hint:", "--max-delete"]);
    assert_eq!(counts(&r2, &["--delete", "--max-delete", "2", "tree", "r2://data"]), (0, 2, 2));
    // And on the way down.
    place.write("down/extra", "x");
    assert_eq!(counts(&r2, &["r2://data", "down"]), (2, 0, 0));
    assert_eq!(counts(&r2, &["--delete", "r2://data", "down"]), (0, 2, 1));
    Tree::read(&place.path("down")).must_equal(&Tree::read(&place.path("tree")));
}

#[test]
fn names_are_chosen() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    tree(&[("a.txt", "1"), ("b.log", "2"), (".git/config", "3"), ("c/d.txt", "4")])
        .write(&place.path("tree"));
    let chosen = ["--exclude", ".git/", "--exclude", "*.log", "tree", "r2://data"];
    assert_eq!(counts(&r2, &chosen), (2, 0, 0));
    // What is excluded is not an extra either.
    r2.run_with(["cp", "-", "r2://data/kept.log"], b"x").ok();
    let chosen = [&["--delete"], &chosen[..]].concat();
    assert_eq!(counts(&r2, &chosen), (0, 2, 0));
    r2.run(["stat", "r2://data/kept.log"]).ok();
}

#[test]
fn contents_are_compared_when_asked() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    tree(&[("a", "one"), ("b", "two")]).write(&place.path("tree"));
    counts(&r2, &["tree", "r2://data"]);
    // Another content of the same length, dated long before the upload.
    let file = place.write("tree/a", "eno");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = std::fs::File::options().write(true).open(file).expect("open a file");
    file.set_modified(old).expect("date a file");
    assert_eq!(counts(&r2, &["tree", "r2://data"]), (0, 2, 0));
    assert_eq!(counts(&r2, &["--size-only", "tree", "r2://data"]), (0, 2, 0));
    assert_eq!(counts(&r2, &["--checksum", "tree", "r2://data"]), (1, 1, 0));
    r2.run(["cat", "r2://data/a"]).ok().prints(["eno"]);
}

#[test]
fn what_cannot_be_synced_is_refused() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("file", "x");
    r2.run(["sync", "missing", "r2://data"]).ends(4).says(["missing"]);
    r2.run(["sync", "file", "r2://data"]).ends(2).says(["file"]);
    r2.run(["sync", "r2://data", "file"]).ends(2).says(["file"]);
    r2.run(["sync", "r2://no-such-bucket", "down"]).ends(4).says(["no-such-bucket"]);
    assert!(!place.has("down"));
    r2.run(["sync", "-", "r2://data"]).ends(2);
    r2.run(["sync", "tree", "elsewhere"]).ends(2);
    r2.run(["sync", "r2://data/*", "down"]).ends(2).says(["--include"]);
    // A source that is gone must not empty the other end.
    r2.run_with(["cp", "-", "r2://data/key"], b"x").ok();
    r2.run(["sync", "--delete", "missing", "r2://data"]).ends(4);
    r2.run(["stat", "r2://data/key"]).ok();
}
