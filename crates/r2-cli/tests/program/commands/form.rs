//! The form of what is printed: for people, for programs, with and without colour.

use crate::support::{Place, R2};

fn filled(place: &Place) -> R2 {
    let r2 = place.local();
    r2.run(["mb", "r2://data"]).ok();
    r2.run_with(["cp", "-", "r2://data/key"], b"x").ok();
    place.write("file.txt", "file");
    place.write("tree/file.txt", "file");
    r2
}

/// Every command that succeeds speaks JSON, with a summary at its end.
#[test]
fn every_command_speaks_json() {
    let place = Place::new();
    let r2 = filled(&place);
    let commands: [(&[&str], &str); 18] = [
        (&["mb", "r2://other"], "mb"),
        (&["ls"], "ls"),
        (&["ls", "r2://data"], "ls"),
        (&["cp", "file.txt", "r2://data/"], "cp"),
        (&["cp", "-r", "tree", "r2://data/tree"], "cp"),
        (&["cp", "r2://data/key", "here"], "cp"),
        (&["mv", "r2://data/key", "r2://data/key2"], "mv"),
        (&["stat", "r2://data/key2"], "stat"),
        (&["stat", "r2://data"], "stat"),
        (&["du", "r2://data"], "du"),
        (&["find", "r2://data"], "find"),
        (&["sync", "tree", "r2://data/synced"], "sync"),
        (&["sync", "r2://data/synced", "back"], "sync"),
        (&["presign", "r2://data/key2"], "presign"),
        (&["uploads", "ls", "r2://data"], "uploads ls"),
        (&["uploads", "abort", "r2://data"], "uploads abort"),
        (&["rm", "r2://data/key2"], "rm"),
        (&["rb", "--force", "r2://other"], "rb"),
    ];
    for (command, name) in commands {
        let ran = r2.run([&["--json"], command].concat()).ok();
        let summary = ran.summary();
        assert_eq!((&summary["command"], &summary["result"]), (&name.into(), &"done".into()));
        assert!(summary["requests"]["class_a"].is_u64(), "{summary}");
        assert!(summary["requests"]["dollars"].is_string(), "{summary}");
        assert_eq!(ran.errors(), "", "{ran:?}");
    }
}

#[test]
fn a_failure_is_a_line_of_json_too() {
    let place = Place::new();
    let r2 = filled(&place);
    let ran = r2.run(["--json", "cp", "r2://data/missing", "here"]).ends(4);
    let error = ran.json().pop().expect("a line");
    assert_eq!((&error["type"], &error["error"]), (&"error".into(), &"not_found".into()));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("data/missing")), "{error}");
    ran.says(["error:"]);
}

#[test]
fn quiet_means_quiet() {
    let place = Place::new();
    let r2 = filled(&place);
    for command in [["cp", "file.txt", "r2://data/"], ["sync", "tree", "r2://data/tree"]] {
        let ran = r2.run([&["--quiet"], &command[..]].concat()).ok();
        assert_eq!((ran.text(), ran.errors().as_str()), ("", ""), "{ran:?}");
    }
    // What was asked for is printed, and failures are.
    r2.run(["--quiet", "ls", "r2://data"]).ok().prints(["key"]);
    r2.run(["--quiet", "cat", "r2://data/missing"]).ends(4).says(["error:"]);
    r2.run(["--quiet", "--verbose", "ls"]).ends(2);
}

#[test]
fn colour_is_for_those_who_want_it() {
    const ESCAPE: &str = "\u{1b}[";
    let place = Place::new();
    let r2 = filled(&place);
    let fail = ["cat", "r2://data/missing"];
    r2.run(fail).ends(4).says_not([ESCAPE]);
    r2.run([&["--color", "always"], &fail[..]].concat()).ends(4).says([ESCAPE]);
    r2.run([&["--color", "never"], &fail[..]].concat()).ends(4).says_not([ESCAPE]);
    r2.clone().with("NO_COLOR", "1").run(fail).ends(4).says_not([ESCAPE]);
    let said = r2.with("NO_COLOR", "1").run([&["--color", "always"], &fail[..]].concat());
    said.ends(4).says([ESCAPE]);
}

#[test]
fn verbose_shows_requests_and_no_secret() {
    let place = Place::new();
    let r2 = filled(&place);
    r2.run(["-vv", "stat", "r2://data/key"]).ok().says(["HeadObject"]);
    let server = crate::support::Server::start(crate::support::emulator_that_checks().memory());
    let secret = crate::support::SECRET;
    let said = place.at(&server.url()).run(["-vvv", "mb", "r2://data"]).ok();
    let said = said.says_not([secret, "Signature="]);
    assert!(!said.text().contains(secret));
}

#[test]
fn no_progress_bar_where_nobody_looks() {
    let place = Place::new();
    let r2 = filled(&place);
    let ran = r2.run(["cp", "file.txt", "r2://data/"]).ok();
    assert!(!ran.errors().contains('\r') && !ran.errors().contains('\u{1b}'), "{ran:?}");
    assert_eq!(ran.errors().lines().count(), 1, "{ran:?}");
}
