//! `cargo xtask bench`: ours, the floor and the peers, measured in one run.

mod emulator;
mod page;
mod run;

pub(crate) use run::{Options, run};
