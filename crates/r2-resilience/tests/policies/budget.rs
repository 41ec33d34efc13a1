//! The retry budget.

use proptest::prelude::*;
use r2_resilience::{Budget, BudgetPolicy};

#[test]
fn a_dead_server_costs_at_most_a_tenth_more() {
    let mut budget = Budget::new(BudgetPolicy::new());
    let (calls, mut attempts) = (2_000_u32, 0_u32);
    for _ in 0..calls {
        attempts += 1;
        for _ in 0..3 {
            attempts += u32::from(budget.take_retry());
        }
    }
    assert_eq!(attempts - calls, 100);
    assert!(f64::from(attempts) <= 1.1 * f64::from(calls));
}

#[test]
fn a_server_that_fails_now_and_then_never_drains_it() {
    let mut budget = Budget::new(BudgetPolicy::new());
    let mut random = fastrand::Rng::with_seed(3);
    for call in 0..10_000 {
        if random.f64() >= 0.2 {
            budget.first_try_succeeded();
            continue;
        }
        loop {
            assert!(budget.take_retry(), "call {call} was refused its retry");
            if random.f64() >= 0.2 {
                budget.retry_succeeded();
                break;
            }
        }
    }
}

#[test]
fn hedges_draw_on_the_same_tokens_and_get_nothing_back() {
    let mut budget = Budget::new(BudgetPolicy::new().capacity(10));
    assert!(budget.take_hedge());
    assert!(budget.take_retry());
    assert!(!budget.take_hedge());
    budget.first_try_succeeded();
    assert_eq!(budget.tokens(), 1);
}

proptest! {
    #[test]
    fn stays_between_nothing_and_capacity(
        capacity in 0_u32..50,
        costs in (0_u32..20, 0_u32..20, 0_u32..5),
        events in prop::collection::vec(0_u8..4, 0..300),
    ) {
        let policy = BudgetPolicy::new()
            .capacity(capacity)
            .retry_cost(costs.0)
            .hedge_cost(costs.1)
            .success_gain(costs.2);
        let mut budget = Budget::new(policy);
        for event in events {
            let before = budget.tokens();
            let taken = match event {
                0 => budget.take_retry().then_some(costs.0),
                1 => budget.take_hedge().then_some(costs.1),
                2 => {
                    budget.retry_succeeded();
                    continue;
                }
                _ => {
                    budget.first_try_succeeded();
                    continue;
                }
            };
            prop_assert_eq!(budget.tokens() + taken.unwrap_or(0), before);
            prop_assert!(budget.tokens() <= capacity);
        }
        prop_assert!(budget.tokens() <= capacity);
    }
}
