//! Standard streams: `-` both ways, ranges, readers that go away, disks that are full.

use std::fs::OpenOptions;
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;

use crate::support::{Place, R2, noise, runtime};

fn with_bucket(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    r2
}

#[test]
fn a_stream_of_unknown_length_goes_in_parts() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    let sizes = ["--part-size", "5MiB", "--multipart-threshold", "5MiB"];
    for (key, length) in [("empty", 0), ("short", 10), ("edge", 5 << 20), ("long", 12_345_678)] {
        let content = noise(3, length);
        let address = format!("r2://data/{key}");
        let up = [&["--json", "cp"], &sizes[..], &["-", &address]].concat();
        let up = r2.run_with(up, &content).ok();
        assert_eq!(up.json_of("copied")[0]["bytes"], length, "{key}");
        assert!(r2.run(["cat", &address]).ok().bytes() == content, "{key}");
        assert!(r2.run(["cp", &address, "-"]).ok().bytes() == content, "{key}");
    }
    let shown = r2.run(["--json", "stat", "r2://data/long"]).ok().json_of("object");
    assert_eq!(shown[0]["parts"], 3);
    assert_eq!(r2.run(["uploads", "ls", "r2://data"]).ok().text(), "");
}

#[test]
fn what_goes_to_standard_output_is_the_object_and_nothing_else() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    r2.run_with(["cp", "-", "r2://data/key"], b"content").ok();
    let copied = r2.run(["cp", "r2://data/key", "-"]).ok().says(["1 object, 7 B"]);
    assert_eq!(copied.text(), "content");
    r2.run(["--json", "cp", "r2://data/key", "-"]).ends(2).says(["--json", "hint:"]);
    assert_eq!(r2.run(["cat", "r2://data/key", "r2://data/key"]).ok().text(), "contentcontent");
}

#[test]
fn ranges() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    r2.run_with(["cp", "-", "r2://data/key"], b"0123456789").ok();
    let cases = [("0-0", "0"), ("2-4", "234"), ("7-", "789"), ("-3", "789"), ("8-99", "89")];
    for (range, wanted) in cases {
        let ran = r2.run(["cat", "--range", range, "r2://data/key"]).ok();
        assert_eq!(ran.text(), wanted, "{range}");
    }
    for range in ["9-8", "x", "1-2-3", ""] {
        r2.run(["cat", "--range", range, "r2://data/key"]).ends(2).says(["hint:"]);
    }
    let beyond = r2.run(["cat", "--range", "10-", "r2://data/key"]);
    assert_eq!(beyond.text(), "");
    beyond.says(["error:", "data/key"]).says_not(["panicked"]);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    r2.run_with(["cp", "-", "r2://data/key"], noise(4, 8 << 20)).ok();
    for number in 0..50 {
        place.write(&format!("tree/{number}"), "x");
    }
    r2.run(["cp", "-r", "tree", "r2://data/many"]).ok();
    let commands: [&[&str]; 4] = [
        &["cat", "r2://data/key"],
        &["cp", "r2://data/key", "-"],
        &["ls", "-r", "r2://data"],
        &["--json", "ls", "-r", "r2://data"],
    ];
    for command in commands {
        let mut running = r2.start(command);
        let mut output = running.output();
        let mut first = [0];
        runtime().block_on(output.read_exact(&mut first)).expect("a first byte");
        drop(output);
        let ran = running.end().ok();
        assert_eq!(ran.errors(), "", "{ran:?}");
    }
}

#[test]
fn a_full_disk_behind_standard_output_is_one() {
    let place = Place::new();
    let r2 = with_bucket(&place);
    r2.run_with(["cp", "-", "r2://data/key"], b"content").ok();
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else {
        return; // Linux has it.
    };
    let commands: [&[&str]; 3] =
        [&["cat", "r2://data/key"], &["ls", "r2://data"], &["--json", "stat", "r2://data/key"]];
    for command in commands {
        let output = Stdio::from(full.try_clone().expect("a file"));
        let ran = r2.start_with(command, output).end().ends(10);
        ran.says(["cannot write to standard output", "hint:"]);
    }
}
