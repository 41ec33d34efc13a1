//! `cargo xtask check`: everything about the workspace that can be said without running a test.

mod deny;
mod layers;
mod pages;
mod run;
mod tidy;

pub(crate) use run::{Options, run};
