//! The rate limiter.

use proptest::prelude::*;
use r2_resilience::{RateLimiter, RatePolicy};
use std::time::Duration;

use crate::{ms, start};

#[test]
fn a_burst_then_even_spacing() {
    let start = start();
    let mut limiter = RateLimiter::new(RatePolicy::new(10.0).burst(3));
    let mut now = start;
    let mut went = Vec::new();
    for _ in 0..6 {
        now = limiter.next_at(now);
        limiter.take(now);
        went.push(now - start);
    }
    assert_eq!(went, [ms(0), ms(0), ms(0), ms(100), ms(200), ms(300)]);
    // A pause gives the burst back, and no more than it.
    now += Duration::from_secs(3600);
    for _ in 0..3 {
        assert_eq!(limiter.next_at(now), now);
        limiter.take(now);
    }
    assert_eq!(limiter.next_at(now), now + ms(100));
}

#[test]
fn odd_rates_are_made_sane() {
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300, 1e300] {
        let now = start();
        let mut limiter = RateLimiter::new(RatePolicy::new(rate).burst(0));
        assert_eq!(limiter.next_at(now), now, "rate {rate}");
        limiter.take(now);
        assert!(limiter.next_at(now) <= now + Duration::from_secs(1_000), "rate {rate}");
    }
}

proptest! {
    #[test]
    fn no_window_holds_more_than_burst_and_rate(
        burst in 1_u32..20,
        per_second in 1_u32..200,
        arrivals in prop::collection::vec(0_u64..300, 1..300),
    ) {
        let policy = RatePolicy::new(f64::from(per_second)).burst(burst);
        let mut limiter = RateLimiter::new(policy);
        let mut now = start();
        let mut went = Vec::new();
        for pause in arrivals {
            now = limiter.next_at(now + ms(pause));
            limiter.take(now);
            went.push(now);
        }
        for (first, from) in went.iter().enumerate() {
            for (last, to) in went.iter().enumerate().skip(first) {
                let seconds = (*to - *from).as_secs_f64();
                let allowed = f64::from(burst) + seconds * f64::from(per_second);
                prop_assert!((last - first + 1) as f64 <= allowed + 1e-3);
            }
        }
    }
}
