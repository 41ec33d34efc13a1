//! A transport that writes what passes through it on a cassette.

mod options;
mod tap;
mod tape;
mod transport;

pub use options::{RecordOptions, Values};
pub use transport::Recorder;
