//! Recorded traffic: a versioned file that holds no secret and can be read by people.

mod ask;
mod body;
mod document;
mod exchange;
mod file;
mod form;
mod headers;
mod secrets;
mod settle;

pub(crate) use ask::{Ask, Line, difference};
pub(crate) use body::{Content, Digest, RecordedBody};
pub use document::Cassette;
pub(crate) use exchange::{Ending, Latency, Recorded, Reply};
pub(crate) use headers::Headers;
pub(crate) use secrets::{Secrets, is_secret_parameter};
pub(crate) use settle::{scrub, steady};
