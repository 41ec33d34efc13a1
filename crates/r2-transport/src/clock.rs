//! The wall clock, as a value, so that signatures and ages can be reproduced.

use std::fmt;
use std::time::SystemTime;

/// A source of wall-clock time.
///
/// ```
/// use r2_transport::{Clock, SystemClock};
///
/// assert!(SystemClock.now() > std::time::UNIX_EPOCH);
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time of day, as this clock sees it.
    fn now(&self) -> SystemTime;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that others are handed")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}
