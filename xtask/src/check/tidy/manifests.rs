//! Manifests: one list of versions, one lint table, a description for every crate.

use crate::workspace::File;

pub(super) fn findings(files: &[File]) -> Vec<String> {
    files
        .iter()
        .filter(|file| is_member(&file.path))
        .flat_map(|file| of(&file.path, &file.text))
        .collect()
}

/// The workspace of the benchmark's peers is one of its own.
fn is_member(path: &str) -> bool {
    path == "xtask/Cargo.toml" || (path.starts_with("crates/") && path.ends_with("/Cargo.toml"))
}

fn of(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (line, why) in [
        ("[lints]\nworkspace = true", "the lint table of the workspace does not hold here"),
        ("\nversion.workspace = true", "its version is not the workspace's"),
        ("\nedition.workspace = true", "its edition is not the workspace's"),
        ("\nlicense.workspace = true", "its licence is not the workspace's"),
        ("\ndescription = \"", "nothing says what it is"),
    ] {
        if !text.contains(line) {
            found.push(format!("{path} has no `{}`: {why}", line.trim()));
        }
    }
    let mut in_dependencies = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if in_dependencies && line.contains('=') && !line.contains("workspace = true") {
            let name = line.split(['.', ' ', '=']).next().unwrap_or(line);
            found.push(format!(
                "{path}:{} gives {name} a version of its own: the list is in Cargo.toml",
                number + 1
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\ndescription = \"A.\"\nversion.workspace = true
edition.workspace = true\nlicense.workspace = true\n[dependencies]\nbytes.workspace = true
tokio = { workspace = true, features = [\"rt\"] }\n[lints]\nworkspace = true\n";

    #[test]
    fn a_member_takes_everything_from_the_workspace() {
        assert_eq!(of("a", GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        let text = GOOD.replace("bytes.workspace = true", "bytes = \"1\"");
        assert_eq!(
            of("a", &text),
            ["a:8 gives bytes a version of its own: the list is in Cargo.toml"]
        );
    }

    #[test]
    fn a_missing_lint_table_is_found() {
        assert_eq!(of("a", &GOOD.replace("[lints]\n", "")).len(), 1);
    }
}
