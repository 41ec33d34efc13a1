//! Bodies: bytes on their way, which say how long they are and whether they can start again.

mod buffers;
mod content;
mod exclusive;
mod file;
mod guarded;
mod positioned;
mod stream;
#[cfg(test)]
mod tests;

pub use content::Body;
pub(crate) use content::Source;
pub(crate) use guarded::Guarded;
