//! Who is let in: signatures as every kind of client makes them, and forgeries of every kind.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod accepted;
mod accepted_bodies;
mod accepted_tokens;
mod ask;
mod chunks;
mod forged;
mod forged_bodies;
mod forged_tokens;
mod order;
mod reference;
mod table;
mod token;
mod upload_ids;
