//! Spacing of writes to one key.

use proptest::prelude::*;
use r2_resilience::{KeyPacer, KeyPacing, KeyTurn};
use std::collections::HashMap;

use crate::{ms, start};

#[test]
fn one_write_at_a_time_and_one_a_second() {
    let start = start();
    let mut pacer = KeyPacer::new(KeyPacing::new());
    assert_eq!(pacer.enter("a", start), KeyTurn::Go);
    assert_eq!(pacer.enter("a", start + ms(5_000)), KeyTurn::Busy);
    assert_eq!(pacer.enter("b", start), KeyTurn::Go, "keys do not wait for each other");
    pacer.leave("a", start + ms(5_000));
    let free = start + ms(6_000);
    assert_eq!(pacer.enter("a", start + ms(5_999)), KeyTurn::WaitUntil(free));
    assert_eq!(pacer.enter("a", free), KeyTurn::Go);
}

#[test]
fn forgets_keys_and_lets_too_many_pass() {
    let start = start();
    let mut pacer = KeyPacer::new(KeyPacing::new().keys_max(2));
    for key in ["a", "b"] {
        assert_eq!(pacer.enter(key, start), KeyTurn::Go);
        pacer.leave(key, start);
    }
    assert_eq!(pacer.enter("c", start), KeyTurn::Untracked);
    pacer.leave("c", start);
    assert_eq!(pacer.len(), 2);
    assert_eq!(pacer.enter("c", start + ms(1_000)), KeyTurn::Go);
    assert_eq!(pacer.len(), 1, "the others were forgotten");
}

proptest! {
    #[test]
    fn writes_to_a_key_never_meet_nor_follow_too_closely(
        steps in prop::collection::vec((0_usize..4, 0_u64..700, prop::bool::ANY), 1..200),
    ) {
        let policy = KeyPacing::new().keys_max(3);
        let mut pacer = KeyPacer::new(policy);
        let mut now = start();
        let mut writing: HashMap<usize, ()> = HashMap::new();
        let mut ended = HashMap::new();
        for (key, pause, leave) in steps {
            now += ms(pause);
            let name = ["a", "b", "c", "d"][key];
            if leave {
                if writing.remove(&key).is_some() {
                    pacer.leave(name, now);
                    ended.insert(key, now);
                }
                continue;
            }
            if pacer.enter(name, now) == KeyTurn::Go {
                prop_assert!(writing.insert(key, ()).is_none());
                if let Some(ended) = ended.get(&key) {
                    prop_assert!(now >= *ended + policy.interval);
                }
            }
            prop_assert!(pacer.len() <= 3);
        }
    }
}
