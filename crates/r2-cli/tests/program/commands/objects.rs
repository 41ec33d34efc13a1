//! One object or a few: up, down, across, moved.

use std::fs;

use crate::support::{Place, R2, noise};

fn with_bucket(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    r2
}

#[test]
fn up_looked_at_and_down() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    let content = noise(1, 100_000);
    place.write("picture.PNG", &content);
    let flags = ["--metadata", "owner=Zo\u{eb}", "--cache-control", "max-age=60"];
    let up = [&["cp"], &flags[..], &["picture.PNG", "r2://data/a/picture.png"]].concat();
    r2.run(up).ok().prints(["picture.PNG -> r2://data/a/picture.png"]).says(["1 object"]);

    let shown = r2.run(["--json", "stat", "r2://data/a/picture.png"]).ok();
    let shown = &shown.json_of("object")[0];
    assert_eq!(shown["size"], 100_000);
    assert_eq!(shown["content_type"], "image/png");
    assert_eq!(shown["cache_control"], "max-age=60");
    assert_eq!(shown["metadata"]["owner"], "Zo\u{eb}");
    let for_people = r2.run(["stat", "r2://data/a/picture.png"]).ok();
    let for_people = for_people.prints(["size: 100000", "content_type: image/png", "etag"]);
    for_people.prints(["metadata owner: Zo\u{eb}"]);

    r2.run(["cp", "r2://data/a/picture.png", "back/here.png"]).ok();
    assert!(place.read("back/here.png") == content);
    assert_eq!(place.names("back"), ["here.png"]);
}

#[test]
fn a_folder_takes_the_name_of_what_is_put_into_it() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("one.txt", "1");
    place.write("two.txt", "2");
    r2.run(["cp", "one.txt", "two.txt", "r2://data/in/"]).ok();
    r2.run(["cp", "one.txt", "r2://data"]).ok();
    let keys: Vec<_> = listed(&r2, "r2://data");
    assert_eq!(keys, ["in/one.txt", "in/two.txt", "one.txt"]);
    fs::create_dir(place.path("down")).expect("make a folder");
    r2.run(["cp", "r2://data/in/one.txt", "r2://data/in/two.txt", "down"]).ok();
    assert_eq!(place.names("down"), ["one.txt", "two.txt"]);
    r2.run(["cp", "one.txt", "two.txt", "r2://data/key"]).ends(2).says(["hint:", "r2://data/key/"]);
}

fn listed(r2: &R2, address: &str) -> Vec<String> {
    let listed = r2.run(["--json", "ls", "-r", address]).ok().json_of("object");
    listed.iter().map(|object| object["key"].as_str().expect("a key").to_owned()).collect()
}

#[test]
fn across_buckets_and_storage_classes() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    r2.run(["mb", "r2://other"]).ok();
    let class = ["--storage-class", "ia"];
    r2.run_with([&["cp"], &class[..], &["-", "r2://data/a b+c%"]].concat(), b"abc").ok();
    r2.run(["cp", "r2://data/a b+c%", "s3://other/copies/"]).ok();
    r2.run(["cat", "r2://other/copies/a b+c%"]).ok().prints(["abc"]);
    let shown = r2.run(["--json", "stat", "r2://data/a b+c%"]).ok().json_of("object");
    assert_eq!(shown[0]["storage_class"], "STANDARD_IA");
    r2.run(["cp", "r2://data/a b+c%", "r2://data/a b+c%"]).ends(2).says(["onto itself"]);
    r2.run(["cp", "--storage-class", "cold", "x", "r2://data/"]).ends(2).says(["cold", "hint:"]);
}

#[test]
fn moving_removes_the_source_and_only_then() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("one.txt", "1");
    r2.run(["mv", "one.txt", "r2://data/one"]).ok();
    assert!(!place.has("one.txt"));
    r2.run(["mv", "r2://data/one", "r2://data/two"]).ok();
    assert_eq!(listed(&r2, "r2://data"), ["two"]);
    r2.run(["mv", "r2://data/two", "three.txt"]).ok();
    assert_eq!((place.read("three.txt"), listed(&r2, "r2://data")), (b"1".to_vec(), vec![]));
    r2.run(["mv", "three.txt", "r2://no-such-bucket/"]).ends(4);
    assert_eq!(place.read("three.txt"), b"1");
}

