//! A script that makes checks and prints a line for each: `ok NAME` or `not ok NAME: why`.

use std::process::Command;
use std::time::Duration;

use crate::cargo::shown;
use crate::env;
use crate::test::Ledger;

/// Runs the script to its end and enters each of its lines under the name of its subject.
pub(super) fn run(subject: &str, script: &mut Command, ledger: &mut Ledger) {
    let started = env::now();
    let output = script.output();
    let took = started.elapsed();
    let whole = format!("{subject}: run to the end");
    match output {
        Err(error) => ledger.failed(&whole, took, &format!("{}: {error}", shown(script))),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            let checks = said.lines().filter(|line| enter(subject, line, ledger)).count();
            let why = String::from_utf8_lossy(&output.stderr);
            if output.status.success() && checks > 0 {
                ledger.passed(&whole, took);
            } else {
                ledger.failed(&whole, took, &format!("{}: {}", output.status, why.trim()));
            }
        }
    }
}

/// Whether the line was a check's.
fn enter(subject: &str, line: &str, ledger: &mut Ledger) -> bool {
    if let Some(name) = line.strip_prefix("ok ") {
        ledger.passed(&format!("{subject}: {name}"), Duration::ZERO);
        return true;
    }
    let Some(failed) = line.strip_prefix("not ok ") else { return false };
    let (name, why) = failed.split_once(": ").unwrap_or((failed, ""));
    ledger.failed(&format!("{subject}: {name}"), Duration::ZERO, why);
    true
}
