//! `cargo xtask soak`: the same promises as the tests, with gigabytes and with kills.
//!
//! Too long for every change; meant for a night or before a release.

mod crashes;
mod kills;
mod run;
mod steps;
mod trees;

pub(crate) use run::{Options, run};
