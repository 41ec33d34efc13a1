//! No version is lost, and none is served that is not the origin's.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use r2_backend::mirror::Freshness;
use r2_backend::{StorageBackendExt as _, StorageErrorKind};
use tokio::task::yield_now;

use super::{World, key};

/// Lets a future go on as far as it can; it must not end.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx).is_pending())).await
}

#[tokio::test]
async fn what_was_written_in_the_directory_goes_aside_before_it_is_replaced() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    let directory = world.directory().await;
    for name in ["read.txt", "written.txt"] {
        directory.put_bytes(&key(name), "ours").await.unwrap();
        world.origin.inner.put_bytes(&key(name), "theirs").await.unwrap();
    }
    assert_eq!(mirror.get_bytes(&key("read.txt"), 10).await.unwrap(), "theirs");
    mirror.put_bytes(&key("written.txt"), "new").await.unwrap();
    for name in ["read", "written"] {
        let aside = key(&format!("{name}.conflict-abdc793c.txt"));
        let kept = directory.get_bytes(&aside, 10).await;
        assert_eq!(kept.unwrap(), "ours", "{name}");
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_asked_about_until_it_is_settled() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    mirror.put_bytes(&key("a"), "first").await.unwrap();
    world.origin.lose_an_answer();
    let error = mirror.put_bytes(&key("a"), "second").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Timeout);
    for _ in 0..2 {
        assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "second");
        world.clock.pass(Duration::from_secs(100));
    }
    // a request that comes late is seen, too
    world.origin.inner.put_bytes(&key("a"), "late").await.unwrap();
    assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "late");
    world.clock.pass(Duration::from_secs(301));
    assert_eq!(mirror.get_bytes(&key("a"), 10).await.unwrap(), "late");
    world.origin.asked();
    // the doubt is over, with the copy that it was about
    mirror.get_bytes(&key("a"), 10).await.unwrap();
    mirror.get_bytes(&key("a"), 10).await.unwrap();
    world.origin.asked();
    mirror.get_bytes(&key("a"), 10).await.unwrap();
    assert_eq!(world.origin.asked(), "");
}

#[tokio::test]
async fn a_write_that_is_given_up_keeps_readers_asking() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    mirror.put_bytes(&key("a"), "first").await.unwrap();
    world.origin.hold();
    let (name, content) = (key("a"), "second");
    let mut writing = mirror.put_bytes(&name, content);
    while world.origin.inner.get_bytes(&name, 10).await.unwrap() != content {
        assert!(is_pending(&mut writing).await);
        yield_now().await;
    }
    drop(writing);
    world.origin.let_go();
    assert_eq!(mirror.get_bytes(&name, 10).await.unwrap(), "second");
}

#[tokio::test]
async fn of_two_writes_at_once_the_origin_decides() {
    // whichever answer comes first
    for order in [[0, 1], [1, 0]] {
        let world = World::new();
        let name = key("a");
        // two mirrors of one directory: two processes
        let mirrors = [world.mirror(Freshness::Trust).await, world.mirror(Freshness::Trust).await];
        let contents = ["first", "second"];
        let mut gates = Vec::new();
        let mut writing = Vec::new();
        for (mirror, content) in mirrors.iter().zip(contents) {
            gates.push(world.origin.hold());
            let mut write = mirror.put_bytes(&name, content);
            let there = || world.origin.inner.get_bytes(&name, 10);
            while there().await.ok().is_none_or(|found| found != content) {
                assert!(is_pending(&mut write).await);
                yield_now().await;
            }
            writing.push(Some(write));
        }
        for at in order {
            gates[at].notify_one();
            writing[at].take().unwrap().await.unwrap();
        }
        world.origin.let_go();
        for mirror in &mirrors {
            assert_eq!(mirror.get_bytes(&name, 10).await.unwrap(), "second", "{order:?}");
        }
    }
}

#[tokio::test]
async fn what_is_read_while_it_is_written_is_not_kept() {
    let world = World::new();
    let mirror = world.mirror(Freshness::Trust).await;
    let other = world.mirror(Freshness::Trust).await;
    let name = key("a");
    world.origin.inner.put_bytes(&name, "old").await.unwrap();
    let gate = world.origin.hold();
    let mut reading = mirror.get_bytes(&name, 10);
    world.origin.asked();
    loop {
        assert!(is_pending(&mut reading).await);
        yield_now().await;
        if world.origin.asked().contains("get") {
            break;
        }
    }
    world.origin.let_go();
    other.put_bytes(&name, "new").await.unwrap();
    gate.notify_one();
    assert_eq!(reading.await.unwrap(), "old");
    assert_eq!(mirror.get_bytes(&name, 10).await.unwrap(), "new");
}

#[tokio::test]
async fn a_copy_that_was_overtaken_is_not_put_in_place() {
    let world = World::new();
    let first = world.mirror(Freshness::Trust).await;
    let second = world.mirror(Freshness::Trust).await;
    let name = key("a");
    let gate = world.origin.hold_a_head();
    let mut writing = first.put_bytes(&name, "first");
    while !world.origin.asked().contains("head") {
        assert!(is_pending(&mut writing).await);
        yield_now().await;
    }
    // it knows its own tag to be current, and then comes another write as a whole
    second.put_bytes(&name, "second").await.unwrap();
    gate.notify_one();
    writing.await.unwrap();
    for mirror in [&first, &second] {
        assert_eq!(mirror.get_bytes(&name, 10).await.unwrap(), "second");
    }
}
