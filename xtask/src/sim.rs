//! `cargo xtask sim`: the whole client in simulated time, from numbers.
//!
//! The simulation is an example program of `r2-backend`, because it needs everything up to there;
//! `docs/decisions/simulation.md` says how it works.

use std::path::Path;
use std::process::Command;

use clap::Args;

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
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = Workspace::load()?;
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
