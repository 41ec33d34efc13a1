//! `docs/known-failures.md`: every case of the collection, each with tests that exist.

use std::collections::BTreeSet;

use super::features::exists;
use super::markdown::{cells, code_spans, prose};
use crate::workspace::File;

const PAGE: &str = "docs/known-failures.md";

/// How many cases were collected. They keep their numbers.
const CASES: u8 = 60;

pub(super) fn findings(files: &[File]) -> Vec<String> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![format!("{PAGE} is missing")];
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, text) in prose(&page.text) {
        let Some(row) = cells(text) else { continue };
        let [number, _, _, server, client] = row.as_slice() else { continue };
        let Ok(case) = number.parse::<u8>() else { continue };
        if !seen.insert(case) {
            found.push(format!("{PAGE}:{line} has case {case} again"));
        }
        let tests: Vec<&str> = code_spans(server).chain(code_spans(client)).collect();
        if tests.is_empty() {
            found.push(format!("{PAGE}:{line} case {case} names no test"));
        }
        let gone = tests.iter().filter(|test| !exists(test, files));
        found.extend(gone.map(|test| format!("{PAGE}:{line} names `{test}`, which is not there")));
        let other = code_spans(server).filter(|test| !test.contains(&format!("case_{case:02}_")));
        found.extend(other.map(|test| format!("{PAGE}:{line} `{test}` is of another case")));
    }
    let missing = (1..=CASES).filter(|case| !seen.contains(case));
    found.extend(missing.map(|case| format!("{PAGE} has no case {case}")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(first_row: &str) -> usize {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let row = |case| format!("| {case} | a | b | | `c.rs::it_does` |\n");
        let others: String = (2..=CASES).map(row).collect();
        let code = file("c.rs", "fn it_does() {} fn case_01_a() {} fn case_02_a() {}");
        findings(&[file(PAGE, &format!("{first_row}\n{others}")), code]).len()
    }

    #[test]
    fn every_case_has_tests_that_are_its_own() {
        assert_eq!(found("| 1 | a | b | `c.rs::case_01_a` | `c.rs::it_does` |"), 0);
        assert_eq!(found("| 1 | a | b | `c.rs::case_02_a` | |"), 1);
        assert_eq!(found("| 1 | a | b | | `c.rs::it_did` |"), 1);
        assert_eq!(found("| 1 | a | b | | |"), 1);
        assert_eq!(found("| 2 | a | b | | `c.rs::it_does` |"), 2);
        assert_eq!(found(""), 1);
    }
}
