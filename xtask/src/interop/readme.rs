//! The README's first command does what it says, as it is written.
//!
//! Only its build step is left out: the program is there already, built as the tests build it.

use std::process::{Command, Stdio};

use super::program::{Bench, limited};
use crate::failure::{Failure, Result};
use crate::test::Ledger;

pub(crate) fn readme(bench: &Bench, ledger: &mut Ledger) {
    ledger.check("README: the first command", || run(bench));
}

fn run(bench: &Bench) -> Result<()> {
    let root = bench.place.root();
    let text = std::fs::read_to_string(root.join("README.md"))
        .map_err(|error| Failure::on("read README.md", &error))?;
    let command = first_command(&text)
        .ok_or_else(|| Failure::new("README.md has no command after a build step"))?;
    // A copy of what it syncs, so that nothing of the checkout can be changed by it.
    let folder = bench.place.fresh("readme")?;
    let copied = Command::new("cp").arg("-r").arg(root.join("docs")).arg(&folder).status();
    copied.map_err(|error| Failure::on("copy docs", &error))?;
    let path = bench.binary.parent().unwrap_or(root).to_string_lossy().into_owned();
    let mut shell = limited(std::path::Path::new("bash"), &folder, &Vec::new());
    shell.args(["-c", &format!("export PATH=\"{path}:$PATH\"; {command}")]).stdin(Stdio::null());
    let output = shell.output().map_err(|error| Failure::on("start bash", &error))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("`{command}` ended with {}: {why}", output.status)));
    }
    if said.contains("architecture.md") {
        return Ok(());
    }
    Err(Failure::new(format!("it does not show what it did: {said}")))
}

/// What follows `cargo build ... && ` in the first shell block.
fn first_command(text: &str) -> Option<&str> {
    let block = text.split("```sh\n").nth(1)?.split("```").next()?;
    let line = block.lines().next()?;
    let (build, rest) = line.split_once(" && ")?;
    build.starts_with("cargo build --release").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_command_is_what_follows_the_build() {
        let text = "# A\n```sh\ncargo build --release -p a && a b && a c\n```\n```sh\nx\n```\n";
        assert_eq!(first_command(text), Some("a b && a c"));
        assert_eq!(first_command("none"), None);
    }
}
