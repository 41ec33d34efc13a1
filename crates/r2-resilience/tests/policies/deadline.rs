//! Deadlines.

use r2_resilience::Deadline;
use std::time::Duration;

use crate::{ms, start};

#[test]
fn a_wait_must_leave_time_to_act() {
    let now = start();
    let deadline = Deadline::within(now, ms(100));
    assert!(deadline.allows(now, ms(99)));
    assert!(!deadline.allows(now, ms(100)));
    assert!(!deadline.allows(now + ms(200), ms(0)));
    assert_eq!(deadline.left(now + ms(200)), Some(ms(0)));
    assert!(Deadline::NEVER.allows(now, Duration::MAX));
}

#[test]
fn the_earlier_one_holds() {
    let now = start();
    let (early, late) = (Deadline::at(now), Deadline::at(now + ms(1)));
    assert_eq!(early.earlier(late), early);
    assert_eq!(late.earlier(early), early);
    assert_eq!(Deadline::NEVER.earlier(late), late);
    assert_eq!(late.earlier(Deadline::NEVER), late);
    assert_eq!(Deadline::within(now, Duration::MAX), Deadline::NEVER);
}
