//! What broke for real users of R2, one test a case: the same status, code and words come back.
//!
//! The number is the case's in `docs/known-failures.md`, which also names the clients' side. The
//! name has the issue that told it first. Cases that no server can show are not here.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod account;
mod checksums;
mod edge;
mod headers;
mod load;
mod parts;
mod rules;
mod signing;
#[path = "../emulator/world.rs"]
#[expect(dead_code, reason = "shared with another suite, which uses all of it")]
mod world;
