//! `cargo xtask record`: the recorded traffic in `fixtures/`, made anew from real servers.

mod run;
mod sources;

pub(crate) use run::{Options, run};
