//! The program `r2`, built once and run with an environment that leads to loopback only.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::place::Place;
use super::server::Access;
use crate::cargo::{cargo, shown, succeed};
use crate::failure::{Failure, Result};
use crate::{env, wait};

/// No single command of the suites may take longer; `timeout` of coreutils sees to it.
const LIMIT_SECONDS: &str = "300";

/// Likewise for gigabytes.
const SOAK_LIMIT_SECONDS: &str = "3600";

/// Where the suites work, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    pub(crate) place: Place,
    pub(crate) binary: PathBuf,
    limit_seconds: &'static str,
}

/// Builds the program with the features that the tests have, so that nothing is compiled twice.
pub(crate) fn build(root: &Path) -> Result<Bench> {
    succeed(cargo(root).args(["build", "--quiet", "--workspace", "--all-targets"]))?;
    Bench::of(root, Path::new("target/debug/r2"))
}

/// Builds the program as it is delivered.
pub(crate) fn build_release(root: &Path) -> Result<Bench> {
    succeed(cargo(root).args(["build", "--quiet", "--release", "--package", "r2-cli"]))?;
    Bench::of(root, Path::new("target/release/r2"))
}

impl Bench {
    /// A bench for a program that is there already.
    pub(crate) fn of(root: &Path, binary: &Path) -> Result<Self> {
        let binary = root.join(binary);
        if !binary.is_file() {
            return Err(Failure::new(format!("there is no program at {}", binary.display())));
        }
        Ok(Self { place: Place::of(root), binary, limit_seconds: LIMIT_SECONDS })
    }

    /// The same with time for gigabytes.
    pub(crate) fn for_long_runs(self) -> Self {
        Self { limit_seconds: SOAK_LIMIT_SECONDS, ..self }
    }

    /// The program, led to a server.
    pub(crate) fn program(&self, access: &Access, folder: &Path) -> Program {
        Program {
            limit_seconds: self.limit_seconds,
            binary: self.binary.clone(),
            access: access.clone(),
            folder: folder.to_path_buf(),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    limit_seconds: &'static str,
    binary: PathBuf,
    access: Access,
    folder: PathBuf,
}

impl Program {
    /// Runs it to the end; what it printed, or a failure with what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
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

    /// Whether another sync of what is there already sends nothing, by its own summary.
    pub(crate) fn sends_nothing(&self, source: &str, destination: &str) -> Result<()> {
        let said = self.run(&["sync", "--json", source, destination])?;
        let summary = said.lines().last().unwrap_or_default();
        if summary.contains("\"sent\":0,") && summary.contains("\"bytes\":0,") {
            return Ok(());
        }
        Err(Failure::new(format!("something was sent again: {summary}")))
    }

    /// The exit code of a command that is meant to fail.
    pub(super) fn exit_code(&self, arguments: &[&str]) -> Result<Option<i32>> {
        Ok(self.output(arguments, Stdio::null())?.status.code())
    }

    /// The program itself, without a limit, for whoever wants to end it in another way.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = led_to(Command::new(&self.binary), &self.folder, &self.access);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Starts it and kills it without a word (SIGKILL) after a while; whether it was still running.
    pub(crate) fn killed_after(&self, while_: Duration, arguments: &[&str]) -> Result<bool> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let starting = |error| Failure::on(format!("start {}", self.binary.display()), &error);
        let mut child = command.spawn().map_err(starting)?;
        let ended = wait::until(while_, || child.try_wait().ok().flatten()).is_some();
        // It may end between the question and the blow.
        let _ = child.kill();
        let _ = child.wait();
        Ok(!ended)
    }

    fn output(&self, arguments: &[&str], input: Stdio) -> Result<std::process::Output> {
        let mut command = under(self.limit_seconds, &self.binary, &self.folder, &self.access);
        command.args(arguments).stdin(input);
        command.output().map_err(|error| Failure::on(format!("start {}", shown(&command)), &error))
    }
}

/// A program under the usual time limit, with no credentials but those of the server it is led to.
pub(super) fn limited(program: &Path, folder: &Path, access: &Access) -> Command {
    under(LIMIT_SECONDS, program, folder, access)
}

fn under(limit_seconds: &str, program: &Path, folder: &Path, access: &Access) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after", "5", limit_seconds]).arg(program);
    led_to(command, folder, access)
}

/// Removes every credential from a command's environment and leads it to a server on loopback.
pub(crate) fn led_to(mut command: Command, folder: &Path, access: &Access) -> Command {
    command.current_dir(folder);
    for name in env::credentials() {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    // Libraries of AWS ask the machine's metadata service when they miss something.
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(access.iter().map(|(name, value)| (name, value)));
    command
}
