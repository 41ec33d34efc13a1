//! Several buckets keep all promises of one.

use std::sync::Arc;

use r2_backend::conformance::Suite;
use r2_backend::multi::{MultiBackend, MultiOptions, ReadRepair, Search};
use r2_backend::storage::{CopyOptions, GetOptions};
use r2_backend::{LocalBackend, MemoryBackend, S3Backend, StorageBackend, StorageBackendExt as _};
use r2_objects::{BucketName, Client};
use r2_sim::{Emulator, Fault, Faulty, Plan};
use r2_transport::Transport;

async fn conforms(backend: impl StorageBackend) {
    let report = Suite::new(Arc::new(backend)).run().await;
    assert!(report.is_ok(), "{report}");
}

/// A bucket of an emulator, reached by this transport.
async fn bucket<T: Transport>(wrap: impl FnOnce(Arc<Emulator>) -> T) -> S3Backend {
    let emulator = Arc::new(Emulator::memory());
    let client = || Client::builder().endpoint("http://r2.local").anonymous();
    let direct = client().transport(Arc::clone(&emulator)).build().expect("it works in memory");
    direct.buckets().create("many").await.expect("it works in memory");
    let client = client().transport(wrap(emulator)).build().expect("it works in memory");
    S3Backend::from_client(client, BucketName::new("many").expect("it works in memory"))
}

#[tokio::test]
async fn a_primary_alone_conforms() {
    conforms(MultiBackend::builder("main", MemoryBackend::new()).build().unwrap()).await;
}

#[tokio::test]
async fn a_bucket_before_a_directory_and_memory_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let local = LocalBackend::managed(directory.path()).await.unwrap();
    let all = MultiBackend::builder("main", bucket(|emulator| emulator).await)
        .secondary("disk", local)
        .secondary("memory", MemoryBackend::new());
    conforms(all.build().unwrap()).await;
}

#[tokio::test]
async fn hedging_and_repair_conform() {
    let hedged = MultiOptions::new().search(Search::Hedged { delay: Default::default() });
    for options in [hedged, MultiOptions::new().repair(ReadRepair::UpTo(u64::MAX))] {
        let all = MultiBackend::builder("main", MemoryBackend::new())
            .secondary("second", MemoryBackend::new())
            .options(options);
        conforms(all.build().unwrap()).await;
    }
}

/// A bucket whose network fails is passed over, whatever it would answer.
#[tokio::test(start_paused = true)]
async fn a_network_that_fails_leads_to_the_next_bucket() {
    let broken = bucket(|emulator| {
        Faulty::new(emulator, Plan::new(1).per_mille(1_000).faults([Fault::Refused]))
    });
    let whole = bucket(|emulator| emulator).await;
    let key = "a/ü".try_into().unwrap();
    whole.put_bytes(&key, "hello").await.unwrap();
    let all = MultiBackend::builder("broken", broken.await)
        .secondary("whole", whole)
        .secondary("memory", MemoryBackend::new())
        .build()
        .unwrap();
    let fetched = all.get(&key, GetOptions::new()).await.unwrap();
    assert_eq!(&*fetched.meta.served_by, "whole");
    assert_eq!(fetched.body.collect(10).await.unwrap(), "hello");
    all.copy_between("whole", "memory", &key, CopyOptions::new()).await.unwrap();
    assert_eq!(all.bucket("memory").unwrap().get_bytes(&key, 10).await.unwrap(), "hello");

    let missing = all.get(&"b".try_into().unwrap(), GetOptions::new()).await.unwrap_err();
    assert!(!missing.is_not_found(), "the broken one may have it: {missing}");
    assert!(missing.to_string().contains("could not be asked: broken"), "{missing}");
}
