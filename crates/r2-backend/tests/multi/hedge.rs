//! The search with hedges, and the health that decides who is asked when.

use std::time::Duration;

use r2_backend::multi::{HealthState, MultiBackend, MultiOptions, Search};
use r2_backend::storage::HeadOptions;
use r2_backend::{StorageBackend as _, StorageBackendExt as _, StorageErrorKind};
use tokio::time::{Instant, advance};

use super::doubles::{Double, Mood};

async fn two(options: MultiOptions) -> (Double, Double, MultiBackend) {
    let (main, spare) = (Double::new(), Double::new());
    let key = "a".try_into().expect("it works in memory");
    for double in [&main, &spare] {
        double.inner.put_bytes(&key, "hello").await.expect("it works in memory");
    }
    let all = MultiBackend::builder("main", main.clone()).secondary("spare", spare.clone());
    (main, spare, all.options(options).build().expect("it works in memory"))
}

async fn served_by(all: &MultiBackend) -> String {
    let meta = all
        .head(&"a".try_into().expect("it works in memory"), HeadOptions::new())
        .await
        .expect("it works in memory");
    meta.served_by.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_slow_bucket_is_given_up_after_a_while() {
    let (main, _, all) = two(MultiOptions::new().patience(Duration::from_secs(5))).await;
    main.set(Mood::Slow);
    let start = Instant::now();
    assert_eq!(served_by(&all).await, "spare");
    assert_eq!(start.elapsed().as_secs(), 5);
    let health = all.buckets().remove(0).health;
    assert_eq!(health.last_error.unwrap().0, StorageErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_asks_the_next_one_after_its_delay_and_not_before() {
    let delay = Duration::from_millis(200);
    let (main, spare, all) = two(MultiOptions::new().search(Search::Hedged { delay })).await;
    assert_eq!(served_by(&all).await, "main");
    assert_eq!((main.asked(), spare.asked()), (1, 0));
    main.set(Mood::Slow);
    let start = Instant::now();
    assert_eq!(served_by(&all).await, "spare");
    assert_eq!(start.elapsed().as_millis(), 200);
    // one that says no, or fails, is not waited for
    main.set(Mood::Fails);
    let start = Instant::now();
    assert_eq!(served_by(&all).await, "spare");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_fails_is_asked_last_until_it_answers_again() {
    let (main, spare, all) = two(MultiOptions::new()).await;
    let state = |all: &MultiBackend| all.buckets()[0].health.state;
    main.set(Mood::Fails);
    for round in 0..3 {
        assert_eq!(state(&all), HealthState::Healthy, "{round}");
        assert_eq!(served_by(&all).await, "spare");
    }
    assert_eq!((main.asked(), spare.asked()), (3, 3));
    assert_eq!(state(&all), HealthState::Failing);
    assert_eq!(served_by(&all).await, "spare");
    assert_eq!((main.asked(), spare.asked()), (0, 1));
    // what only it has is asked of it all the same
    main.set(Mood::Fine);
    let only = "only main".try_into().unwrap();
    main.inner.put_bytes(&only, "x").await.unwrap();
    assert_eq!(all.get_bytes(&only, 10).await.unwrap(), "x");
    assert_eq!(state(&all), HealthState::Failing, "one success may be chance");
    assert_eq!(served_by(&all).await, "spare");
    // it is probed now and then, at its place
    advance(Duration::from_secs(10)).await;
    assert_eq!(served_by(&all).await, "main");
    assert_eq!(state(&all), HealthState::Healthy);
}

#[tokio::test]
async fn a_check_asks_all_of_them() {
    let (main, spare, all) = two(MultiOptions::new()).await;
    spare.set(Mood::Fails);
    for _ in 0..3 {
        all.check().await;
    }
    assert_eq!((main.asked(), spare.asked()), (3, 3));
    let states: Vec<_> = all.check().await.iter().map(|info| info.health.state).collect();
    assert_eq!(states, [HealthState::Healthy, HealthState::Failing]);
}
