//! `docs/decisions/`: its index names every page, and every page says context, decision and what
//! was refused.

use super::markdown::{links, prose};
use crate::workspace::File;

const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

pub(super) fn findings(files: &[File]) -> Vec<String> {
    let Some(index) = files.iter().find(|file| file.path == INDEX) else {
        return vec![format!("{INDEX} is missing")];
    };
    let listed: Vec<&str> = prose(&index.text).flat_map(|(_, line)| links(line)).collect();
    let pages = files.iter().filter(|file| file.path.starts_with(FOLDER) && file.path != INDEX);
    pages.flat_map(|page| page_findings(page, &listed)).collect()
}

fn page_findings(page: &File, listed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let name = page.path.strip_prefix(FOLDER).unwrap_or(&page.path);
    if !listed.contains(&name) {
        found.push(format!("{INDEX} does not list {name}"));
    }
    for wanted in ["context", "decision", "refused"] {
        let heading = |line: &str| line.starts_with('#') && line.to_lowercase().contains(wanted);
        if !page.text.lines().any(heading) {
            found.push(format!("{} has no heading with the word `{wanted}`", page.path));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_page_is_listed_and_has_its_three_parts() {
        let index = file(INDEX, "- [Pool](pool.md): why\n");
        let whole = "# Pool\n## Context\n## Decision\n## Refused alternatives\n";
        let page = |text| file("docs/decisions/pool.md", text);
        assert_eq!(findings(&[index, page(whole)]), Vec::<String>::new());
        let index = file(INDEX, "nothing");
        assert_eq!(findings(&[index, page("# Pool")]).len(), 4);
    }
}
