//! `kill -9` of the served emulator under load: nothing acknowledged is lost, nothing is half
//! there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::TryStreamExt as _;
use r2_objects::{BucketName, Client, Credentials, ListObjectsV2, ListedEntry, RetryPolicy};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::support::{Place, Random, Served, noise, runtime};

const WRITERS: u64 = 8;
/// Keys that each writer writes again and again.
const KEYS: u64 = 12;
const BUCKET: &str = "test";

/// The newest acknowledged version of each key.
#[derive(Debug, Default)]
struct Acknowledged {
    versions: Mutex<BTreeMap<String, u64>>,
    count: AtomicU64,
    grew: Notify,
}

impl Acknowledged {
    fn add(&self, key: &str, version: u64) {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.insert(key.to_owned(), version);
        drop(versions);
        self.count.fetch_add(1, Ordering::SeqCst);
        self.grew.notify_waiters();
    }

    async fn reach(&self, wanted: u64) {
        loop {
            let grown = self.grew.notified();
            if self.count.load(Ordering::SeqCst) >= wanted {
                return;
            }
            grown.await;
        }
    }
}

/// What version `version` of a key holds: it says itself which one it is.
fn content(key: &str, version: u64) -> Vec<u8> {
    let mut content = version.to_le_bytes().to_vec();
    let seed = key.bytes().fold(version, |seed, byte| seed.wrapping_mul(31) + u64::from(byte));
    // Some are larger than any buffer on their way to the disk.
    let length = if version % 16 == 5 { 1_500 << 10 } else { Random::new(seed).below(200 << 10) };
    content.extend(noise(seed, usize::try_from(length).expect("a length")));
    content
}

fn version_of(content: &[u8]) -> u64 {
    let number = content.first_chunk().expect("a version at the beginning");
    u64::from_le_bytes(*number)
}

fn client(served: &Served) -> Client {
    let (id, secret) = served.key();
    let builder =
        Client::builder().endpoint(served.url()).credentials(Credentials::new(id, secret));
    builder.retry(RetryPolicy::none()).circuit_breaker(None).build().expect("a client")
}

/// Writes until the server is gone; every version is written once, in order.
async fn write(client: Client, writer: u64, first: u64, acknowledged: Arc<Acknowledged>) {
    for version in first.. {
        let key = format!("writer {writer}/key {}", version % KEYS);
        let put = client.objects().put(BUCKET, key.as_str(), content(&key, version)).await;
        match put {
            Ok(_) => acknowledged.add(&key, version),
            Err(_) => return,
        }
    }
}

/// Every object that is there, by its key; each is read whole.
async fn everything(client: &Client) -> BTreeMap<String, Vec<u8>> {
    let bucket = BucketName::new(BUCKET).expect("a name");
    let entries = client.objects().list_entries(ListObjectsV2::new(bucket));
    let listed: Vec<_> = entries.try_collect().await.expect("a listing");
    let mut all = BTreeMap::new();
    for object in listed.into_iter().filter_map(ListedEntry::object) {
        let key = object.key.as_str().to_owned();
        let read = client.objects().get(BUCKET, key.as_str()).await.expect("an object");
        assert_eq!(read.body.len() as u64, object.size, "{key}");
        all.insert(key, read.body.to_vec());
    }
    all
}

#[test]
fn what_was_acknowledged_is_there_and_whole() {
    let place = Place::new();
    let acknowledged = Arc::<Acknowledged>::default();
    for round in 0..3_u64 {
        let served = Served::start(&place.local());
        let client = client(&served);
        runtime().block_on(async {
            let mut writers = JoinSet::new();
            for writer in 0..WRITERS {
                // Above every version of the rounds before.
                let first = round * 1_000_000;
                writers.spawn(write(client.clone(), writer, first, Arc::clone(&acknowledged)));
            }
            acknowledged.reach((round + 1) * 150).await;
            // The server dies while all of them write.
            tokio::task::block_in_place(|| served.kill());
            writers.join_all().await;
        });
        check(&place, &acknowledged);
    }
}

/// Starts the server anew, and compares what it has with what was acknowledged.
fn check(place: &Place, acknowledged: &Acknowledged) {
    let served = Served::start(&place.local());
    let there = runtime().block_on(everything(&client(&served)));
    let versions = acknowledged.versions.lock().unwrap_or_else(PoisonError::into_inner);
    for (key, version) in &*versions {
        let found = there.get(key).unwrap_or_else(|| panic!("{key} {version} was acknowledged"));
        // One more may have been written than was acknowledged.
        let newest = version_of(found);
        assert!(newest >= *version, "{key}: {version} was acknowledged, {newest} is there");
    }
    for (key, found) in &there {
        assert!(*found == content(key, version_of(found)), "{key} is half there");
    }
}
