//! Which measurements there are, and who makes them.
//!
//! The peers of the crates are other people's crates with hundreds of dependencies, so they live in
//! a workspace of their own that no other command compiles.

use clap::{Args, ValueEnum};

use super::emulator;
use crate::cargo::{cargo, succeed};
use crate::failure::Result;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// What to measure
    #[arg(long, value_name = "SUITE", default_value = "crates")]
    suite: Suite,
    /// For `crates`: what and how; `--help` after `--` says what there is.
    /// For `emulator`: names of servers, all if there is none
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// Our crates beside other people's
    Crates,
    /// The served emulator beside other people's servers; written into docs/benchmarks.md
    Emulator,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::load()?;
    match options.suite {
        Suite::Crates => {
            let mut command = cargo(workspace.root());
            command.args(["run", "--quiet", "--release", "--manifest-path"]);
            command.args(["xtask/peers/Cargo.toml", "--"]);
            succeed(command.args(&options.arguments))
        }
        Suite::Emulator => emulator::run(workspace.root(), &options.arguments),
    }
}
