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
pub(crate) mod tree;

pub(crate) use clients::{CLIENTS, clients};
pub(crate) use install::Installing;
pub(crate) use oracle::{ORACLE, emulator, oracle};
pub(crate) use place::Place;
pub(crate) use program::{Bench, Program, build, build_release, led_to};
pub(crate) use readme::readme;
pub(crate) use server::{Access, Server};
pub(crate) use servers::{SERVERS, servers, start};
