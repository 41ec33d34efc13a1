//! The program `r2`, built once and run with an environment that leads to loopback only.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place::Place;
use super::server::Access;
use crate::cargo::{cargo, shown, succeed};
use crate::env;
use crate::failure::{Failure, Result};

/// No single command of these suites may take longer; `timeout` of coreutils sees to it.
const LIMIT_SECONDS: &str = "300";

/// Where the suites work, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    pub(super) place: Place,
    pub(super) binary: PathBuf,
}

/// Builds the program as the tests do, so that nothing is compiled twice.
pub(crate) fn build(root: &Path) -> Result<Bench> {
    succeed(cargo(root).args(["build", "--quiet", "--package", "r2-cli"]))?;
    let target = root.join("target/debug/r2");
    if !target.is_file() {
        return Err(Failure::new(format!("{} was not built", target.display())));
    }
    Ok(Bench { place: Place::of(root), binary: target })
}

impl Bench {
    /// The program, led to a server.
    pub(super) fn program(&self, access: &Access, folder: &Path) -> Program {
        Program {
            binary: self.binary.clone(),
            access: access.clone(),
            folder: folder.to_path_buf(),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Program {
    binary: PathBuf,
    access: Access,
    folder: PathBuf,
}

impl Program {
    /// Runs it to the end; what it printed, or a failure with what it said.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.output(arguments, Stdio::null())?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Failure::new(format!(
            "r2 {} ended with {}: {}",
            arguments.join(" "),
            output.status,
            said.trim()
        )))
    }

    /// Runs it with a file as its standard input.
    pub(super) fn feed(&self, arguments: &[&str], input: &Path) -> Result<()> {
        let doing = format!("open {}", input.display());
        let input = File::open(input).map_err(|error| Failure::on(doing, &error))?;
        let output = self.output(arguments, Stdio::from(input))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("r2 {} failed: {}", arguments.join(" "), said.trim())))
    }

    /// What it wrote to standard output, to the byte.
    pub(super) fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let output = self.output(arguments, Stdio::null())?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("r2 {} failed: {}", arguments.join(" "), said.trim())))
    }

    /// The exit code of a command that is meant to fail.
    pub(super) fn exit_code(&self, arguments: &[&str]) -> Result<Option<i32>> {
        Ok(self.output(arguments, Stdio::null())?.status.code())
    }

    fn output(&self, arguments: &[&str], input: Stdio) -> Result<std::process::Output> {
        let mut command = limited(&self.binary, &self.folder, &self.access);
        command.args(arguments).stdin(input);
        command.output().map_err(|error| Failure::on(format!("start {}", shown(&command)), &error))
    }
}

/// A program under a time limit, with no credentials but those of the server it is led to.
pub(super) fn limited(program: &Path, folder: &Path, access: &Access) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after", "5", LIMIT_SECONDS]).arg(program).current_dir(folder);
    for name in env::credentials() {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    // Libraries of AWS ask the machine's metadata service when they miss something.
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(access.iter().map(|(name, value)| (name, value)));
    command
}
