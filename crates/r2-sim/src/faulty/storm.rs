//! Windows of time in which every request meets the same trouble.

use std::time::Duration;

use super::Fault;

/// Windows of time, one in each period, in which every request meets the same trouble: throttling
/// that lasts, an outage.
///
/// Where in its period a window lies is decided by the plan's seed. Time is tokio's clock, counted
/// from the making of the transport, so a test that pauses it has the same storms every time.
///
/// ```
/// use std::time::Duration;
/// use r2_sim::{Fault, Plan, Storm};
///
/// let hourly = Duration::from_secs(3600);
/// let throttled = Storm::new(hourly, Duration::from_secs(30), Fault::Throttled(None));
/// let plan = Plan::new(7).storm(throttled);
/// assert!(format!("{plan:?}").contains("Throttled"));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Storm {
    period: Duration,
    lasts: Duration,
    fault: Fault,
}

impl Storm {
    /// In each `period` one window that `lasts` so long. A window as long as its period never
    /// ends.
    #[must_use]
    pub fn new(period: Duration, lasts: Duration, fault: Fault) -> Storm {
        Storm { period, lasts, fault }
    }

    /// The fault, if a window is open that long after the beginning.
    pub(super) fn at(&self, seed: u64, since: Duration) -> Option<Fault> {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let (period, lasts, since) = (nanos(self.period).max(1), nanos(self.lasts), nanos(since));
        let mut random = fastrand::Rng::with_seed(seed ^ (since / period).rotate_left(32));
        let begins = random.u64(..=period.saturating_sub(lasts));
        let now = since % period;
        (begins <= now && now - begins < lasts).then_some(self.fault)
    }
}
