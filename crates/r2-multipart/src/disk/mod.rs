//! Everything that waits for the disk; called through [`crate::blocking`] only.

mod journal;
mod part_file;
mod positioned;
mod replace;
mod source_file;
mod token_file;

pub(crate) use journal::{JournalHeader, JournalRecord};
pub use part_file::Durability;
pub(crate) use part_file::PartFile;
pub(crate) use source_file::{SourceFile, checksum_part, read_part};
pub(crate) use token_file::{read_token, remove_token, write_token};