#[test]
fn what_is_there_may_be_left_alone() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("new.txt", "new");
    r2.run_with(["cp", "-", "r2://data/key"], b"old").ok();
    r2.run(["cp", "-n", "new.txt", "r2://data/key"]).ok().prints(["exists already"]);
    r2.run(["cat", "r2://data/key"]).ok().prints(["old"]);
    place.write("here.txt", "here");
    r2.run(["cp", "--no-clobber", "r2://data/key", "here.txt"]).ok();
    assert_eq!(place.read("here.txt"), b"here");
    r2.run(["cp", "r2://data/key", "here.txt"]).ok();
    assert_eq!(place.read("here.txt"), b"old");
}

#[test]
fn what_is_missing_is_named() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("there.txt", "1");
    r2.run(["cp", "missing.txt", "r2://data/"]).ends(4).says(["missing.txt", "hint:"]);
    r2.run(["cp", "r2://data/missing", "here"]).ends(4).says(["data/missing"]);
    assert!(!place.has("here"));
    r2.run(["cat", "r2://data/missing"]).ends(4).says(["data/missing"]);
    r2.run(["stat", "r2://data/missing"]).ends(4).says(["data/missing"]);
    r2.run(["cp", "there.txt", "r2://no-such-bucket/"]).ends(4).says(["no-such-bucket", "hint:"]);
    r2.run(["ls", "r2://no-such-bucket"]).ends(4).says(["no-such-bucket", "hint:"]);
    // Some of several: the others are done.
    let some = r2.run(["cp", "missing.txt", "there.txt", "r2://data/"]);
    some.ends(3).says(["missing.txt"]).prints(["there.txt"]);
    r2.run(["stat", "r2://data/there.txt", "r2://data/missing"]).ends(3).prints(["there.txt"]);
    let some = r2.run(["--json", "cp", "missing.txt", "there.txt", "r2://data/"]).ends(3);
    assert_eq!(some.json_of("error")[0]["error"], "not_found");
    assert_eq!(some.summary()["result"], "partial");
}

#[test]
fn a_folder_is_not_copied_by_accident() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    place.write("folder/a.txt", "a");
    r2.run(["cp", "folder", "r2://data/"]).ends(2).says(["is a folder", "--recursive"]);
    r2.run(["cp", "r2://data/", "down"]).ends(2).says(["is a folder", "--recursive"]);
    r2.run(["cp", "folder/a.txt", "elsewhere"]).ends(2).says(["r2://BUCKET/KEY"]);
    r2.run(["cp", "-", "r2://data/"]).ends(2).says(["no name", "hint:"]);
    r2.run(["cp", "gs://data/a", "here"]).ends(2).says(["gs", "hint:"]);
}

#[test]
fn a_large_file_goes_in_parts_of_the_size_that_was_asked_for() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    let content = noise(2, (11 << 20) + 7);
    place.write("large", &content);
    let sizes = ["--part-size", "5MiB", "--multipart-threshold", "6MiB"];
    let up = [&["--json", "cp"], &sizes[..], &["large", "r2://data/large"]].concat();
    let up = r2.run(up).ok();
    assert_eq!(up.json_of("copied")[0]["bytes"], content.len());
    assert_eq!(up.json_of("copied")[0]["verified"], true);
    assert_eq!(up.summary()["requests"]["class_a"], 5, "create, three parts, complete");
    let shown = r2.run(["--json", "stat", "r2://data/large"]).ok().json_of("object");
    assert_eq!((&shown[0]["parts"], &shown[0]["size"]), (&3.into(), &content.len().into()));
    r2.run([&["cp"], &sizes[..], &["r2://data/large", "back"]].concat()).ok();
    assert!(place.read("back") == content);
    r2.run(["cp", "--part-size", "1MiB", "large", "r2://data/"]).ends(2).says(["--part-size"]);
    assert_eq!(place.names("state/uploads"), [""; 0], "no token of a finished upload stays");
}
