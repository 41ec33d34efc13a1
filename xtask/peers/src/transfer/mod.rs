//! 1 GiB up and down: peak memory, CPU and time of the client's process.
//!
//! The server is a process of its own, so that only the client is measured, and so is every
//! transfer, so that none finds the memory that another left behind. What arrived is checked byte
//! by byte, on the server or in the file.

mod clients;
mod run;
mod server;
mod usage;

pub use run::{child, run};
