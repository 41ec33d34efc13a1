//! When a copy is served, and the rest of what can be chosen.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use r2_transport::{Clock, SystemClock};

/// When a copy may be served without asking the origin for the object's tag.
///
/// Whatever is chosen, the origin is asked while a write through any mirror of the directory is
/// under way, and after one whose end nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Freshness {
    /// Always: for objects that nobody changes but through mirrors of this directory. A read of a
    /// copy costs no request.
    Trust,
    /// As long as the origin named its tag no longer ago than this.
    Revalidate(Duration),
    /// Never: each read costs a HEAD, and moves bytes only if the object has changed.
    #[default]
    Always,
}

impl Freshness {
    pub(super) fn trusts(self, verified: SystemTime, now: SystemTime) -> bool {
        match self {
            Self::Trust => true,
            // a copy from the future was dated by another clock: nothing is known of its age
            Self::Revalidate(age) => now.duration_since(verified).is_ok_and(|passed| passed < age),
            Self::Always => false,
        }
    }
}

/// How a mirror works.
///
/// ```
/// use r2_backend::mirror::{Freshness, MirrorOptions};
///
/// let options = MirrorOptions::new().freshness(Freshness::Trust);
/// assert_eq!(options.freshness, Freshness::Trust);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MirrorOptions {
    /// When a copy is served. Default: after asking, which is right whoever writes.
    pub freshness: Freshness,
    /// Objects above this many bytes are not kept when they are read. Default: no limit.
    pub object_bytes_max: u64,
    /// The clock that ages copies. Default: the system's.
    pub clock: Arc<dyn Clock>,
}

impl MirrorOptions {
    /// Asking always, keeping everything.
    #[must_use]
    pub fn new() -> Self {
        Self {
            freshness: Freshness::default(),
            object_bytes_max: u64::MAX,
            clock: Arc::new(SystemClock),
        }
    }

    /// Sets when a copy is served.
    #[must_use]
    pub fn freshness(mut self, freshness: Freshness) -> Self {
        self.freshness = freshness;
        self
    }

    /// Sets above how many bytes objects are not kept when they are read.
    #[must_use]
    pub fn object_bytes_max(mut self, bytes: u64) -> Self {
        self.object_bytes_max = bytes;
        self
    }

    /// Sets the clock that ages copies.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

impl Default for MirrorOptions {
    fn default() -> Self {
        Self::new()
    }
}
