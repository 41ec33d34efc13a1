//! Licences, duplicates, banned crates and sources of the dependency graph, by cargo-deny.
//!
//! The real tool reads `deny.toml`. Where it is not on the `PATH` it is compiled once into
//! `.cache/`: 165 CPU seconds when measured, which is less than our own judge of licence
//! expressions and duplicates would cost its readers. Its database of advisories is a git
//! repository outside the package registries; where that cannot be reached, the run says so.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run::Findings;
use crate::cargo::{cargo, output, program, succeed};
use crate::env;
use crate::failure::Result;
use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";

pub(super) fn findings(workspace: &Workspace) -> Result<Findings> {
    let root = workspace.root();
    let tool = tool(root)?;
    let mut checks = vec!["bans", "licenses", "sources"];
    let note = if output(deny(&tool, root).args(["fetch", "db"])).is_ok() {
        checks.insert(0, "advisories");
        String::new()
    } else {
        "advisories NOT CHECKED: their database cannot be reached from here".to_owned()
    };
    let mut command = deny(&tool, root);
    command.args(["--log-level", "error", "check", "--hide-inclusion-graph"]);
    command.args(["--deny", "unnecessary-skip"]).args(&checks);
    succeed(&mut command)?;
    Ok(Findings { breaches: Vec::new(), note })
}

fn deny(tool: &Path, root: &Path) -> Command {
    let mut command = program(tool, root);
    command.arg("--all-features");
    command
}

fn tool(root: &Path) -> Result<PathBuf> {
    if env::has_program("cargo-deny") {
        return Ok(PathBuf::from("cargo-deny"));
    }
    let folder = root.join(".cache/tools");
    let tool = folder.join("bin/cargo-deny");
    if !tool.is_file() {
        let mut install = cargo(root);
        install.args(["install", "--quiet", "--locked", "--version", VERSION, "--root"]);
        succeed(install.arg(&folder).arg("cargo-deny"))?;
    }
    Ok(tool)
}
