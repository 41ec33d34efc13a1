//! Starts the simulation: some runs by hand, or those that belong to every test.
//!
//! The simulation is an example program of `r2-backend`, because it needs everything up to there;
//! `docs/decisions/simulation.md` says how it works.

use std::path::Path;
use std::process::Command;

use clap::Args;

use super::planted;
use crate::cargo::{cargo, succeed};
use crate::failure::Result;
use crate::workspace::Workspace;

/// Runs that are part of `cargo xtask test`.
const RUNS: u64 = 1_000;

#[derive(Args)]
pub(crate) struct Options {
    /// The number that everything in the first run comes from; the next runs count on from it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// Steps of each client in a run
    #[arg(long)]
    steps: Option<u32>,
    /// Print every event of a run that failed, not only the last ones
    #[arg(long)]
    whole_trace: bool,
    /// Plant each known bug in turn, in a copy, and see that the simulation finds it
    #[arg(long)]
    planted: bool,
    /// Only this planted bug, by the name of its patch
    #[arg(long, value_name = "NAME", requires = "planted")]
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::load()?;
    if options.planted {
        return planted::run(workspace.root(), options.only.as_deref());
    }
    let mut command = simulation(workspace.root(), options.seed, options.runs);
    if let Some(steps) = options.steps {
        command.args(["--steps", &steps.to_string()]);
    }
    if options.whole_trace {
        command.arg("--whole-trace");
    }
    succeed(&mut command)
}

/// The runs that belong to every test.
pub(crate) fn part(root: &Path) -> Result<()> {
    succeed(&mut simulation(root, 1, RUNS))
}

fn simulation(root: &Path, seed: u64, runs: u64) -> Command {
    let mut command = cargo(root);
    command.args(["run", "--quiet", "--package", "r2-backend", "--example", "simulation", "--"]);
    command.args(["--seed", &seed.to_string(), "--runs", &runs.to_string()]);
    command
}
