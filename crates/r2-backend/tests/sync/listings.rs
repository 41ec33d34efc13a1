//! Buckets of many pages, listed by several ranges at a time.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use r2_backend::{Location, SyncOptions};
use r2_transport::Body;

use crate::world::{World, plan};

const KEYS: usize = 3_000;
const PAGE: usize = 20;

/// Whether a server begins a listing where it is told to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StartAfter {
    Heeded,
    Ignored,
}

/// List requests that a server was sent, and how many of them named a place to begin at.
#[derive(Default)]
struct Seen {
    all: AtomicU64,
    placed: AtomicU64,
}

/// From now on the world lists made-up keys, in order, in small pages.
fn lists_many(world: &World, start_after: StartAfter) -> Arc<Seen> {
    let seen = Arc::new(Seen::default());
    let counts = Arc::clone(&seen);
    world.trouble(move |request| {
        let query = request.uri().query().unwrap_or_default();
        let value = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        value("list-type")?;
        counts.all.fetch_add(1, Ordering::Relaxed);
        let place = value("start-after").inspect(|_| {
            counts.placed.fetch_add(1, Ordering::Relaxed);
        });
        let place = place.filter(|_| start_after == StartAfter::Heeded);
        let first = match value("continuation-token") {
            Some(token) => token.parse().ok(),
            None => (0..KEYS).find(|number| name(*number).as_str() > place.unwrap_or("")),
        };
        let first = first.unwrap_or(KEYS);
        let next = (first + PAGE).min(KEYS);
        let more = next < KEYS;
        let mut page = format!("<ListBucketResult><IsTruncated>{more}</IsTruncated>");
        if more {
            write!(page, "<NextContinuationToken>{next}</NextContinuationToken>").unwrap();
        }
        for number in first..next {
            let key = name(number);
            write!(
                page,
                "<Contents><Key>{key}</Key><Size>1</Size>\
                 <LastModified>2026-11-20T12:00:00.000Z</LastModified></Contents>"
            )
            .unwrap();
        }
        Some(Ok(http::Response::new(Body::from(page + "</ListBucketResult>"))))
    });
    seen
}

fn name(number: usize) -> String {
    format!("k{number:05}")
}

#[tokio::test]
async fn a_plan_counts_each_request_that_it_took() {
    let world = World::new().await;
    let seen = lists_many(&world, StartAfter::Heeded);
    let down = tempfile::tempdir().unwrap();
    let (there, here) = (world.bucket(""), Location::directory(down.path()));
    let planned = plan(&there, &here, &SyncOptions::new()).await;
    let needed = (KEYS / PAGE) as u64;
    let taken = planned.summary().list_requests;
    assert_eq!((planned.summary().sends, planned.summary().missing), (KEYS as u64, 0));
    assert_eq!(taken, seen.all.load(Ordering::Relaxed));
    assert!(seen.placed.load(Ordering::Relaxed) > 4, "several ranges");
    assert!(taken <= needed + needed / 4 + 9, "{taken} requests");
    let fewest = plan(&there, &here, &SyncOptions::new().list_requests(1)).await;
    assert_eq!(fewest.summary().list_requests, needed);
}

#[tokio::test]
async fn a_server_that_begins_where_it_likes_is_listed_page_by_page() {
    let world = World::new().await;
    let seen = lists_many(&world, StartAfter::Ignored);
    let down = tempfile::tempdir().unwrap();
    let here = Location::directory(down.path());
    let planned = plan(&world.bucket(""), &here, &SyncOptions::new()).await;
    assert_eq!((planned.summary().sends, planned.summary().missing), (KEYS as u64, 0));
    assert!(seen.placed.load(Ordering::Relaxed) > 0, "it was tried");
}
