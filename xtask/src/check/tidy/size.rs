//! Lengths: 600 lines in a file is a smell that needs a reason, 1,000 fails, 100 columns in a line.

use crate::workspace::File;

const LINES_SMELL: usize = 600;
const LINES_MAX: usize = 1000;
const COLUMNS_MAX: usize = 100;

/// Endings of what is written as code. Prose, data and tables have their own natural lengths.
const CODE: [&str; 4] = ["rs", "sh", "py", "mjs"];

/// Files of more than 600 lines that have a reason to be so.
const LONG: [(&str, &str); 0] = [];

pub(super) fn findings(files: &[File]) -> Vec<String> {
    let code = files.iter().filter(|file| CODE.iter().any(|ending| file.has_ending(ending)));
    let mut found: Vec<String> = code.flat_map(file_findings).collect();
    found.extend(stale(files));
    found
}

fn file_findings(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        found.push(format!("{} has {lines} lines: {LINES_MAX} is the end, split it", file.path));
    } else if lines > LINES_SMELL && !has_reason(&file.path) {
        found.push(format!(
            "{} has {lines} lines: above {LINES_SMELL} a file needs a reason in \
             xtask/src/check/tidy/size.rs",
            file.path
        ));
    }
    for (number, line) in file.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS_MAX {
            found.push(format!(
                "{}:{} has {columns} columns: {COLUMNS_MAX} at most",
                file.path,
                number + 1
            ));
        }
    }
    found
}

fn has_reason(path: &str) -> bool {
    LONG.iter().any(|(known, _)| *known == path)
}

/// A reason outlives its file, or the file its length.
fn stale(files: &[File]) -> Vec<String> {
    let is_long = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.is_some_and(|file| file.text.lines().count() > LINES_SMELL)
    };
    let stale = LONG.iter().filter(|(path, _)| !is_long(path));
    stale.map(|(path, _)| format!("{path} needs no reason for its length any more")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(lines: usize) -> File {
        File { path: "crates/x/src/x.rs".to_owned(), text: "x\n".repeat(lines) }
    }

    #[test]
    fn six_hundred_lines_pass_and_one_more_needs_a_reason() {
        assert!(findings(&[file(600)]).is_empty());
        assert!(findings(&[file(601)])[0].contains("needs a reason"));
        assert!(findings(&[file(1001)])[0].contains("split it"));
    }

    #[test]
    fn columns_are_characters_not_bytes() {
        let wide = |text: String| File { path: "a.rs".to_owned(), text };
        assert!(findings(&[wide("é".repeat(100))]).is_empty());
        assert_eq!(findings(&[wide("é".repeat(101))]), ["a.rs:1 has 101 columns: 100 at most"]);
    }
}
