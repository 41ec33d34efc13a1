//! Requests that no honest client sends, as raw bytes over a socket: whatever comes, the answer is
//! a refusal or a closed connection, never a failure of ours, never a hang, and nothing is stored.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

mod arena;
mod documents;
mod fields;
mod framing;
mod keys;
mod mutations;
mod reply;
mod smuggling;
