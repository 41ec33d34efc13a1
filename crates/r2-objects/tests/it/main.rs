//! The client against the local R2, which checks every signature.

#![expect(clippy::unwrap_used, reason = "tests: what cannot be set up fails the test")]

mod billing;
mod buckets;
mod eras;
mod faulty;
mod known_failures;
mod objects;
mod parallel;
mod real_server;
mod replayed;
mod rotation;
mod scenarios;
mod streams;
mod telemetry;
mod world;
