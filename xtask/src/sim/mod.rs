//! `cargo xtask sim`: the whole client in simulated time, and bugs planted to see that it notices.

mod planted;
mod run;

pub(crate) use run::{Options, part, run};
