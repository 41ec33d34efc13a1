//! Objects in a directory.

mod backend;
mod in_place;
mod managed;
mod naming;

pub use backend::LocalBackend;
pub(crate) use naming::{NameKind, Naming};
