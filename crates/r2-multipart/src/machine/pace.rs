//! How many requests of one transfer may be in flight: halved under pressure, raised by one again
//! while all goes well.

use super::Pace;
use crate::limits::{CONCURRENCY_DEFAULT, CONCURRENCY_MAX};

/// The ceiling on requests in flight for one transfer: 1 to 16, 4 by default.
///
/// A value outside is moved to the nearest allowed one.
///
/// ```
/// use r2_multipart::machine::Concurrency;
///
/// assert_eq!(Concurrency::default().get(), 4);
/// assert_eq!(Concurrency::new(100).get(), 16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concurrency(u16);

impl Concurrency {
    /// At most `requests` in flight.
    #[must_use]
    pub fn new(requests: u16) -> Self {
        Self(requests.clamp(1, CONCURRENCY_MAX))
    }

    /// Requests in flight, at most.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for Concurrency {
    fn default() -> Self {
        Self(CONCURRENCY_DEFAULT)
    }
}

/// Adapts the limit below its ceiling.
///
/// Requests that were in flight together fail together, so each carries the epoch it began in and
/// one burst of failures halves the limit once.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    ceiling: u16,
    limit: u16,
    epoch: u32,
    smooth: u16,
}

impl Limit {
    pub(super) fn new(ceiling: Concurrency) -> Self {
        Self { ceiling: ceiling.0, limit: ceiling.0, epoch: 0, smooth: 0 }
    }

    pub(super) fn get(&self) -> u16 {
        self.limit
    }

    pub(super) fn ceiling(&self) -> u16 {
        self.ceiling
    }

    pub(super) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// A request that began in `epoch` succeeded.
    pub(super) fn succeeded(&mut self, epoch: u32, pace: Pace) {
        match pace {
            Pace::Throttled => {
                self.pressed(epoch);
            }
            Pace::Free => {
                self.smooth += 1;
                if self.smooth >= 2 * self.limit && self.limit < self.ceiling {
                    self.limit += 1;
                    self.smooth = 0;
                }
            }
        }
    }

    /// A request that began in `epoch` was refused for load. Says whether the transfer now asks
    /// for less than it did then, so that another try is worth something.
    pub(super) fn pressed(&mut self, epoch: u32) -> bool {
        if epoch < self.epoch {
            return true;
        }
        if self.limit == 1 {
            return false;
        }
        self.limit /= 2;
        self.epoch += 1;
        self.smooth = 0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_burst_halves_once() {
        let mut limit = Limit::new(Concurrency::default());
        assert!(limit.pressed(0));
        assert!(limit.pressed(0), "same burst: no second halving, but worth another try");
        assert_eq!(limit.get(), 2);
        assert!(limit.pressed(1));
        assert_eq!(limit.get(), 1);
        assert!(!limit.pressed(2), "one request at a time is the least there is");
    }

    #[test]
    fn it_recovers_slowly_up_to_its_ceiling() {
        let mut limit = Limit::new(Concurrency::new(2));
        limit.succeeded(0, Pace::Throttled);
        assert_eq!(limit.get(), 1);
        limit.succeeded(1, Pace::Free);
        assert_eq!(limit.get(), 1);
        limit.succeeded(1, Pace::Free);
        assert_eq!(limit.get(), 2);
        for _ in 0..100 {
            limit.succeeded(1, Pace::Free);
        }
        assert_eq!(limit.get(), 2);
    }
}
