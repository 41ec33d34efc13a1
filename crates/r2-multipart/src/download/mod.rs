//! Downloads: parallel ranges of one content into a file, a writer or memory.

mod driver;
mod fetch;
mod job;
mod options;
mod outcome;
mod run;
mod sink;
mod target;

pub use options::{DownloadOptions, OnObjectChange};
pub use outcome::Downloaded;
pub use run::download;
pub use sink::Sink;
