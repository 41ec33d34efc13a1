//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use r2_transport::Clock;

use crate::store::locked;

/// Wall-clock time that a test sets and moves. Clones share it.
///
/// ```
/// use std::time::Duration;
/// use r2_sim::ManualClock;
/// use r2_transport::Clock as _;
///
/// let clock = ManualClock::at_unix(1_700_000_000);
/// let before = clock.now();
/// clock.advance(Duration::from_secs(7 * 86_400));
/// assert_eq!(clock.now(), before + Duration::from_secs(604_800));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<SystemTime>>,
}

impl ManualClock {
    /// A clock that shows `seconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn at_unix(seconds: u64) -> ManualClock {
        let now = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH);
        ManualClock { now: Arc::new(Mutex::new(now)) }
    }

    /// Moves the clock forward. It stops at the last instant that the system can express.
    pub fn advance(&self, by: Duration) {
        let mut now = locked(&self.now);
        *now = now.checked_add(by).unwrap_or(*now);
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, to: SystemTime) {
        *locked(&self.now) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *locked(&self.now)
    }
}
