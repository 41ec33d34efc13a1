//! Everything of the back ends that waits for the disk; called through [`crate::blocking`] only.

mod copies;
mod folder;
mod journal;
mod object_file;
mod open;
mod seam;
mod store;
mod walk;

pub(crate) use copies::{Copies, Held, NewCopy, Settled, duplicate, md5_of};
pub(crate) use folder::{join, open as open_regular};
pub(crate) use journal::{Intent, Ticket};
pub(crate) use object_file::{NewFile, Record};
pub(crate) use open::open_file;
#[cfg(test)]
pub(crate) use seam::Seam;
pub(crate) use store::Store;
pub(crate) use walk::Walk;
