//! A clock that stands still until a test moves it, or runs with the clock that a test pauses.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use r2_transport::Clock;
use tokio::time::Instant;

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
///
/// A client's and a server's clock that disagree are two of these:
///
/// ```
/// use std::time::Duration;
/// use r2_sim::ManualClock;
/// use r2_transport::Clock as _;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let server = ManualClock::at_unix(1_700_000_000).running();
/// let client = ManualClock::at_unix(1_700_000_000 + 20 * 60).running();
/// tokio::time::sleep(Duration::from_secs(5)).await;
/// assert_eq!(client.now().duration_since(server.now()).unwrap().as_secs(), 20 * 60);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    shown: Arc<Mutex<Shown>>,
}

#[derive(Debug)]
struct Shown {
    time: SystemTime,
    /// When it showed that, on tokio's clock; `None` while it stands still.
    since: Option<Instant>,
}

impl ManualClock {
    /// A clock that shows `seconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn at_unix(seconds: u64) -> ManualClock {
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH);
        ManualClock { shown: Arc::new(Mutex::new(Shown { time, since: None })) }
    }

    /// From now on it runs as fast as tokio's clock, which a test can pause.
    #[must_use]
    pub fn running(self) -> ManualClock {
        locked(&self.shown).since = Some(Instant::now());
        self
    }

    /// Moves the clock forward. It stops at the last instant that the system can express.
    pub fn advance(&self, by: Duration) {
        let mut shown = locked(&self.shown);
        shown.time = shown.time.checked_add(by).unwrap_or(shown.time);
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, to: SystemTime) {
        let mut shown = locked(&self.shown);
        shown.time = to;
        shown.since = shown.since.map(|_| Instant::now());
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        let shown = locked(&self.shown);
        let run = shown.since.map_or(Duration::ZERO, |since| since.elapsed());
        shown.time.checked_add(run).unwrap_or(shown.time)
    }
}
