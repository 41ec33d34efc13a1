//! Transfers against the emulator, through a wire that records, fails, and kills.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod copy;
mod download;
mod download_resume;
mod headers;
mod http;
mod known_failures;
mod operations;
mod replayed;
mod scenarios;
mod soak;
mod trouble;
mod upload;
mod upload_resume;
mod wire;
mod world;
