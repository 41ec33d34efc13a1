//! The concurrency limit.

use proptest::prelude::*;
use r2_resilience::{Adaptive, Concurrency, ConcurrencyPolicy, Load};

use crate::{ms, start};

fn adaptive(min: u32, max: u32) -> Concurrency {
    Concurrency::new(ConcurrencyPolicy::Adaptive(Adaptive::new().between(min, max)))
}

#[test]
fn a_fixed_limit_is_fixed() {
    let now = start();
    let mut limit = Concurrency::new(ConcurrencyPolicy::Fixed(2));
    assert!(limit.enter() && limit.enter() && !limit.enter());
    limit.leave(Load::Overloaded, now, now);
    assert_eq!((limit.limit(), limit.in_flight()), (Some(2), 1));
    assert!(limit.enter());
}

#[test]
fn no_limit_is_no_limit() {
    let mut limit = Concurrency::new(ConcurrencyPolicy::Unlimited);
    assert!((0..10_000).all(|_| limit.enter()));
    assert_eq!(limit.limit(), None);
}

#[test]
fn one_overload_is_one_decrease() {
    let start = start();
    let mut limit = adaptive(1, 10);
    // (attempt began, ended, limit afterwards), in ms
    let table = [
        (0, 100, 7),
        (0, 200, 7),       // same window
        (50, 1_500, 7),    // began before the decrease: it met the old load
        (150, 1_000, 7),   // began after, but within the window
        (1_200, 1_300, 4), // 7 * 0.7
        (2_400, 2_400, 3),
        (3_500, 3_500, 2),
        (4_600, 4_600, 1),
        (5_700, 5_700, 1), // never below the minimum
        (6_800, 6_800, 1),
    ];
    for (began, ended, expected) in table {
        assert!(limit.enter());
        limit.leave(Load::Overloaded, start + ms(began), start + ms(ended));
        assert_eq!(limit.limit(), Some(expected), "ended at {ended}");
    }
}

#[test]
fn a_round_of_successes_adds_one_and_only_where_the_limit_is_used() {
    let now = start();
    let mut limit =
        Concurrency::new(ConcurrencyPolicy::Adaptive(Adaptive::new().between(1, 8).initial(4)));
    for _ in 0..100 {
        limit.enter();
        limit.leave(Load::Fine, now, now);
    }
    assert_eq!(limit.limit(), Some(4), "one at a time does not use a limit of four");
    for round in 0..6 {
        let limit_before = limit.limit().unwrap();
        while limit.enter() {}
        let full = limit.in_flight();
        for _ in 0..full {
            limit.leave(Load::Fine, now, now);
            limit.enter();
        }
        for _ in 0..limit.in_flight() {
            limit.leave(Load::Unknown, now, now);
        }
        let grown = limit.limit().unwrap();
        assert!(grown - limit_before <= 1, "round {round}: {limit_before} to {grown}");
    }
    assert!(limit.limit().unwrap() > 6, "{:?}", limit.limit());
}

proptest! {
    #[test]
    fn stays_within_its_bounds_and_never_lets_too_many_in(
        min in 1_u32..5,
        span in 0_u32..30,
        events in prop::collection::vec((0_u8..4, 0_u64..500), 1..300),
    ) {
        let mut limit = adaptive(min, min + span);
        let mut now = start();
        let mut under_way = Vec::new();
        for (event, pause) in events {
            now += ms(pause);
            let load = match event {
                0 => {
                    let room = limit.has_room();
                    prop_assert_eq!(limit.enter(), room);
                    if room {
                        prop_assert!(limit.in_flight() <= limit.limit().unwrap());
                        under_way.push(now);
                    }
                    continue;
                }
                1 => Load::Fine,
                2 => Load::Overloaded,
                _ => Load::Unknown,
            };
            if let Some(started) = under_way.pop() {
                limit.leave(load, started, now);
            }
            let value = limit.limit().unwrap();
            prop_assert!((min..=min + span).contains(&value));
            prop_assert_eq!(limit.in_flight() as usize, under_way.len());
        }
    }
}
