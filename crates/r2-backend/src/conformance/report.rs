//! What a run of the suite found.

use std::fmt;

use crate::storage::Capability;

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which check.
    pub check: &'static str,
    /// What was seen instead.
    pub seen: String,
}

/// What a run of the suite found. `Display` is a list for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Checks that passed.
    pub passed: Vec<&'static str>,
    /// Checks that the back end says it cannot pass, and what it lacks for them.
    pub skipped: Vec<(&'static str, Capability)>,
    /// Checks that failed.
    pub failed: Vec<Failure>,
}

impl Report {
    /// Did something pass, and nothing fail?
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.failed.is_empty() && !self.passed.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.passed {
            writeln!(f, "ok       {check}")?;
        }
        for (check, lacks) in &self.skipped {
            writeln!(f, "skipped  {check}: it cannot {lacks}")?;
        }
        for Failure { check, seen } in &self.failed {
            writeln!(f, "FAILED   {check}: {seen}")?;
        }
        let (passed, skipped) = (self.passed.len(), self.skipped.len());
        write!(f, "{passed} passed, {skipped} skipped, {} failed", self.failed.len())
    }
}
