//! Our program against other people's servers, and other people's programs against our emulator.
//!
//! Everything is on loopback, on ports that are free at the time, with its state and its logs in
//! `.cache/interop/`, and is stopped at the end, however the end comes.

mod clients;
mod install;
mod oracle;
mod place;
mod ports;
mod program;
mod readme;
mod script;
mod server;
mod servers;
mod tree;

pub(crate) use clients::{CLIENTS, clients};
pub(crate) use install::Installing;
pub(crate) use oracle::{ORACLE, oracle};
pub(crate) use program::build;
pub(crate) use readme::readme;
pub(crate) use servers::{SERVERS, servers};
