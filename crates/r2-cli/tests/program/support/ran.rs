//! What a command came to.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use serde_json::Value;

/// A command that has ended.
pub(crate) struct Ran {
    words: Vec<OsString>,
    status: ExitStatus,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Ran {
    pub(super) fn new(
        words: Vec<OsString>,
        status: ExitStatus,
        out: Vec<u8>,
        err: Vec<u8>,
    ) -> Self {
        Self { words, status, out, err }
    }

    /// Everything was done.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.ends(0)
    }

    /// It ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }

    /// Standard error has all of these.
    #[track_caller]
    pub(crate) fn says<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(self.errors().contains(text), "no `{text}` in {self:?}");
        }
        self
    }

    /// Standard error has none of these.
    #[track_caller]
    pub(crate) fn says_not<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(!self.errors().contains(text), "`{text}` in {self:?}");
        }
        self
    }

    /// Standard output has all of these.
    #[track_caller]
    pub(crate) fn prints<const N: usize>(self, texts: [&str; N]) -> Self {
        for text in texts {
            assert!(self.text().contains(text), "no `{text}` in {self:?}");
        }
        self
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.out
    }

    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("text")
    }

    pub(crate) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.err).into_owned()
    }

    /// The objects of `--json`: each line is one, each has a version and a type, and the last is
    /// the summary, or the error of a command that came to nothing.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let lines: Vec<Value> = self
            .text()
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect();
        for line in &lines {
            assert_eq!(line["v"], 1, "{line} of {self:?}");
            assert!(line["type"].is_string(), "{line} of {self:?}");
        }
        let last = lines.last().and_then(|line| line["type"].as_str());
        assert!(matches!(last, Some("summary" | "error")), "no summary at the end of {self:?}");
        lines
    }

    /// The objects of one type.
    #[track_caller]
    pub(crate) fn json_of(&self, kind: &str) -> Vec<Value> {
        self.json().into_iter().filter(|line| line["type"] == kind).collect()
    }

    /// The last line of `--json`.
    #[track_caller]
    pub(crate) fn summary(&self) -> Value {
        let last = self.json().pop().expect("json() has seen a last line");
        assert_eq!(last["type"], "summary", "{self:?}");
        last
    }
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        writeln!(f, "{}", words.join(" "))?;
        match (self.status.code(), self.status.signal()) {
            (Some(code), _) => writeln!(f, "ended with {code}")?,
            (None, signal) => writeln!(f, "ended by signal {signal:?}")?,
        }
        let shown = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.chars().take(4_000).collect::<String>()
        };
        writeln!(f, "--- standard output\n{}", shown(&self.out))?;
        write!(f, "--- standard error\n{}", shown(&self.err))
    }
}
