//! `docs/features.md`: every row of the specification, its state and its tests.
//!
//! The last cell names tests as code spans: a path, or `path::test_name`. What is said to work
//! names at least one; what is named exists.

use std::collections::BTreeSet;

use super::markdown::{cells, code_spans, prose};
use crate::workspace::File;

const PAGE: &str = "docs/features.md";

/// The areas of the specification and how many rows each has.
const AREAS: [(char, u8); 5] = [('C', 15), ('S', 5), ('B', 12), ('A', 7), ('P', 6)];

const STATES: [&str; 3] = ["works", "partly", "not yet"];

/// Whether this is the id of a row: `C1` to `P6`.
pub(super) fn is_id(id: &str) -> bool {
    ids().any(|known| known == id)
}

fn ids() -> impl Iterator<Item = String> {
    AREAS.iter().flat_map(|(area, rows)| (1..=*rows).map(move |row| format!("{area}{row}")))
}

struct Row<'a> {
    line: usize,
    id: &'a str,
    state: &'a str,
    tests: &'a str,
}

pub(super) fn findings(files: &[File]) -> Vec<String> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![format!("{PAGE} is missing")];
    };
    let rows: Vec<Row<'_>> = prose(&page.text).filter_map(row).collect();
    let mut found: Vec<String> = rows.iter().flat_map(|row| row_findings(row, files)).collect();
    let mut seen = BTreeSet::new();
    let twice = rows.iter().filter(|row| !seen.insert(row.id));
    found.extend(twice.map(|row| format!("{PAGE}:{} has {} again", row.line, row.id)));
    let missing = ids().filter(|id| !rows.iter().any(|row| row.id == *id));
    found.extend(missing.map(|id| format!("{PAGE} has no row {id}")));
    found
}

/// A row of the table whose first cell is an id: the page may have other tables.
fn row<'a>((line, text): (usize, &'a str)) -> Option<Row<'a>> {
    let cells = cells(text)?;
    match cells.as_slice() {
        [id, _, state, tests] if is_id(id) => Some(Row { line, id, state, tests }),
        _ => None,
    }
}

fn row_findings(row: &Row<'_>, files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let Row { line, id, state, tests } = row;
    if !STATES.contains(state) {
        found.push(format!("{PAGE}:{line} {id} is `{state}`: one of {}", STATES.join(", ")));
    }
    let tests: Vec<&str> = code_spans(tests).collect();
    if tests.is_empty() && *state != "not yet" {
        found.push(format!("{PAGE}:{line} {id} is said to be there and names no test"));
    }
    let gone = tests.iter().filter(|test| !exists(test, files));
    found.extend(gone.map(|test| format!("{PAGE}:{line} {id} names `{test}`, which is not there")));
    found
}

/// Whether a file, or a function in it, is there.
pub(super) fn exists(test: &str, files: &[File]) -> bool {
    let (path, name) = match test.split_once("::") {
        Some((path, name)) => (path, Some(name)),
        None => (test, None),
    };
    let folder = format!("{}/", path.trim_end_matches('/'));
    let Some(name) = name else {
        return files.iter().any(|file| file.path == path || file.path.starts_with(&folder));
    };
    // The last segment is the function; what is before it are modules inside the file.
    let function = format!("fn {}(", name.rsplit("::").next().unwrap_or(name));
    files.iter().any(|file| file.path == path && file.text.contains(&function))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn found(first_row: &str) -> Vec<String> {
        let others = ids().filter(|id| id != "C1").map(|id| format!("| {id} | a | not yet | |\n"));
        let page = format!("{first_row}\n{}", others.collect::<String>());
        findings(&[file(PAGE, &page), file("crates/a/tests/b.rs", "fn it_does() {}")])
    }

    #[test]
    fn there_are_forty_five_rows() {
        assert_eq!(ids().count(), 45);
        assert!(is_id("C15") && !is_id("C16") && !is_id("c1"));
    }

    #[test]
    fn a_test_is_a_file_or_a_function_in_it() {
        for good in ["crates/a/tests/b.rs", "crates/a/tests/b.rs::it_does", "crates/a/tests"] {
            assert!(found(&format!("| C1 | a | works | `{good}` |")).is_empty(), "{good}");
        }
        for bad in ["crates/a/tests/c.rs", "crates/a/tests/b.rs::it_did", "crates/a/te"] {
            assert_eq!(found(&format!("| C1 | a | works | `{bad}` |")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn what_works_names_its_test() {
        assert_eq!(found("| C1 | a | works | |").len(), 1);
        assert_eq!(found("| C1 | a | done | `crates/a/tests/b.rs` |").len(), 1);
        assert_eq!(found("").len(), 1);
    }
}
