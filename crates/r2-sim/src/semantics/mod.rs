//! What R2 does, as far as this emulator does it too: one row a behaviour, with where it is known
//! from.
//!
//! A new behaviour is a row in the file of its area. `docs/r2-semantics.md` is made from the rows.

mod access;
mod answer;
mod behaviour;
mod bucket;
mod jurisdiction;
mod listing;
mod local;
mod lock;
mod multipart;
mod object;
mod public;
mod request;
mod sources;
mod table;

pub use behaviour::{Behaviour, Provenance};
pub use table::SEMANTICS;
