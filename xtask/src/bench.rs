//! `cargo xtask bench`: ours, the floor and the peers, measured in one run.
//!
//! The peers are other people's crates with hundreds of dependencies, so they live in a workspace
//! of their own that no other command compiles.

use clap::Args;

use crate::cargo::{cargo, succeed};
use crate::failure::Result;
use crate::workspace::Workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// What to measure, and how; `--help` after `--` says what there is
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::load()?;
    let mut command = cargo(workspace.root());
    command.args(["run", "--quiet", "--release", "--manifest-path", "xtask/peers/Cargo.toml"]);
    succeed(command.arg("--").args(&options.arguments))
}
