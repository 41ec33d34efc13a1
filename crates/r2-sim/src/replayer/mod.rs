//! A transport that answers from a cassette.

mod deck;
mod latency;
mod miss;
mod playback;
mod transport;

pub use latency::Playback;
pub use transport::Replayer;
