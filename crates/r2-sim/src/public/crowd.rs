//! How many requests a public bucket takes in a second.

use std::sync::{Arc, Mutex};

use crate::store::locked;

/// Counts requests by the second of the emulator's clock. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Arc<Mutex<Second>>);

#[derive(Debug, Default)]
struct Second {
    /// Since 1970.
    number: u64,
    requests: u32,
}

impl Crowd {
    /// Whether one more request is welcome at this moment, in milliseconds since 1970.
    pub(super) fn admits(&self, now: u64, requests_per_second_max: u32) -> bool {
        let mut second = locked(&self.0);
        if second.number != now / 1000 {
            *second = Second { number: now / 1000, requests: 0 };
        }
        second.requests = second.requests.saturating_add(1);
        second.requests <= requests_per_second_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_room_for_so_many() {
        let crowd = Crowd::default();
        let twin = crowd.clone();
        assert!(crowd.admits(5_000, 2) && twin.admits(5_999, 2));
        assert!(!crowd.admits(5_999, 2));
        assert!(crowd.admits(6_000, 2));
        assert!(!crowd.admits(6_000, 0));
    }
}
