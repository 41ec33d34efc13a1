//! Patterns over keys: `*` and `?` stay within one `/`, `**` crosses it.

use globset::{Glob, GlobBuilder, GlobMatcher};
use r2_backend::Rules;

use crate::args::Selection;
use crate::failure::Failure;

/// A pattern for keys, with the part of it that the server can filter by.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    prefix: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Compiles a key pattern.
    pub(crate) fn new(text: &str) -> Result<Self, Failure> {
        let end = text.find(['*', '?', '[', '{', '\\']).unwrap_or(text.len());
        Ok(Self { prefix: text[..end].to_owned(), matcher: glob(text)?.compile_matcher() })
    }

    /// What every matching key begins with: sent to the server, so that it lists no more.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether a key matches.
    pub(crate) fn matches(&self, key: &str) -> bool {
        self.matcher.is_match(key)
    }
}

/// The names that `--include` and `--exclude` leave: excludes go after includes, so they win.
pub(crate) fn rules(selection: &Selection) -> Result<Rules, Failure> {
    let mut rules = Rules::new();
    for pattern in &selection.include {
        rules = rules.include(pattern).map_err(unreadable)?;
    }
    for pattern in &selection.exclude {
        rules = rules.exclude(pattern).map_err(unreadable)?;
    }
    Ok(rules)
}

fn unreadable(error: r2_backend::Error) -> Failure {
    Failure::usage("a pattern cannot be read")
        .because(error)
        .hint("put a backslash before a character that is meant literally")
}

fn glob(text: &str) -> Result<Glob, Failure> {
    GlobBuilder::new(text).literal_separator(true).build().map_err(|error| {
        Failure::usage(format!("pattern `{text}` cannot be read"))
            .because(error)
            .hint("put a backslash before a character that is meant literally")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_what_the_server_can_filter_by() {
        let pattern = Pattern::new("logs/2026-*/**.gz").expect("compiles");
        assert_eq!(pattern.prefix(), "logs/2026-");
        let cases = [
            ("logs/2026-01/a.gz", true),
            ("logs/2026-01/b/c.gz", true),
            ("logs/2025-01/a.gz", false),
            ("logs/2026-01/a.txt", false),
        ];
        let pattern = Pattern::new("logs/2026-*/**/*.gz").expect("compiles");
        for (key, wanted) in cases {
            assert_eq!(pattern.matches(key), wanted, "{key}");
        }
        assert!(!Pattern::new("a/*").expect("compiles").matches("a/b/c"));
    }

    #[test]
    fn exclude_wins_and_works_at_every_depth() {
        let selection = Selection { include: vec!["*.txt".into()], exclude: vec!["draft*".into()] };
        let rules = rules(&selection).expect("compiles");
        assert!(rules.includes("a/b.txt") && rules.includes("b.txt"));
        assert!(!rules.includes("a/draft.txt") && !rules.includes("a/b.md"));
    }

    #[test]
    fn a_bad_pattern_says_which() {
        let failure = Pattern::new("a[").expect_err("refused");
        assert!(failure.chain().contains("`a[`"));
    }
}
