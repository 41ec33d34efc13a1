//! `docs/architecture.md` names every crate that exists and none that does not, and says of every
//! invariant by what it is checked.

use std::collections::BTreeSet;

use super::markdown::prose;
use crate::workspace::Workspace;

const PAGE: &str = "docs/architecture.md";
const INVARIANTS: &str = "## Invariants";
const MARK: &str = "Checked by:";

pub(super) fn findings(workspace: &Workspace) -> Vec<String> {
    let Some(page) = workspace.file(PAGE) else { return vec![format!("{PAGE} is missing")] };
    let mut found = names(&page.text, &workspace.crate_names());
    found.extend(invariants(&page.text));
    found
}

fn names(text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let named: BTreeSet<String> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .map(|word| word.trim_matches('-'))
        .filter(|word| word.starts_with("r2-") || *word == "xtask")
        .map(str::to_owned)
        .collect();
    let missing = crates.difference(&named).map(|name| format!("{PAGE} does not name {name}"));
    let gone = named.difference(crates).map(|name| format!("{PAGE} names {name}: no such crate"));
    missing.chain(gone).collect()
}

/// Every item of the list under the heading carries the mark.
fn invariants(text: &str) -> Vec<String> {
    let mut items: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in prose(text) {
        if line.starts_with("## ") {
            inside = line == INVARIANTS;
        } else if inside && line.starts_with("- ") {
            items.push((number, line.to_owned()));
        } else if inside
            && line.starts_with(' ')
            && let Some((_, item)) = items.last_mut()
        {
            item.push_str(line);
        }
    }
    if items.is_empty() {
        return vec![format!("{PAGE} has no list under `{INVARIANTS}`")];
    }
    let bare = items.iter().filter(|(_, item)| !item.contains(MARK));
    bare.map(|(number, _)| format!("{PAGE}:{number} is an invariant without `{MARK}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_is_gone_and_one_that_is_new() {
        let crates = ["r2-sign".to_owned(), "xtask".to_owned()].into();
        let found = names("`r2-sign/src` and r2-old; xtask.", &crates);
        assert_eq!(found, ["docs/architecture.md names r2-old: no such crate"]);
        assert_eq!(names("xtask", &crates), ["docs/architecture.md does not name r2-sign"]);
    }

    #[test]
    fn an_invariant_says_by_what_it_is_checked() {
        let page = "# A\n## Invariants\n\n- One.\n  Checked by: a.\n- Two.\n\n## B\n- Three.\n";
        assert_eq!(
            invariants(page),
            ["docs/architecture.md:6 is an invariant without `Checked by:`"]
        );
    }
}
