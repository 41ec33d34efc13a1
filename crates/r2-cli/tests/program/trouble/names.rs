//! Names that cannot be keys, and keys that cannot be files.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use r2_objects::BucketName;

use crate::support::{Place, R2, Server, Tree, client_of, emulator_that_checks, runtime};

#[test]
fn a_file_name_that_cannot_be_a_key() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    place.write("tree/good", "good");
    let not_text = place.path("tree").join(OsStr::from_bytes(b"latin-\xe9"));
    fs::write(&not_text, "x").expect("write a file");
    let long = format!("tree/{}", vec!["d".repeat(200); 6].join("/"));
    place.write(&format!("{long}/file"), "x");

    let ran = r2.run(["--json", "sync", "tree", "r2://data/t"]).ends(3);
    assert_eq!((&ran.summary()["sent"], &ran.summary()["missing"]), (&1.into(), &2.into()));
    ran.says(["latin-", "not Unicode", "1,024 bytes", "hint:"]).says_not(["panicked"]);
    assert_eq!(r2.run(["ls", "-r", "r2://data"]).ok().text().lines().count(), 1);

    // What could not be sent does not count as sent when the extras go.
    let ran = r2.run(["--json", "sync", "--delete", "tree", "r2://data/t"]).ends(3);
    assert_eq!(ran.summary()["deleted"], 0);

    let one = r2.run([OsStr::new("cp"), not_text.as_os_str(), OsStr::new("r2://data/")]);
    one.ends(2).says(["UTF-8"]);
    let key = "k".repeat(1_025);
    let ran = r2.run(["cp", "tree/good", &format!("r2://data/{key}")]).ends(2);
    ran.says(["1,024 bytes", "hint:"]);
    let key = &key[1..];
    r2.run(["cp", "tree/good", &format!("r2://data/{key}")]).ok();
    r2.run(["cat", &format!("r2://data/{key}")]).ok().prints(["good"]);
}

/// Two local names that are one key: neither may silently win.
#[test]
fn two_names_that_are_one_key() {
    let place = Place::new();
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    place.write("tree/caf\u{e9}", "composed");
    place.write("tree/cafe\u{301}", "decomposed");
    place.write("tree/other", "x");
    if place.names("tree").len() < 3 {
        return; // This file system takes them for one name.
    }
    let ran = r2.run(["--json", "sync", "tree", "r2://data"]).ends(3);
    assert!(ran.errors().contains("caf"), "{ran:?}");
    assert!(ran.summary()["missing"].as_u64() >= Some(1), "{ran:?}");
    r2.run(["cat", "r2://data/other"]).ok();
}

const HOSTILE: [&str; 12] = [
    "../outside",
    "/absolute",
    "a//b",
    "a/../../outside",
    "a/..",
    "..",
    "./dot",
    "trailing/",
    "folder-and-file",
    "folder-and-file/below",
    "unfinished.r2part",
    "control\u{7}\u{1b}[31m",
];
const GOOD: [&str; 4] = ["con", "good", "deep/er/good", "...dots"];

fn hostile(place: &Place) -> (Server, R2) {
    let emulator = emulator_that_checks().memory();
    let client = client_of(emulator.clone());
    runtime().block_on(async {
        client.buckets().create("data").await.expect("a bucket");
        for key in HOSTILE.iter().chain(&GOOD) {
            let bucket = BucketName::new("data").expect("a name");
            client.objects().put(bucket, *key, (*key).to_owned()).await.expect("an object");
        }
    });
    let server = Server::start(emulator);
    let r2 = place.at(&server.url());
    (server, r2)
}

#[test]
fn hostile_keys_stay_where_they_are() {
    let place = Place::new();
    let (_server, r2) = hostile(&place);
    for command in [&["--json", "sync"][..], &["--json", "cp", "-r"]] {
        let target = format!("{}/into/down", command[1]);
        let ran = r2.run([command, &["r2://data", &target]].concat()).ends(3);
        for key in ["../outside", "/absolute", "a//b", "a/../../outside", "trailing/"] {
            assert!(ran.errors().contains(key), "{key} is not named in {ran:?}");
        }
        assert!(!ran.errors().contains('\u{1b}'), "a key speaks to the terminal: {ran:?}");
        let down = Tree::read(&place.path(&target));
        for key in GOOD {
            assert_eq!(down.0.get(key).map(Vec::as_slice), Some(key.as_bytes()), "{key}");
        }
        assert_eq!(place.names(&format!("{}/into", command[1])), ["down"], "nothing outside");
        assert_eq!(place.names(command[1]), ["into"], "nothing outside");
    }
    assert!(!std::path::Path::new("/absolute").exists());
    let listed = r2.run(["--json", "ls", "-r", "r2://data"]).ok();
    assert_eq!(listed.summary()["objects"], HOSTILE.len() + GOOD.len());
}

#[test]
fn one_hostile_key_needs_a_name_of_its_own() {
    let place = Place::new();
    let (_server, r2) = hostile(&place);
    for key in ["..", "a/..", "trailing/"] {
        fs::create_dir_all(place.path("down")).expect("make a folder");
        r2.run(["cp", &format!("r2://data/{key}"), "down/"]).ends(2).says(["hint:"]);
    }
    assert_eq!(place.names("down"), [""; 0]);
    r2.run(["cp", "r2://data/../outside", "named"]).ok();
    assert_eq!(place.read("named"), b"../outside");
    r2.run(["cat", "r2://data/a//b"]).ok().prints(["a//b"]);
    r2.run(["rm", "r2://data//absolute"]).ok();
    r2.run(["stat", "r2://data//absolute"]).ends(4);
    r2.run(["stat", "r2://data/a/../../outside"]).ok();
}

/// Listings are read by people: what a key holds must not move their cursor.
#[test]
fn a_key_does_not_speak_to_the_terminal() {
    let place = Place::new();
    let (_server, r2) = hostile(&place);
    for command in [&["ls", "-r"][..], &["rm", "--dry-run", "-r"], &["du", "-d", "2"]] {
        let ran = r2.run([command, &["r2://data"]].concat()).ok();
        assert!(!ran.text().contains('\u{1b}'), "{ran:?}");
    }
    // Programs get the key itself.
    let listed = r2.run(["--json", "ls", "-r", "r2://data"]).ok().json_of("object");
    assert!(listed.iter().any(|object| object["key"] == "control\u{7}\u{1b}[31m"));
}
