//! What the tests are written with.

mod emulator;
mod journal;
mod noise;
mod place;
mod program;
mod ran;
mod served;
mod server;
mod tree;
mod watched;

pub(crate) use emulator::{ACCESS_KEY_ID, SECRET, client_of, emulator_that_checks};
pub(crate) use journal::{Journal, Kind, Seen};
pub(crate) use noise::{Random, noise};
pub(crate) use place::Place;
pub(crate) use program::{R2, Running};
pub(crate) use ran::Ran;
pub(crate) use served::Served;
pub(crate) use server::{Server, runtime};
pub(crate) use tree::{Tree, awkward_tree};
pub(crate) use watched::{Act, Answer, Watched};
