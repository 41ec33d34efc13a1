//! The shape of a Rust file: it begins by saying its one concept, and `mod.rs` has no logic.

use crate::source::Source;

/// The shortest front page of a crate, in lines of `//!`.
const FRONT_PAGE_LINES_MIN: usize = 4;

pub(super) fn findings(source: &Source<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let page = doc_lines(source.text);
    if page == 0 {
        found.push(format!("{} does not begin with `//!` and its one concept", source.path));
    } else if is_front_page(source.path) && page < FRONT_PAGE_LINES_MIN {
        found.push(format!(
            "{} is the front page of its crate: {page} lines of `//!` do not say what it is for \
             and what it must not know",
            source.path
        ));
    }
    if source.path.ends_with("/mod.rs") && !source.is_test() && has_function(&source.shipped()) {
        found.push(format!("{} has logic: mod.rs holds docs, `mod` and `pub use`", source.path));
    }
    found
}

fn doc_lines(text: &str) -> usize {
    text.lines().take_while(|line| line.starts_with("//!")).count()
}

fn is_front_page(path: &str) -> bool {
    path.starts_with("crates/") && (path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs"))
}

fn has_function(code: &str) -> bool {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == "fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        findings(&Source::new(path, text)).len()
    }

    #[test]
    fn a_file_begins_with_its_concept() {
        assert_eq!(found("crates/a/src/b.rs", "//! B.\nfn b() {}"), 0);
        assert_eq!(found("crates/a/src/b.rs", "// B.\nfn b() {}"), 1);
        assert_eq!(found("crates/a/src/b.rs", "\n//! B."), 1);
    }

    #[test]
    fn a_crate_has_a_front_page() {
        assert_eq!(found("crates/a/src/lib.rs", "//! A.\nmod b;"), 1);
        assert_eq!(found("crates/a/src/lib.rs", "//! A.\n//!\n//! B\n//! c.\nmod b;"), 0);
    }

    #[test]
    fn mod_rs_has_no_logic() {
        assert_eq!(found("crates/a/src/b/mod.rs", "//! B.\nmod fn_like; // fn x"), 0);
        assert_eq!(found("crates/a/src/b/mod.rs", "//! B.\nfn x() {}"), 1);
        assert_eq!(found("crates/a/tests/common/mod.rs", "//! B.\nfn x() {}"), 0);
    }
}
