//! When a hedge is due.

use r2_resilience::{Hedge, LatencyEstimate};

use crate::ms;

#[test]
fn the_delay_comes_from_the_option_or_the_estimate() {
    let mut seen = LatencyEstimate::new();
    let learned = Hedge::AfterP95 { at_least: ms(50) };
    assert_eq!(Hedge::Off.delay(Some(&seen)), None);
    assert_eq!(Hedge::After(ms(10)).delay(None), Some(ms(10)));
    assert_eq!(learned.delay(None), None);
    for _ in 0..LatencyEstimate::SAMPLES_MIN - 1 {
        seen.record(ms(10));
    }
    assert_eq!(learned.delay(Some(&seen)), None, "too few to tell");
    seen.record(ms(10));
    assert_eq!(learned.delay(Some(&seen)), Some(ms(50)), "never below the floor");
    for _ in 0..10 {
        seen.record(ms(400));
    }
    assert_eq!(learned.delay(Some(&seen)), Some(ms(400)));
}

#[test]
fn old_durations_are_forgotten() {
    let mut seen = LatencyEstimate::new();
    for _ in 0..LatencyEstimate::SAMPLES_MAX {
        seen.record(ms(9_000));
    }
    for _ in 0..LatencyEstimate::SAMPLES_MAX {
        seen.record(ms(3));
    }
    assert_eq!(seen.p95(), Some(ms(3)));
}
