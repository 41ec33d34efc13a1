//! Objects that are smaller where they are stored.
//!
//! [`Compressed`] is a back end over a back end: what is written through it is compressed with
//! Zstandard where that pays, and read through it as it was. Other clients see
//! `Content-Encoding: zstd`, and what they need to undo it.

mod backend;
mod decode;
mod detect;
mod encode;
mod options;
mod original;
mod read;
mod table;
mod write;

pub use backend::Compressed;
pub use options::CompressOptions;
pub use original::{METADATA_FRAME, METADATA_SHA256, METADATA_SIZE};
