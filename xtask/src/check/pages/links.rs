//! Links and paths in the pages lead to files that exist.

use std::path::Path;

use super::markdown::{code_spans, links, prose};
use crate::workspace::Workspace;

/// A code span that begins like this is a path in this checkout.
const OURS: [&str; 5] = ["crates/", "xtask/", "docs/", "fixtures/", ".ci/"];

pub(super) fn findings(workspace: &Workspace) -> Vec<String> {
    let root = workspace.root();
    let pages = workspace.files().iter().filter(|file| file.has_ending("md"));
    let mut found = Vec::new();
    for page in pages {
        let folder = root.join(&page.path);
        let folder = folder.parent().unwrap_or(root);
        for (number, line) in prose(&page.text) {
            let broken = links(line).filter(|target| is_relative(target) && !leads(folder, target));
            let gone = code_spans(line).filter(|span| is_our_path(span) && !leads(root, span));
            found.extend(broken.chain(gone).map(|target| {
                format!("{}:{number} names {target}, which is not there", page.path)
            }));
        }
    }
    found
}

fn is_relative(target: &str) -> bool {
    !target.contains("://") && !target.starts_with('#') && !target.starts_with("mailto:")
}

/// Patterns and command lines are not paths.
fn is_our_path(span: &str) -> bool {
    let plain = !span.contains(['*', ' ', '<', '{', '…']) && !span.contains("NNNN");
    plain && OURS.iter().any(|start| span.starts_with(start))
}

fn leads(from: &Path, target: &str) -> bool {
    let path = target.split(['#', '?']).next().unwrap_or(target);
    let path = path.split("::").next().unwrap_or(path);
    from.join(path).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_links_and_our_paths_are_followed() {
        assert!(is_relative("docs/a.md#b"));
        assert!(!is_relative("https://example.com/a"));
        assert!(is_our_path("crates/r2-sign/src/lib.rs"));
        assert!(!is_our_path("crates/*/src"));
        assert!(!is_our_path("src/lib.rs"));
    }
}
