//! A whole client and the local R2 in one thread and simulated time, everything from one number.
//!
//! `cargo xtask sim` runs this; `docs/decisions/simulation.md` says how it works and what it
//! checks.

mod account;
mod actor;
mod arguments;
mod content;
#[cfg(test)]
mod corners;
mod crash;
mod disk;
mod model;
mod objects;
mod report;
mod run;
mod shared;
mod tally;
#[cfg(test)]
mod tests;
mod tokens;
mod transfers;
mod tree;
mod weather;
mod wire;
mod world;

use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => report::run_all(&arguments),
        Err(wrong) => {
            report::say(&wrong);
            ExitCode::FAILURE
        }
    }
}
