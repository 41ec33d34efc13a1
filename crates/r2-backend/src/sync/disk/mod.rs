//! Everything that waits for the disk; called through [`crate::blocking`] only.

mod block_file;
mod hash;
mod place;
mod walk;

pub(crate) use block_file::BlockFile;
pub(crate) use hash::{Content, compare};
pub(crate) use place::{Expected, Obstacle, clear_way, delete, look, set_modified};
pub(crate) use walk::{WalkOptions, Walker};

#[cfg(test)]
mod tests;
