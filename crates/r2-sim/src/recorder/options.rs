//! What a recorder keeps, and how.

use std::fmt;

use crate::limits;

/// Whether values that differ from run to run stay as they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "as they came, or made steady")]
pub enum Values {
    /// As they came, to look into what happened once.
    Exact,
    /// Dates, request ids, rays and upload ids get fixed values, and parts that went side by side
    /// stand in the order of their numbers: the same scenario recorded again is the same file.
    Steady,
}

/// How a [`Recorder`](crate::Recorder) records.
///
/// ```
/// use r2_sim::{RecordOptions, Values};
///
/// let options = RecordOptions::new("uploads, aborted")
///     .source("R2, eu, 2026-11-20")
///     .values(Values::Steady)
///     .noise(7);
/// assert!(format!("{options:?}").contains("uploads, aborted"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordOptions {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) values: Values,
    pub(super) base_path: String,
    pub(super) seeds: Vec<u64>,
    pub(super) secrets: Vec<String>,
    pub(super) inline_bytes_max: usize,
}

impl RecordOptions {
    /// Records under this name, in a few words.
    #[must_use]
    pub fn new(name: impl Into<String>) -> RecordOptions {
        RecordOptions {
            name: name.into(),
            source: String::new(),
            values: Values::Exact,
            base_path: String::new(),
            seeds: Vec::new(),
            secrets: Vec::new(),
            inline_bytes_max: limits::RECORDED_BODY_BYTES,
        }
    }

    /// Which server it is, and of which version. Default: nothing.
    #[must_use]
    pub fn source(mut self, words: impl Into<String>) -> RecordOptions {
        self.source = words.into();
        self
    }

    /// What becomes of dates and ids. Default: [`Values::Exact`].
    #[must_use]
    pub fn values(mut self, values: Values) -> RecordOptions {
        self.values = values;
        self
    }

    /// What stands before the bucket in every path: `/proxy` for `https://host/proxy/bucket/key`.
    /// Default: nothing. Recorded paths begin with the bucket.
    #[must_use]
    pub fn base_path(mut self, path: impl Into<String>) -> RecordOptions {
        self.base_path = path.into().trim_end_matches('/').to_owned();
        self
    }

    /// A seed whose [`Noise`](crate::Noise) the objects have: large answers that are a part of it
    /// are named by it, so that a replayer can make them again. May be said several times.
    #[must_use]
    pub fn noise(mut self, seed: u64) -> RecordOptions {
        self.seeds.push(seed);
        self
    }

    /// A text that must not be on the cassette. The secrets of signatures, tokens and customers'
    /// keys that pass are known without being told.
    #[must_use]
    pub fn secret(mut self, text: impl Into<String>) -> RecordOptions {
        self.secrets.push(text.into());
        self
    }

    /// Bodies up to this many bytes stand in the cassette, longer ones by length and SHA-256.
    /// Default: 16 KiB, because cassettes are read by people; at most 1 MiB.
    #[must_use]
    pub fn inline_bytes_max(mut self, bytes: usize) -> RecordOptions {
        self.inline_bytes_max = bytes.min(limits::CASSETTE_BODY_BYTES_MAX);
        self
    }
}

impl From<&str> for RecordOptions {
    fn from(name: &str) -> RecordOptions {
        RecordOptions::new(name)
    }
}

impl fmt::Debug for RecordOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RecordOptions { name, source, values, base_path, seeds, secrets, inline_bytes_max } =
            self;
        f.debug_struct("RecordOptions")
            .field("name", name)
            .field("source", source)
            .field("values", values)
            .field("base_path", base_path)
            .field("seeds", seeds)
            .field("secrets", &secrets.len())
            .field("inline_bytes_max", inline_bytes_max)
            .finish()
    }
}
