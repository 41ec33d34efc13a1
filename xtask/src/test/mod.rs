//! `cargo xtask test`: everything that runs, from unit tests to other people's programs.

mod ledger;
mod run;
mod unit;

pub(crate) use ledger::Ledger;
pub(crate) use run::{Options, run};
pub(crate) use unit::on_server;
