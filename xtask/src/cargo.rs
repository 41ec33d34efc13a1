//! Starting programs, first of all cargo itself.

use std::path::Path;
use std::process::Command;

use crate::env;
use crate::failure::{Failure, Result};

/// `cargo`, in the workspace, with the environment that a person's shell would give it.
pub(crate) fn cargo(root: &Path) -> Command {
    program(Path::new("cargo"), root)
}

/// Any program, likewise.
pub(crate) fn program(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for name in env::added_by_cargo_run() {
        command.env_remove(name);
    }
    command
}

/// Runs to the end with its output shown; an exit status other than 0 is a failure.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().map_err(|error| Failure::on(format!("start {shown}"), &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{shown} ended with {status}")))
    }
}

/// Runs to the end and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().map_err(|error| Failure::on(format!("start {shown}"), &error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!(
            "{shown} ended with {}: {}",
            output.status,
            words.trim()
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as one would type it, without its environment.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
