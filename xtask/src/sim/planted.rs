//! Bugs planted one at a time into a copy of the workspace: the simulation has to find each.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{cargo, output, program};
use crate::failure::{Failure, Result};
use crate::test::Ledger;

/// Where the bugs are, one patch each. What it says before its first file is what it plants.
const PATCHES: &str = "crates/r2-backend/examples/simulation/planted";
/// Runs in which a bug has to show.
const RUNS: u64 = 1_000;

/// Plants each of them in turn; one that is not found is a failure.
pub(super) fn run(root: &Path, only: Option<&str>) -> Result<()> {
    let mut ledger = Ledger::default();
    let copy = root.join(".cache/sim/planted");
    for patch in patches(root)? {
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if only.is_none_or(|only| only == name) {
            refresh(root, &copy)?;
            ledger.check(&name, || plant(&copy, &patch));
        }
    }
    ledger.close()
}

fn patches(root: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| Failure::on(format!("read {PATCHES}"), &error);
    let mut patches = Vec::new();
    for entry in fs::read_dir(root.join(PATCHES)).map_err(failed)? {
        patches.push(entry.map_err(failed)?.path());
    }
    patches.sort();
    Ok(patches)
}

/// Makes the copy what the workspace is. Files that are equal keep their times, so that the
/// compiler has little to do.
fn refresh(root: &Path, copy: &Path) -> Result<()> {
    let mut list = program(Path::new("git"), root);
    let files =
        output(list.args(["ls-files", "--", "Cargo.toml", "Cargo.lock", "crates", "xtask"]))?;
    let files: BTreeSet<&str> = files.lines().chain(["README.md"]).collect();
    for folder in ["crates", "xtask"] {
        remove_others(copy, &copy.join(folder), &files)?;
    }
    for file in files {
        let (from, to) = (root.join(file), copy.join(file));
        // a file that was removed and is still listed
        let Ok(content) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|there| there == content) {
            continue;
        }
        let failed = |error: std::io::Error| Failure::on(format!("write {}", to.display()), &error);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&to, content).map_err(failed)?;
    }
    Ok(())
}

/// Removes what the workspace has no more.
fn remove_others(copy: &Path, folder: &Path, files: &BTreeSet<&str>) -> Result<()> {
    // nothing was copied yet
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            remove_others(copy, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(copy).unwrap_or(&path).to_string_lossy();
        if !files.contains(name.as_ref()) {
            fs::remove_file(&path)
                .map_err(|error| Failure::on(format!("remove {}", path.display()), &error))?;
        }
    }
    Ok(())
}

fn plant(copy: &Path, patch: &Path) -> Result<()> {
    let mut apply = program(Path::new("git"), copy);
    // the copy lies in a repository whose paths these are not
    apply.env("GIT_CEILING_DIRECTORIES", copy.parent().unwrap_or(copy));
    output(apply.args(["apply", "--unidiff-zero"]).arg(patch))?;
    let mut build = cargo(copy);
    output(build.args(["build", "--quiet", "--package", "r2-backend", "--example", "simulation"]))?;
    let simulation = copy.join("target/debug/examples/simulation");
    let mut run = program(&simulation, copy);
    run.args(["--seed", "1", "--runs", &RUNS.to_string()]);
    let ended = run.output().map_err(|error| Failure::on("start the simulation", &error))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    match said.lines().find(|line| line.starts_with("BROKEN")) {
        Some(found) => {
            crate::say::line(format!("        {found}"));
            Ok(())
        }
        None => Err(Failure::new(format!("{RUNS} runs did not notice it"))),
    }
}
