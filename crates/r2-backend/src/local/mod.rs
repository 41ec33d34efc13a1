//! Objects in a directory.

mod backend;
mod conflict;
mod in_place;
mod managed;
mod naming;

pub use backend::LocalBackend;
pub(crate) use conflict::conflict_key;
pub(crate) use managed::{not_found, select, step};
pub(crate) use naming::{NameKind, Naming};
