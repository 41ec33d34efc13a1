//! Objects in memory: for tests, and for caches that may be lost.

mod backend;
mod objects;

pub use backend::MemoryBackend;
