//! Many names at once: listings, patterns, folders.

use crate::support::{Place, R2, Tree};

const NAMES: [&str; 7] = [
    "logs/2025-12/a.gz",
    "logs/2026-01/a.gz",
    "logs/2026-01/b.txt",
    "logs/2026-02/a.gz",
    "logs/2026-02/deep/c.gz",
    "top.gz",
    "top.txt",
];

fn tree() -> Tree {
    Tree(NAMES.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect())
}

fn filled(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    tree().write(&place.path("tree"));
    r2.run(["cp", "-r", "tree", "r2://data"]).ok().says(["7 objects"]);
    r2
}

fn keys(r2: &R2, words: &[&str]) -> Vec<String> {
    let ran = r2.run([&["--json", "ls"], words].concat()).ok();
    let shown = ran.json().into_iter().filter(|line| line["type"] != "summary");
    shown
        .map(|line| {
            let name = line["key"].as_str().or(line["prefix"].as_str());
            name.unwrap_or_else(|| panic!("no name in {line}")).to_owned()
        })
        .collect()
}

#[test]
fn listings() {
    let place = Place::new();
    let r2 = filled(&place);
    assert_eq!(keys(&r2, &["-r", "r2://data"]), NAMES);
    assert_eq!(keys(&r2, &["r2://data"]), ["logs/", "top.gz", "top.txt"]);
    assert_eq!(keys(&r2, &["r2://data/logs/2026-01/"]), &NAMES[1..3]);
    assert_eq!(keys(&r2, &["r2://data/logs/2026-*/*.gz"]), [NAMES[1], NAMES[3]]);
    assert_eq!(keys(&r2, &["r2://data/logs/**/*.gz"]).len(), 4);
    assert_eq!(keys(&r2, &["r2://data/top.?z"]), ["top.gz"]);
    assert_eq!(keys(&r2, &["r2://data/top.{gz,txt}"]), ["top.gz", "top.txt"]);
    assert_eq!(keys(&r2, &["r2://data/none-*"]), [""; 0]);
    assert_eq!(keys(&r2, &["-r", "--include", "*.txt", "r2://data"]), [NAMES[2], NAMES[6]]);
    let left = keys(&r2, &["-r", "--include", "*.gz", "--exclude", "a.*", "r2://data"]);
    assert_eq!(left, [NAMES[4], NAMES[5]]);
    r2.run(["ls", "r2://data/[z"]).ends(2).says(["[z", "hint:"]);

    let long = r2.run(["ls", "-l", "r2://data/top.gz"]).ok();
    long.prints(["STANDARD", "top.gz", "6 B"]);
}

#[test]
fn sums() {
    let place = Place::new();
    let r2 = filled(&place);
    let bytes: usize = NAMES.iter().map(|name| name.len()).sum();
    let summed = r2.run(["--json", "du", "-d", "2", "r2://data"]).ok();
    assert_eq!(
        (&summed.summary()["objects"], &summed.summary()["bytes"]),
        (&7.into(), &bytes.into())
    );
    let folders = summed.json_of("folder");
    let of =
        |name: &str| folders.iter().find(|folder| folder["folder"] == name).map(|f| &f["objects"]);
    assert_eq!(of("logs/2026-02/"), Some(&2.into()), "{folders:?}");
    assert_eq!(of(""), Some(&2.into()), "{folders:?}");
    r2.run(["du", "r2://data/logs"]).ok().prints(["5 objects", "a month"]);
    let some = r2.run(["--json", "du", "r2://data/logs/*/*.gz"]).ok();
    assert_eq!(some.summary()["objects"], 3);
}

#[test]
fn patterns_and_folders_down() {
    let place = Place::new();
    let r2 = filled(&place);
    r2.run(["cp", "r2://data/logs/2026-*/*.gz", "some/"]).ok();
    let down = Tree::read(&place.path("some"));
    let names: Vec<_> = down.0.keys().map(String::as_str).collect();
    assert_eq!(names, ["2026-01/a.gz", "2026-02/a.gz"]);
    r2.run(["cp", "-r", "r2://data", "all"]).ok();
    Tree::read(&place.path("all")).must_equal(&tree());
    r2.run(["cp", "-r", "--exclude", "*.gz", "r2://data/logs", "texts"]).ok();
    assert_eq!(Tree::read(&place.path("texts")).len(), 1);
    r2.run(["cp", "r2://data/none-*", "none/"]).ends(4).says(["none-*"]);
    let printed = r2.run(["cat", "r2://data/top.*"]).ok();
    assert_eq!(printed.text(), "top.gztop.txt");
}

#[test]
fn many_are_moved() {
    let place = Place::new();
    let r2 = filled(&place);
    r2.run(["mv", "-r", "r2://data/logs", "r2://data/old"]).ok().says(["5 objects"]);
    assert_eq!(keys(&r2, &["r2://data"]), ["old/", "top.gz", "top.txt"]);
    assert_eq!(keys(&r2, &["-r", "r2://data/old"]).len(), 5);
    r2.run(["mv", "-r", "r2://data/old", "down"]).ok();
    assert_eq!(keys(&r2, &["-r", "r2://data"]), ["top.gz", "top.txt"]);
    assert_eq!(Tree::read(&place.path("down")).len(), 5);
    r2.run(["mv", "-r", "down", "r2://data/up"]).ok();
    assert_eq!(Tree::read(&place.path("down")).len(), 0);
    assert_eq!(keys(&r2, &["-r", "r2://data/up"]).len(), 5);
}

#[test]
fn a_listing_of_more_than_a_page() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    let many = (0..1_100).map(|number| (format!("many/{number:04}"), Vec::new()));
    Tree(many.collect()).write(&place.path("tree"));
    r2.run(["sync", "--quiet", "tree", "r2://data"]).ok();
    let listed = r2.run(["--json", "ls", "-r", "r2://data"]).ok();
    assert_eq!(listed.summary()["objects"], 1_100);
    assert_eq!(listed.summary()["requests"]["class_a"], 2);
    assert_eq!(keys(&r2, &["r2://data"]), ["many/"]);
    r2.run(["rm", "-r", "r2://data/many"]).ok().says(["removed 1,100 objects"]);
    assert_eq!(keys(&r2, &["-r", "r2://data"]), [""; 0]);
}
