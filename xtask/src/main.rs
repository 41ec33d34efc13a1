//! The keeper of this workspace: `cargo xtask check` and its sisters.
//!
//! Everything that decides whether a change may land is here, in Rust, and is also a `#[test]`:
//! a laptop and the build machine cannot disagree. The rules that are tables (levels, bans, banned
//! words, allowed exceptions) are tables in the code, each row with its reason.

mod bench;
mod cargo;
mod check;
mod env;
mod failure;
mod interop;
mod record;
mod say;
mod sim;
mod soak;
mod source;
mod test;
mod wait;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The keeper of this workspace")]
enum Task {
    /// Format, lints, documentation, layers, dependencies and tidiness; no test is run
    Check(check::Options),
    /// Every test: ours, the documentation's, and those with other people's servers and clients
    Test(test::Options),
    /// Make the recorded traffic in `fixtures/` anew, from servers that are started for it
    Record(record::Options),
    /// Hours of the same: large trees, large files, and kills at any moment
    Soak(soak::Options),
    /// The whole client against the local R2 in simulated time, everything from one number
    Sim(sim::Options),
    /// Measure ours against the floor and against other people's crates
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Check(options) => check::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Record(options) => record::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Sim(options) => sim::run(&options),
        Task::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::failure(&failure);
            ExitCode::FAILURE
        }
    }
}
