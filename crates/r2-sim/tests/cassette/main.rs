//! Cassettes: what is recorded is played, secrets stay out, and no file does harm.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod hostile;
mod matching;
mod recording;
mod secrets;
mod world;
