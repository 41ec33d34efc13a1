//! What a task says when it could not do its work: one sentence for a person.

use std::fmt;

/// A sentence that says what went wrong and, where it can, what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// A failure of the system, with what was being done: `Failure::on("read x", &error)`.
    pub(crate) fn on(doing: impl fmt::Display, error: &dyn std::error::Error) -> Self {
        Self(format!("cannot {doing}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

pub(crate) type Result<T> = std::result::Result<T, Failure>;
