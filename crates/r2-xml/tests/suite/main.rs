//! Tests of the public API, in one binary.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod hostile;
mod render;
mod requests;
mod round_trip;
mod samples;
mod servers;
