//! What the keeper prints: one line a step with its time, and a summary at the end.

use std::fmt::Display;
use std::io::Write;
use std::time::Duration;

use crate::failure::Failure;

/// A line on standard output. A closed pipe ends the talking, not the work.
pub(crate) fn line(text: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// `ok    layers                 0.21 s  10 crates, 41 edges`
pub(crate) fn step(mark: &str, name: &str, took: Duration, note: &str) {
    line(format!("{mark:<7} {name:<24} {:>8}  {note}", seconds(took)).trim_end());
}

/// The last word of a task that failed.
pub(crate) fn failure(failure: &Failure) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "error: {failure}");
}

/// `0.21 s`, `73.4 s`
pub(crate) fn seconds(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.2} s") } else { format!("{seconds:.1} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_three_digits() {
        assert_eq!(seconds(Duration::from_millis(214)), "0.21 s");
        assert_eq!(seconds(Duration::from_millis(73_440)), "73.4 s");
    }
}
