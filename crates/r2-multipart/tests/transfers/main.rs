//! Transfers against the emulator, through a wire that records, fails, and kills.

mod copy;
mod download;
mod download_resume;
mod headers;
mod operations;
mod trouble;
mod upload;
mod upload_resume;
mod wire;
mod world;
