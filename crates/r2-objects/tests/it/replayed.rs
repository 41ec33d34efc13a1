//! The scenarios on what servers answered when they were recorded: no network, no account.

use std::path::PathBuf;
use std::sync::Arc;

use r2_objects::{BucketName, Client, Transport};
use r2_sim::{Cassette, Playback, Replayer};

use crate::scenarios::{SCENARIOS, Stage};
use crate::world::credentials;

/// The folders of `fixtures/`, the bucket of each, and what its server could not play.
const SERVERS: [(&str, &str, &[&str]); 3] =
    [("swift", "fixtures", &[]), ("ceph", "fixtures", &[]), ("oracle", "test", &["buckets"])];

fn cassette(server: &str, scenario: &str) -> Cassette {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    Cassette::load(fixtures.join(server).join(scenario).with_extension("json")).unwrap()
}

fn stage(replayer: &Replayer, bucket: &str) -> Stage {
    let wire: Arc<dyn Transport> = Arc::new(replayer.clone());
    let client = Client::builder()
        .endpoint("http://r2.local")
        .credentials(credentials())
        .transport(Arc::clone(&wire))
        .build()
        .unwrap();
    Stage { client, wire, bucket: BucketName::new(bucket).unwrap() }
}

#[tokio::test]
async fn every_scenario_plays_on_every_recording() {
    for (server, bucket, without) in SERVERS {
        let wanted = SCENARIOS.iter().filter(|scenario| !without.contains(&scenario.name));
        for scenario in wanted {
            let cassette = cassette(server, scenario.name);
            assert_eq!(cassette.name(), scenario.name);
            let replayer = Replayer::new(cassette);
            (scenario.play)(&stage(&replayer, bucket)).await;
            replayer.assert_exhausted();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn recorded_latency_is_waited_for() {
    let cassette = cassette("swift", "objects");
    let mut waited = Vec::new();
    for playback in [Playback::Instant, Playback::Scaled(0.5), Playback::Recorded] {
        let replayer = Replayer::new(cassette.clone()).playback(playback);
        let start = tokio::time::Instant::now();
        let objects = SCENARIOS.iter().find(|scenario| scenario.name == "objects").unwrap();
        (objects.play)(&stage(&replayer, "fixtures")).await;
        waited.push(start.elapsed());
    }
    assert!(waited[0] < waited[1] && waited[1] < waited[2], "{waited:?}");
}

#[tokio::test]
async fn another_request_is_told_what_is_nearest() {
    let replayer = Replayer::new(cassette("oracle", "objects"));
    let stage = stage(&replayer, "test");
    let error = stage.client.objects().get("test", "a c").await.unwrap_err();
    assert_eq!(error.kind(), r2_objects::ErrorKind::InvalidInput);
    let misses = replayer.misses();
    let nearest = "no answer to GetObject test/a c: nearest is exchange 2, GetObject test/a b: key \
                   \"a c\" instead of \"a b\"";
    assert_eq!(misses, [nearest]);
}
