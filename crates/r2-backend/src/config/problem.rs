//! What is wrong with a configuration: every problem with its file, line and advice.

use std::error::Error as StdError;
use std::fmt;

/// Problems told at once; what lies beyond them is rarely more than their consequence.
const PROBLEMS_MAX: usize = 20;

/// Where something stands in a file. Lines and columns count from 1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a place in a text is its line and its column")]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Problem {
    /// The file, or what stands in its place: `environment`, `flag --timeout`.
    pub source: String,
    /// Where in the file; `None` for what has no lines.
    pub place: Option<Place>,
    /// What is wrong. Never repeats the value of a secret.
    pub message: String,
    /// What to do about it.
    pub advice: Option<String>,
}

impl Problem {
    pub(super) fn new(source: &str, place: Option<Place>, message: impl Into<String>) -> Self {
        Self { source: source.to_owned(), place, message: message.into(), advice: None }
    }

    pub(super) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// `file:line:column: what is wrong: what to do`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.advice {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

/// A configuration that cannot be used. Shows all its problems, a line each.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// An error if there is a problem.
    pub(super) fn unless_empty(mut problems: Vec<Problem>) -> Result<(), Self> {
        problems.truncate(PROBLEMS_MAX);
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// What is wrong, in the order of the file; 20 at most.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl StdError for ConfigError {}
