//! `README.md`: its library example is compiled as a doctest, and its table names every crate.

use std::collections::BTreeSet;

use crate::workspace::{File, Workspace};

const PAGE: &str = "README.md";

/// How a crate takes the page into its documentation tests.
const INCLUDE: &str = "include_str!(\"../../../README.md\")";

pub(super) fn findings(workspace: &Workspace) -> Vec<String> {
    let Some(page) = workspace.file(PAGE) else { return vec![format!("{PAGE} is missing")] };
    let mut found = example(&page.text, workspace.files());
    found.extend(crates(&page.text, &workspace.crate_names()));
    found
}

fn example(text: &str, files: &[File]) -> Vec<String> {
    if !text.contains("```rust\n") {
        return vec![format!("{PAGE} has no example in Rust that a doctest could compile")];
    }
    let mut libraries = files.iter().filter(|file| file.path.ends_with("/src/lib.rs"));
    if libraries.any(|file| file.text.contains(INCLUDE)) {
        return Vec::new();
    }
    vec![format!("{PAGE} has an example that nothing compiles: no lib.rs has {INCLUDE}")]
}

/// The keeper is no crate that one would want.
fn crates(text: &str, names: &BTreeSet<String>) -> Vec<String> {
    let wanted = names.iter().filter(|name| *name != "xtask");
    let missing = wanted.filter(|name| !text.contains(&format!("`{name}`")));
    missing.map(|name| format!("{PAGE} does not say who wants {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_that_nothing_compiles_is_found() {
        let lib = |text: &str| File { path: "crates/a/src/lib.rs".into(), text: text.into() };
        let page = "```rust\nfn f() {}\n```\n";
        assert_eq!(example(page, &[lib("//! A.")]).len(), 1);
        let include = format!("#[cfg(doctest)]\n#[doc = {INCLUDE}]\nstruct Readme;");
        assert!(example(page, &[lib(&include)]).is_empty());
        assert_eq!(example("no example", &[]).len(), 1);
    }

    #[test]
    fn a_crate_that_nobody_wants_is_found() {
        let names = ["r2-a".to_owned(), "r2-b".to_owned(), "xtask".to_owned()].into();
        assert_eq!(crates("| x | `r2-a` |", &names), ["README.md does not say who wants r2-b"]);
    }
}
