//! What passed, what failed, and what could not be tried.
//!
//! A skip is never a pass: it is said again at the end, and on a build machine it is a failure.

use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::{env, say};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    passed: usize,
    /// Failures that were counted by another program and named in its own output.
    failed_elsewhere: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

/// What another test runner said it had done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl Ledger {
    /// Runs one check, prints its line and keeps its result; whether it passed.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let started = env::now();
        match work() {
            Ok(()) => self.passed(name, started.elapsed()),
            Err(failure) => self.failed(name, started.elapsed(), &failure.to_string()),
        }
        self.failed.last().is_none_or(|last| last != name)
    }

    pub(crate) fn passed(&mut self, name: &str, took: Duration) {
        self.passed += 1;
        say::step("ok", name, took, "");
    }

    pub(crate) fn failed(&mut self, name: &str, took: Duration, why: &str) {
        say::step("FAILED", name, took, "");
        say::line(format!("        {why}"));
        self.failed.push(name.to_owned());
    }

    /// What cannot be had on this machine.
    pub(crate) fn unavailable(&mut self, name: &str, why: &str) {
        if env::is_ci() {
            self.failed(name, Duration::ZERO, &format!("a build machine must have it: {why}"));
        } else {
            say::step("SKIPPED", name, Duration::ZERO, why);
            self.skipped.push(format!("{name}: {why}"));
        }
    }

    pub(super) fn add(&mut self, counts: Counts) {
        self.passed += counts.passed;
        self.failed_elsewhere += counts.failed;
    }

    /// The summary; its last line is `N passed, N failed`, and skips where there were any.
    pub(crate) fn close(self) -> Result<()> {
        if self.failed_elsewhere > 0 {
            say::line(format!("FAILED  {} that are named above", self.failed_elsewhere));
        }
        for name in &self.failed {
            say::line(format!("FAILED  {name}"));
        }
        for what in &self.skipped {
            say::line(format!("SKIPPED {what}"));
        }
        say::line(self.closing_line());
        match self.failed_count() {
            _ if self.passed == 0 => Err(Failure::new("nothing was tested")),
            0 => Ok(()),
            failed => Err(Failure::new(format!("{failed} failed"))),
        }
    }

    fn failed_count(&self) -> usize {
        self.failed.len() + self.failed_elsewhere
    }

    fn closing_line(&self) -> String {
        let counts = format!("{} passed, {} failed", self.passed, self.failed_count());
        match self.skipped.len() {
            0 => counts,
            skipped => format!("{counts}, {skipped} skipped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skip_is_not_a_pass() {
        let mut ledger = Ledger::default();
        ledger.add(Counts { passed: 2, failed: 0 });
        ledger.skipped.push("a: none".to_owned());
        assert_eq!(ledger.closing_line(), "2 passed, 0 failed, 1 skipped");
        assert!(ledger.close().is_ok());
    }

    #[test]
    fn nothing_tested_is_a_failure() {
        assert!(Ledger::default().close().is_err());
    }

    #[test]
    fn a_failed_check_says_so_and_is_counted() {
        let mut ledger = Ledger::default();
        assert!(ledger.check("a", || Ok(())));
        assert!(!ledger.check("b", || Err(Failure::new("why"))));
        assert_eq!(ledger.closing_line(), "1 passed, 1 failed");
        assert!(ledger.close().is_err());
    }
}
