//! Which names take part: ordered include and exclude patterns.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};

use crate::error::{Error, ErrorKind};

/// Ordered patterns that say which names take part in a sync, on both sides.
///
/// The last pattern that matches a name decides. A name that none matches takes part, unless the
/// first pattern is an inclusion: then it does not.
///
/// A pattern matches files, and folders with all that lies below them; with a slash at its end, or
/// `/**`, only what lies below a folder. Without a slash inside it matches at any depth, with one
/// from the start of the name. `*` and `?` stay within a segment, `**` crosses slashes, `{a,b}` and
/// `[a-z]` work as in a shell.
///
/// What is left out is left alone on both sides: it is neither sent nor deleted.
///
/// ```
/// use r2_backend::Rules;
///
/// let rules = Rules::new().exclude("target/")?.exclude("*.log")?.include("keep.log")?;
/// assert!(rules.includes("src/main.rs"));
/// assert!(!rules.includes("crates/target/debug/x"));
/// assert!(!rules.includes("a/b.log"));
/// assert!(rules.includes("a/keep.log"));
/// assert!(!Rules::new().include("*.txt")?.includes("a.png"));
/// # Ok::<(), r2_backend::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

#[derive(Clone)]
struct Rule {
    pattern: String,
    includes: bool,
    /// The file itself, unless only folders are meant.
    file: Option<GlobMatcher>,
    /// A folder that is meant with all that lies below it.
    folder: GlobMatcher,
    below: GlobMatcher,
}

impl Rules {
    /// Everything takes part.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pattern for names that take part.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pattern`] for one that is not understood.
    pub fn include(mut self, pattern: &str) -> Result<Self, Error> {
        self.rules.push(Rule::new(pattern, true)?);
        Ok(self)
    }

    /// Adds a pattern for names that do not take part.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Pattern`] for one that is not understood.
    pub fn exclude(mut self, pattern: &str) -> Result<Self, Error> {
        self.rules.push(Rule::new(pattern, false)?);
        Ok(self)
    }

    /// Does this name take part?
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        match self.rules.iter().rev().find(|rule| rule.matches(name)) {
            Some(rule) => rule.includes,
            None => self.rules.first().is_none_or(|first| !first.includes),
        }
    }

    /// Does nothing below this folder take part? Says no when it is not sure.
    pub(crate) fn prunes(&self, folder: &str) -> bool {
        let decides = |rule: &&Rule| rule.includes || rule.folder.is_match(folder);
        self.rules.iter().rev().find(decides).is_some_and(|rule| !rule.includes)
    }
}

impl Rule {
    fn new(pattern: &str, includes: bool) -> Result<Self, Error> {
        let (stem, only_below) = match pattern.strip_suffix("/**") {
            Some(stem) => (stem, true),
            None => match pattern.strip_suffix('/') {
                Some(stem) => (stem, true),
                None => (pattern, false),
            },
        };
        let anchored = stem.starts_with('/') || stem.contains('/') || pattern.ends_with("/**");
        let stem = stem.trim_start_matches('/');
        let base = if anchored { stem.to_owned() } else { format!("**/{stem}") };
        let glob = |text: &str| {
            GlobBuilder::new(text)
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .map(|glob| glob.compile_matcher())
                .map_err(|error| {
                    Error::because(ErrorKind::Pattern, error).detail(format!("{pattern:?}"))
                })
        };
        if stem.is_empty() {
            return Err(Error::new(ErrorKind::Pattern).detail(format!("{pattern:?} is empty")));
        }
        Ok(Self {
            pattern: pattern.to_owned(),
            includes,
            file: if only_below { None } else { Some(glob(&base)?) },
            folder: glob(&base)?,
            below: glob(&format!("{base}/**"))?,
        })
    }

    fn matches(&self, name: &str) -> bool {
        self.file.as_ref().is_some_and(|file| file.is_match(name)) || self.below.is_match(name)
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.rules.iter();
        f.debug_list()
            .entries(
                rules
                    .map(|rule| (if rule.includes { "include" } else { "exclude" }, &rule.pattern)),
            )
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        text.split_whitespace().fold(Rules::new(), |rules, word| match word.split_at(1) {
            ("+", pattern) => rules.include(pattern).unwrap(),
            (_, pattern) => rules.exclude(pattern).unwrap(),
        })
    }

    #[test]
    fn the_last_match_decides() {
        // (rules, names in, names out)
        let table: [(&str, &[&str], &[&str]); 11] = [
            ("", &["a", "a/b", ".x"], &[]),
            ("-*.log", &["a", "a.log.txt"], &["a.log", "x/y/a.log", "a.log/b"]),
            ("-*.log +keep.log", &["keep.log", "x/keep.log"], &["a.log"]),
            ("+*.txt", &["a.txt", "x/a.txt"], &["a", "x/a.png"]),
            ("+*.txt -x/", &["a.txt"], &["x/a.txt", "y/x/a.txt"]),
            ("-target/", &["target", "src/target"], &["target/a", "src/target/a/b"]),
            ("-/target", &["src/target"], &["target", "target/a"]),
            ("-src/*.rs", &["src/a/b.rs", "x/src/a.rs"], &["src/a.rs"]),
            ("-src/**", &["src", "x/src/a"], &["src/a", "src/a/b"]),
            ("-**/tmp/*", &["tmp"], &["tmp/a", "x/tmp/b"]),
            ("-{a,b}.[ch]", &["c.c", "a.x"], &["a.c", "x/b.h"]),
        ];
        for (text, names_in, names_out) in table {
            let rules = rules(text);
            for name in names_in {
                assert!(rules.includes(name), "{text}: {name}");
            }
            for name in names_out {
                assert!(!rules.includes(name), "{text}: {name}");
            }
        }
    }

    #[test]
    fn only_folders_that_are_surely_out_are_pruned() {
        let table: [(&str, &[&str], &[&str]); 4] = [
            ("-target/", &["target", "a/target"], &["src"]),
            ("-src/**", &["src"], &["a/src"]),
            ("-target/ +*.log", &[], &["target"]),
            ("+*.log -target/", &["target"], &["src"]),
        ];
        for (text, pruned, kept) in table {
            let rules = rules(text);
            assert!(pruned.iter().all(|folder| rules.prunes(folder)), "{text}");
            assert!(!kept.iter().any(|folder| rules.prunes(folder)), "{text}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_an_error() {
        for bad in ["[", "a{b", "", "/"] {
            assert_eq!(Rules::new().exclude(bad).unwrap_err().kind(), ErrorKind::Pattern, "{bad}");
        }
    }
}
