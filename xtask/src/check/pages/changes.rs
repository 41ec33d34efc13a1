//! `docs/changes/`: one entry for each change that a user can see.
//!
//! An entry is `NNNN-some-words.md`; its first line is `Kind: sentence`, then a blank line, then
//! what it means for a user; its last line names the rows it serves: `Rows: C6, P1`.

use super::features::is_id;
use crate::workspace::File;

const FOLDER: &str = "docs/changes/";
const GUIDE: &str = "docs/changes/README.md";
const KINDS: [&str; 5] = ["Added", "Changed", "Fixed", "Removed", "Security"];

pub(super) fn findings(files: &[File]) -> Vec<String> {
    let entries: Vec<&File> =
        files.iter().filter(|file| file.path.starts_with(FOLDER) && file.path != GUIDE).collect();
    let mut found: Vec<String> = entries.iter().flat_map(|file| entry(file)).collect();
    for (at, file) in entries.iter().enumerate() {
        let wanted = format!("{FOLDER}{:04}-", at + 1);
        if !file.path.starts_with(&wanted) {
            found.push(format!("{} breaks the numbering: {wanted}... comes here", file.path));
        }
    }
    if entries.is_empty() {
        found.push(format!("{FOLDER} has no entry"));
    }
    found
}

fn entry(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = file.text.lines();
    let first = lines.next().unwrap_or_default();
    let kind = first.split_once(": ").map(|(kind, _)| kind);
    if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
        found.push(format!("{} begins with none of: {}", file.path, KINDS.join(", ")));
    }
    if lines.next() != Some("") {
        found.push(format!("{} has no blank line after its first", file.path));
    }
    let rows = file.text.lines().last().and_then(|line| line.strip_prefix("Rows: "));
    match rows {
        None => found.push(format!("{} does not end with `Rows: ...`", file.path)),
        Some(rows) => {
            let wrong = rows.split(", ").filter(|id| !is_id(id));
            found.extend(wrong.map(|id| format!("{} names the row `{id}`: none such", file.path)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        File { path: format!("{FOLDER}{name}"), text: text.to_owned() }
    }

    #[test]
    fn a_whole_entry_passes() {
        let good = "Added: a client.\n\nIt puts.\n\nRows: C1, C2\n";
        assert_eq!(findings(&[file("0001-a-client.md", good)]), Vec::<String>::new());
    }

    #[test]
    fn kind_blank_rows_and_number_are_looked_at() {
        let found = findings(&[file("0002-a.md", "New: a\nb\nRows: C1, Z9")]);
        assert_eq!(found.len(), 4, "{found:?}");
    }
}
