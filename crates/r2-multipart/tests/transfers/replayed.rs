//! The transfers on what servers answered when they were recorded: 100 MiB up and down without a
//! server, and without 100 MiB in the repository.

use std::path::PathBuf;

use r2_multipart::machine::Concurrency;
use r2_multipart::{Sink, Source, TransferOptions, UploadOptions, download, upload};
use r2_objects::{BucketName, ChecksumPolicy, Client, ObjectKey};
use r2_sim::{BillingClass, Cassette, Journal, ManualClock, Replayer};

use crate::scenarios::{NOISE, SCENARIOS};

/// The folders of `fixtures/`, and the bucket of each.
const SWIFT: (&str, &str) = ("swift", "fixtures");
const CEPH: (&str, &str) = ("ceph", "fixtures");
const ORACLE: (&str, &str) = ("oracle", "test");

fn cassette(server: &str, scenario: &str) -> Cassette {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    Cassette::load(fixtures.join(server).join(scenario).with_extension("json")).unwrap()
}

fn client(replayer: &Replayer) -> (Client, Journal<Replayer>) {
    let journal = Journal::new(replayer.clone());
    let client = Client::builder()
        .endpoint("http://r2.local")
        // As for these servers; the local R2 would get checksums in the completion.
        .checksum(ChecksumPolicy::None)
        // The date that all of a recording has: an upload looks whether its object is new.
        .clock(ManualClock::at_unix(1_767_225_600))
        .transport(journal.clone());
    (client.build().unwrap(), journal)
}

#[tokio::test]
async fn a_hundred_mebibytes_go_up_and_down() {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == "large-object").unwrap();
    for (server, bucket) in [SWIFT, CEPH, ORACLE] {
        let replayer = Replayer::new(cassette(server, scenario.name));
        let (client, journal) = client(&replayer);
        (scenario.play)(&client, &BucketName::new(bucket).unwrap()).await;
        replayer.assert_exhausted();

        journal.assert_count("UploadPart", 10);
        let received: u64 = journal.exchanges().iter().map(|one| one.received_bytes).sum();
        assert!(received >= 100 << 20, "{server}: {received} bytes came back");
        let invoice = journal.invoice();
        invoice.assert_at_most(BillingClass::A, 12);
        // Ten ranges; and Ceph's completion names no tag, so the client asks for it.
        invoice.assert_at_most(BillingClass::B, 11);
    }
}

#[tokio::test]
async fn parts_by_hand_on_every_recording() {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == "upload-by-hand").unwrap();
    // Ceph's completion names no tag, so the operation by itself ends with an error there.
    for (server, bucket) in [SWIFT, ORACLE] {
        let replayer = Replayer::new(cassette(server, scenario.name));
        let (client, _) = client(&replayer);
        (scenario.play)(&client, &BucketName::new(bucket).unwrap()).await;
        replayer.assert_exhausted();
    }
}

/// Eight parts at once where four were recorded: the order of the parts is not that of the file.
#[tokio::test]
async fn parts_may_take_another_order() {
    const LENGTH: usize = 100 << 20;
    let (server, bucket) = SWIFT;
    let replayer = Replayer::new(cassette(server, "large-object"));
    let (client, _) = client(&replayer);
    let bucket = BucketName::new(bucket).unwrap();
    let key = ObjectKey::new("large ü").unwrap();
    let transfer = TransferOptions::new().concurrency(Concurrency::new(8));
    let content = NOISE.bytes(0..LENGTH as u64);
    let options = UploadOptions::new().transfer(transfer.clone());
    upload(&client, &bucket, &key, Source::from(content.clone()), options).await.unwrap();
    let back = download(&client, &bucket, &key, Sink::memory(LENGTH), transfer.into()).await;
    assert!(back.unwrap().content == content);
    replayer.assert_exhausted();
}

#[tokio::test]
async fn a_part_with_other_bytes_is_a_miss() {
    let (server, bucket) = ORACLE;
    let replayer = Replayer::new(cassette(server, "large-object"));
    let (client, journal) = client(&replayer);
    let bucket = BucketName::new(bucket).unwrap();
    let key = ObjectKey::new("large ü").unwrap();
    let other = vec![0; 11 << 20];
    let options = UploadOptions::new().threshold_bytes(1);
    assert!(upload(&client, &bucket, &key, Source::from(other), options).await.is_err());
    let misses = replayer.misses();
    assert!(misses[0].contains(" instead of 10485760 bytes (SHA-256 "), "{misses:?}");
    // Nobody tries again what cannot be answered.
    assert!(journal.count("UploadPart") <= 2, "{}", journal.count("UploadPart"));
}
