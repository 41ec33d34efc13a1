//! The tests that are Rust: by nextest where it is installed, by cargo elsewhere, then the examples
//! in the documentation. Their counts are read from the runners' own closing lines.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use super::Ledger;
use super::ledger::Counts;
use crate::cargo::{cargo, shown};
use crate::failure::{Failure, Result};
use crate::interop::{Access, led_to};
use crate::{env, say};

/// Reads a runner's line, if it is one with counts.
type Reader = fn(&str) -> Option<Counts>;

const NEXTEST: [&str; 10] = [
    "nextest",
    "run",
    "--workspace",
    "--no-fail-fast",
    "--color=never",
    "--hide-progress-bar",
    "--status-level=slow",
    "--final-status-level=fail",
    "--cargo-quiet",
    "--no-tests=pass",
];

pub(super) fn run(root: &Path, ledger: &mut Ledger) {
    if env::has_program("cargo-nextest") {
        let mut nextest = cargo(root);
        nextest.args(NEXTEST);
        counted("unit tests", nextest.stderr(Stdio::piped()), nextest_counts, ledger);
    } else {
        let mut test = cargo(root);
        test.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
        counted("unit tests", test.stdout(Stdio::piped()), libtest_counts, ledger);
    }
    let mut doctests = cargo(root);
    doctests.args(["test", "--quiet", "--workspace", "--doc", "--no-fail-fast"]);
    counted("documentation tests", doctests.stdout(Stdio::piped()), libtest_counts, ledger);
}

/// Tests behind a feature that is off, so that no other build pays for the crate they need.
pub(super) fn object_store(root: &Path, ledger: &mut Ledger) {
    let mut test = cargo(root);
    test.args(["test", "--quiet", "--package", "r2-backend", "--test", "object_store"]);
    test.args(["--features", "object_store_integration"]);
    counted("object_store", test.stdout(Stdio::piped()), libtest_counts, ledger);
}

/// The name, or a part of it, of every test that needs a server.
const ON_A_SERVER: &str = "real_server";

/// The tests that are ignored because they need a server: this one, told by the environment.
///
/// They share the server and its buckets, so they run one after the other.
pub(crate) fn on_server(name: &str, root: &Path, access: &Access, ledger: &mut Ledger) {
    let name = format!("{name}: the library's own tests");
    let mut runner = led_to(cargo(root), root, access);
    if env::has_program("cargo-nextest") {
        runner.args(NEXTEST).args(["--run-ignored", "only", "--test-threads", "1", ON_A_SERVER]);
        counted(&name, runner.stderr(Stdio::piped()), nextest_counts, ledger);
    } else {
        runner.args(["test", "--quiet", "--workspace", "--tests", "--no-fail-fast", "--"]);
        runner.args(["--ignored", "--test-threads", "1", ON_A_SERVER]);
        counted(&name, runner.stdout(Stdio::piped()), libtest_counts, ledger);
    }
}

/// Runs a test runner, shows what it prints, and takes its counts.
fn counted(name: &str, command: &mut Command, reader: Reader, ledger: &mut Ledger) {
    let started = env::now();
    match counts(command, reader) {
        Err(failure) => ledger.failed(name, started.elapsed(), &failure.to_string()),
        Ok(counts) => {
            let mark = if counts.failed == 0 { "ok" } else { "FAILED" };
            let note = format!("{} passed, {} failed", counts.passed, counts.failed);
            say::step(mark, name, started.elapsed(), &note);
            ledger.add(counts);
        }
    }
}

fn counts(command: &mut Command, reader: Reader) -> Result<Counts> {
    let shown = shown(command);
    let starting = |error| Failure::on(format!("start {shown}"), &error);
    let mut child = command.stdin(Stdio::null()).spawn().map_err(starting)?;
    let pipe: Box<dyn Read> = match (child.stdout.take(), child.stderr.take()) {
        (Some(pipe), _) => Box::new(pipe),
        (None, Some(pipe)) => Box::new(pipe),
        (None, None) => return Err(Failure::new(format!("{shown} has no output to read"))),
    };
    let mut total = Counts::default();
    let mut lines = BufReader::new(pipe);
    let mut line = Vec::new();
    // Tests may print anything, so the bytes need not be text.
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if let Some(found) = reader(&text) {
            total.passed += found.passed;
            total.failed += found.failed;
        }
        say::line(text);
        line.clear();
    }
    let status = child.wait().map_err(|error| Failure::on(format!("wait for {shown}"), &error))?;
    match (status.success(), total.failed) {
        // It failed before or beside its tests: a compiler error, say.
        (false, 0) => Err(Failure::new(format!("{shown} ended with {status}"))),
        _ => Ok(total),
    }
}

/// `     Summary [   2.1s] 90 tests run: 88 passed (3 slow), 1 failed, 1 timed out, 2 skipped`
fn nextest_counts(line: &str) -> Option<Counts> {
    let counts = line.trim_start().strip_prefix("Summary")?.split_once(" run: ")?.1;
    let of = |what: &str| number_before(counts, what);
    Some(Counts {
        passed: of(" passed"),
        failed: of(" failed") + of(" timed out") + of(" exec failed"),
    })
}

/// `test result: FAILED. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; ...`
fn libtest_counts(line: &str) -> Option<Counts> {
    let counts = line.strip_prefix("test result: ")?;
    let of = |what: &str| number_before(counts, what);
    Some(Counts { passed: of(" passed"), failed: of(" failed") })
}

fn number_before(text: &str, what: &str) -> usize {
    let number = |at: usize| {
        let before = &text[..at];
        let digits = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |other| other + 1);
        before[digits..].parse().ok()
    };
    text.match_indices(what).find_map(|(at, _)| number(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_says_what_it_did() {
        let line = "     Summary [   2.104s] 9 tests run: 7 passed (1 slow), 2 failed, 3 skipped";
        assert_eq!(nextest_counts(line), Some(Counts { passed: 7, failed: 2 }));
        let line = "     Summary [   2.104s] 9/12 tests run: 8 passed, 1 timed out, 0 skipped";
        assert_eq!(nextest_counts(line), Some(Counts { passed: 8, failed: 1 }));
        assert_eq!(nextest_counts("        PASS [ 0.1s] a b"), None);
    }

    #[test]
    fn libtest_says_what_it_did() {
        let line = "test result: FAILED. 14 passed; 1 failed; 0 ignored; 0 measured";
        assert_eq!(libtest_counts(line), Some(Counts { passed: 14, failed: 1 }));
        assert_eq!(libtest_counts("running 3 tests"), None);
    }
}
