//! Tidiness: what a reviewer would have to remember, said by a machine.

mod blocking;
mod ignored;
mod manifests;
mod rules;
mod shape;
mod size;
mod words;

pub(super) use rules::findings;
