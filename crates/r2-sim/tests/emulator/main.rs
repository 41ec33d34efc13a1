//! The emulator as its clients see it: requests in, answers out.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod access;
mod buckets;
mod checksums;
mod copies;
mod cors;
mod lifecycle;
mod listing;
mod model;
mod multipart;
mod objects;
mod refusals;
mod served;
mod trouble;
mod world;
