//! Help, versions, completions, and command lines that mean nothing.

use crate::support::Place;

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    let r2 = place.r2();
    let whole = r2.run(["--help"]).ok();
    for name in [
        "ls",
        "cp",
        "mv",
        "rm",
        "cat",
        "sync",
        "stat",
        "du",
        "find",
        "presign",
        "mb",
        "rb",
        "uploads",
        "serve",
        "completions",
    ] {
        assert!(whole.text().lines().any(|line| line.trim_start().starts_with(name)), "{name}");
        let help = r2.run([name, "--help"]).ok();
        let help = help.prints([&format!("Usage: r2 {name}"), "--json"]);
        let wide = help.text().lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{name}");
    }
    r2.run(["serve", "emulator", "--help"]).ok().prints(["--listen", "--no-auth"]);
    r2.run(["uploads", "abort", "--help"]).ok().prints(["--older-than"]);
    r2.run(["--version"]).ok().prints([concat!("r2 ", env!("CARGO_PKG_VERSION"))]);
}

#[test]
fn a_command_line_that_means_nothing_ends_with_two() {
    let place = Place::new();
    let r2 = place.local();
    let lines: [&[&str]; 9] = [
        &[],
        &["copy"],
        &["cp"],
        &["cp", "a"],
        &["ls", "--no-such-flag"],
        &["cp", "--part-size", "5XB", "a", "r2://b/"],
        &["sync", "--checksum", "--size-only", "a", "r2://b"],
        &["ls", "--concurrency", "0"],
        &["presign", "--expires", "1y", "r2://bucket/key"],
    ];
    for line in lines {
        let ran = r2.run(line).ends(2);
        assert!(ran.text().is_empty() && !ran.errors().is_empty(), "{ran:?}");
    }
    r2.run(["lss"]).ends(2).says(["ls"]);
    assert!(!place.has("store"), "nothing was tried");
}

#[test]
fn completions_for_each_shell() {
    let place = Place::new();
    for (shell, text) in [
        ("bash", "complete"),
        ("zsh", "#compdef r2"),
        ("fish", "complete -c r2"),
        ("powershell", "r2"),
    ] {
        let script = place.r2().run(["completions", shell]).ok().prints([text, "presign"]);
        assert_eq!(script.errors(), "");
    }
    place.r2().run(["completions", "tcsh"]).ends(2).says(["bash"]);
}
