//! Every tidy rule, one after the other.

use super::{blocking, ignored, manifests, shape, size, words};
use crate::check::run::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

/// Every breach of every tidy rule, as a sentence that begins with its place.
pub(in crate::check) fn findings(workspace: &Workspace) -> Result<Findings> {
    let sources = workspace.sources();
    let mut breaches = size::findings(workspace.files());
    breaches.extend(sources.iter().flat_map(shape::findings));
    breaches.extend(sources.iter().flat_map(ignored::findings));
    breaches.extend(words::findings(workspace.files(), &sources));
    breaches.extend(blocking::findings(&sources));
    breaches.extend(manifests::findings(workspace.files()));
    breaches.sort();
    Ok(Findings { breaches, note: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let workspace = Workspace::load().expect("the workspace can be read");
        assert_eq!(findings(&workspace).expect("tidy").breaches, Vec::<String>::new());
    }
}
