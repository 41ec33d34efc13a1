//! What the emulator has besides operations: customers' keys, public buckets, jurisdictions, locks.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod encryption;
mod jurisdictions;
mod locks;
mod public;
#[path = "../emulator/world.rs"]
mod world;
