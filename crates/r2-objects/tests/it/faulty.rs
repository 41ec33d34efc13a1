//! The client in trouble: whatever the server and the network do, what a call says is true.

use futures_util::TryStreamExt as _;
use r2_objects::{
    Client, CopyObject, Error, ErrorKind, GetObject, ListObjectsV2, Precondition, PutObject,
    PutOutcome,
};
use r2_sim::{Emulator, Fault, Faulty, Plan};

use crate::world::{bucket, credentials, key};

const SEEDS: u64 = 200;
const KEYS: usize = 3;
const ROUNDS: usize = 2;

/// A client behind trouble, and one that sees what really is there.
struct Storm {
    client: Client,
    truth: Client,
    faulty: Faulty<Emulator>,
}

async fn storm(plan: Plan) -> Storm {
    let server = Emulator::builder().credentials(credentials()).memory();
    let faulty = Faulty::new(server.clone(), plan);
    let builder = || Client::builder().endpoint("http://r2.local").credentials(credentials());
    let client = builder().transport(faulty.clone()).build().unwrap();
    let truth = builder().transport(server).build().unwrap();
    truth.buckets().create("photos").await.unwrap();
    Storm { client, truth, faulty }
}

impl Storm {
    async fn content(&self, name: &str) -> Option<String> {
        match self.truth.objects().get("photos", name).await {
            Ok(object) => Some(String::from_utf8(object.body.to_vec()).unwrap()),
            Err(error) if error.is_not_found() => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// What a write to `name` came to, held against what is there.
    async fn check_write(
        &self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        result: Result<(), Error>,
    ) -> Option<String> {
        let there = self.content(name).await;
        match result {
            Ok(()) => assert_eq!(there.as_deref(), after, "{name}: said to be done"),
            Err(error) if error.may_have_applied() => {
                let either = there.as_deref() == before || there.as_deref() == after;
                assert!(either, "{name}: half done, {error:?}");
            }
            Err(error) => {
                assert_eq!(there.as_deref(), before, "{name}: certainly not done, {error:?}");
            }
        }
        there
    }

    async fn round(&self, seed: u64, round: usize, known: &mut [Option<String>]) -> usize {
        let mut failed = 0;
        for (at, known) in known.iter_mut().enumerate() {
            let name = format!("key {at}");
            let content = format!("{seed}.{round}.{at} ").repeat(50);
            let result = match (round + at) % 3 {
                0 => self
                    .client
                    .objects()
                    .put("photos", name.as_str(), content.clone())
                    .await
                    .map(drop),
                1 => {
                    let copy = CopyObject::new(bucket(), key("source"), bucket(), key(&name));
                    self.client.objects().copy(copy).await.map(drop)
                }
                _ => self.client.objects().delete("photos", name.as_str()).await,
            };
            failed += usize::from(result.is_err());
            let after = match (round + at) % 3 {
                0 => Some(content.as_str()),
                1 => Some("source"),
                _ => None,
            };
            *known = self.check_write(&name, known.as_deref(), after, result).await;
            failed += usize::from(self.check_read(&name, known.as_deref()).await);
        }
        failed
    }

    /// Whether the read failed; one that succeeds must be right.
    async fn check_read(&self, name: &str, there: Option<&str>) -> bool {
        match self.client.objects().get("photos", name).await {
            Ok(object) => {
                assert_eq!(std::str::from_utf8(&object.body).ok(), there, "{name}");
                false
            }
            Err(error) if error.is_not_found() => {
                assert_eq!(there, None, "{name}");
                false
            }
            Err(error) => {
                assert!(error.is_retryable(), "{error:?}");
                true
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_call_says_is_true_in_any_weather() {
    let (mut failed, mut met) = (0, 0);
    for seed in 0..SEEDS {
        let storm = storm(Plan::new(seed).per_mille(200)).await;
        storm.truth.objects().put("photos", "source", "source").await.unwrap();
        let mut known = vec![None; KEYS];
        for round in 0..ROUNDS {
            failed += storm.round(seed, round, &mut known).await;
        }
        let pages = ListObjectsV2::new(bucket()).prefix("key").max_keys(2);
        let listed: Result<Vec<_>, _> =
            storm.client.objects().list_entries(pages).try_collect().await;
        match listed {
            Ok(entries) => {
                assert_eq!(entries.len(), known.iter().flatten().count(), "seed {seed}");
            }
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
        }
        met += storm.faulty.injected().len();
    }
    // one request in five meets with trouble, and nearly every call gets through
    let calls = usize::try_from(SEEDS).unwrap() * KEYS * ROUNDS * 2;
    assert!(met * 10 > calls, "{met} faults in {calls} calls");
    assert!(failed * 50 < calls, "{failed} of {calls} calls failed");
}

#[tokio::test(start_paused = true)]
async fn a_create_never_takes_its_own_object_for_somebody_elses() {
    for seed in 0..SEEDS {
        let storm = storm(Plan::new(seed).per_mille(300)).await;
        match storm.client.objects().create("photos", "a", "mine").await {
            Ok(PutOutcome::Stored(_)) => {
                assert_eq!(storm.content("a").await.as_deref(), Some("mine"));
            }
            Ok(PutOutcome::AlreadyExists) => panic!("seed {seed}: nothing was there"),
            Err(error) if error.may_have_applied() => {}
            Err(error) => assert_eq!(storm.content("a").await, None, "seed {seed}: {error:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_compare_and_swap_swaps_once() {
    for seed in 0..SEEDS {
        let storm = storm(Plan::new(seed).per_mille(300)).await;
        let first = storm.truth.objects().put("photos", "a", "1").await.unwrap();
        let swap =
            PutObject::new(bucket(), key("a"), "2").condition(Precondition::unchanged(first.etag));
        let result = storm.client.send(swap).await.map(drop);
        storm.check_write("a", Some("1"), Some("2"), result).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_flipped_byte_never_gets_through_a_whole_read() {
    let mut found = 0;
    for seed in 0..SEEDS {
        let storm = storm(Plan::new(seed).per_mille(500).faults([Fault::FlippedByte])).await;
        storm.truth.objects().put("photos", "a", "hello world".repeat(100)).await.unwrap();
        match storm.client.objects().get("photos", "a").await {
            Ok(object) => assert_eq!(object.body, "hello world".repeat(100)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ChecksumMismatch, "{error:?}");
                found += 1;
            }
        }
    }
    assert!(found > 0);
}

#[tokio::test(start_paused = true)]
async fn a_large_download_survives_a_line_that_breaks_all_the_time() {
    let content: Vec<u8> = (0..1_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let mut through = 0;
    for seed in 0..40 {
        let storm = storm(Plan::new(seed).per_mille(600)).await;
        storm.truth.objects().put("photos", "a", content.clone()).await.unwrap();
        let get = GetObject::new(bucket(), key("a"));
        let Ok(stream) = storm.client.objects().get_stream(get).await else { continue };
        if let Ok(read) = stream.collect(content.len()).await {
            assert!(read == content, "seed {seed}");
            through += 1;
        }
    }
    assert!(through >= 20, "{through} of 40");
}

#[tokio::test(start_paused = true)]
async fn many_deletes_reach_every_key() {
    for seed in 0..20 {
        let storm = storm(Plan::new(seed).per_mille(300)).await;
        for at in 0..30 {
            storm.truth.objects().put("photos", format!("{at}"), "x").await.unwrap();
        }
        let keys = (0..30).map(|at| key(&format!("{at}")));
        if let Ok(result) = storm.client.objects().delete_objects("photos", keys).await {
            assert_eq!(result.deleted.len() + result.failed.len(), 30);
            for deleted in &result.deleted {
                assert_eq!(storm.content(deleted.as_str()).await, None, "seed {seed}");
            }
        }
    }
}
