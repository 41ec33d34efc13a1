//! Every rule about pages, one after the other.

use super::{architecture, changes, decisions, features, known_failures, links, readme};
use crate::check::run::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

/// Every breach in every page, as a sentence that begins with the page.
pub(in crate::check) fn findings(workspace: &Workspace) -> Result<Findings> {
    let mut breaches = architecture::findings(workspace);
    breaches.extend(changes::findings(workspace.files()));
    breaches.extend(decisions::findings(workspace.files()));
    breaches.extend(features::findings(workspace.files()));
    breaches.extend(known_failures::findings(workspace.files()));
    breaches.extend(links::findings(workspace));
    breaches.extend(readme::findings(workspace));
    Ok(Findings { breaches, note: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_true() {
        let workspace = Workspace::load().expect("the workspace can be read");
        assert_eq!(findings(&workspace).expect("pages").breaches, Vec::<String>::new());
    }
}
