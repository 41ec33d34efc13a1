//! How much work compression may be.

use std::num::NonZeroUsize;

use crate::limits::{FRAME_BYTES, FRAME_BYTES_MAX, FRAME_BYTES_MIN, FRAMES_AT_ONCE_MAX};

/// The level that zstd itself begins with: most of what can be saved, at hundreds of MB/s.
const LEVEL: i32 = 3;
/// What a higher level takes is memory and time out of all proportion.
const LEVELS: (i32, i32) = (-7, 19);
/// What is smaller costs a request either way, and the seek table would eat the saving.
const BYTES_MIN: u64 = 1_024;

/// How objects are compressed.
///
/// ```
/// use r2_backend::compress::CompressOptions;
///
/// let options = CompressOptions::new().level(9).threads(4.try_into().expect("not zero"));
/// assert_eq!(options.level, 9);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompressOptions {
    /// From -7, fast, to 19, small. Default: 3.
    pub level: i32,
    /// Frames of one object that are compressed at one time, 64 at most; each takes twice
    /// `frame_bytes` of memory. Default: 1, because a service has several objects under way.
    pub threads: NonZeroUsize,
    /// Bytes of a frame before it is compressed, from 64 KiB to 16 MiB: a range costs reading
    /// whole frames, and small frames compress less. Default: 1 MiB.
    pub frame_bytes: usize,
    /// Objects of fewer bytes are left alone. Default: 1 KiB.
    pub bytes_min: u64,
}

impl CompressOptions {
    /// Level 3, one thread, frames of 1 MiB.
    #[must_use]
    pub fn new() -> Self {
        let threads = NonZeroUsize::MIN;
        Self { level: LEVEL, threads, frame_bytes: FRAME_BYTES, bytes_min: BYTES_MIN }
    }

    /// Sets the level; what is outside of -7 to 19 is brought inside.
    #[must_use]
    pub fn level(mut self, level: i32) -> Self {
        self.level = level.clamp(LEVELS.0, LEVELS.1);
        self
    }

    /// Sets how many frames are compressed at one time.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads.min(FRAMES_AT_ONCE_MAX);
        self
    }

    /// Sets the bytes of a frame; what is outside of the bounds is brought inside.
    #[must_use]
    pub fn frame_bytes(mut self, bytes: usize) -> Self {
        self.frame_bytes = bytes.clamp(FRAME_BYTES_MIN, FRAME_BYTES_MAX);
        self
    }

    /// Sets below how many bytes objects are left alone.
    #[must_use]
    pub fn bytes_min(mut self, bytes: u64) -> Self {
        self.bytes_min = bytes;
        self
    }
}

impl Default for CompressOptions {
    fn default() -> Self {
        Self::new()
    }
}
