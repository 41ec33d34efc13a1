//! A directory that keeps the objects of another back end at hand.
//!
//! [`Mirror`] is a back end over a back end, the origin. What is read and written through it is
//! kept in the directory as well; [`Freshness`] says when a copy is served without asking.
//! [`Mirror::check`] tells where directory and origin differ and [`Mirror::repair`] mends it.

mod backend;
mod drift;
mod fill;
mod options;
mod read;
mod repair;
#[cfg(test)]
mod tests;
mod write;

pub use backend::Mirror;
pub use drift::{Drift, DriftKind, Inspect};
pub use options::{Freshness, MirrorOptions};
pub use repair::Repaired;
