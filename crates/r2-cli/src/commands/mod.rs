//! The commands, one a file.

mod bill;
mod cat;
mod completions;
mod config;
mod context;
mod cp;
mod du;
mod explain;
mod find;
mod ls;
mod mb;
mod presign;
mod rb;
mod rm;
mod serve;
mod single;
mod stat;
mod sync;
mod transfer;
mod tree;
mod uploads;

pub(crate) use cat::cat;
pub(crate) use completions::completions;
pub(crate) use config::config;
pub(crate) use context::Context;
pub(crate) use cp::{cp, mv};
pub(crate) use du::du;
pub(crate) use ls::ls;
pub(crate) use mb::mb;
pub(crate) use presign::presign;
pub(crate) use rb::rb;
pub(crate) use rm::rm;
pub(crate) use serve::serve_emulator;
pub(crate) use stat::stat;
pub(crate) use sync::sync;
pub(crate) use uploads::uploads;
