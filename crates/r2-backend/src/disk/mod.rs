//! Everything of the back ends that waits for the disk; called through [`crate::blocking`] only.

mod folder;
mod object_file;
mod open;
mod store;
mod walk;

pub(crate) use folder::{join, open as open_regular};
pub(crate) use object_file::{NewFile, Record};
pub(crate) use open::open_file;
pub(crate) use store::Store;
pub(crate) use walk::Walk;
