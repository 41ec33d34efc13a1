//! Reading an object to its end, whatever breaks on the way, and comparing it with its checksum.

mod object_stream;
mod verify;

pub use object_stream::ObjectStream;
pub use verify::{NotVerified, Verdict};

#[cfg(test)]
mod tests;
