//! Everything of the back ends that waits for the disk; called through [`crate::blocking`] only.

mod open;

pub(crate) use open::open_file;
