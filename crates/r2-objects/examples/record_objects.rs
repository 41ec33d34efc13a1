//! Records the scenarios of the tests from a server: `cargo xtask record` runs this.
//!
//! `record_objects FOLDER SOURCE BUCKET BASE_PATH [SCENARIO...]`, with endpoint and credentials
//! from the environment. `BASE_PATH` is what the endpoint has after its host, or nothing. The
//! bucket is made if it is missing, **and emptied** before every scenario.

#![expect(clippy::unwrap_used, reason = "a recording that goes wrong ends with the reason")]

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use r2_objects::{BucketName, Client, ClientBuilder, ListObjectsV2, Transport};
use r2_sim::{Cassette, RecordOptions, Recorder, Values};
use r2_transport::HttpClient;

#[path = "../tests/it/scenarios.rs"]
mod scenarios;

use scenarios::{SCENARIOS, Scenario, Stage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, source, bucket, base_path, wanted @ ..] = arguments.as_slice() else {
        return Err("give FOLDER SOURCE BUCKET BASE_PATH [SCENARIO...]".into());
    };
    let bucket = BucketName::new(bucket.as_str())?;
    let plain = Client::from_env()?;
    // It may be there, or be one of those that a server has from its start.
    let _ = plain.buckets().create(&bucket).await;
    for scenario in &SCENARIOS {
        if !wanted.is_empty() && !wanted.iter().any(|name| name == scenario.name) {
            continue;
        }
        let path = Path::new(folder).join(scenario.name).with_extension("json");
        let mut cassette = take(scenario, &plain, &bucket, source, base_path).await?;
        // What only took another time leaves the file as it is.
        if let Ok(earlier) = Cassette::load(&path) {
            cassette = cassette.with_latencies_of(&earlier);
        }
        cassette.save(&path)?;
        writeln!(std::io::stdout(), "{}: {} exchanges", path.display(), cassette.len())?;
    }
    empty(&plain, &bucket).await?;
    Ok(())
}

/// Plays a scenario in an empty bucket. A connection that breaks on a busy machine is not the
/// server's answer: then it is played again.
async fn take(
    scenario: &Scenario,
    plain: &Client,
    bucket: &BucketName,
    source: &str,
    base_path: &str,
) -> Result<Cassette, Box<dyn std::error::Error>> {
    const TAKES_MAX: usize = 3;
    for _ in 0..TAKES_MAX {
        empty(plain, bucket).await?;
        let options = RecordOptions::new(scenario.name)
            .source(source)
            .values(Values::Steady)
            .base_path(base_path);
        let recorder = Recorder::new(HttpClient::builder().build()?, options);
        let wire: Arc<dyn Transport> = Arc::new(recorder.clone());
        let client = ClientBuilder::from_env()?.transport(Arc::clone(&wire)).build()?;
        (scenario.play)(&Stage { client, wire, bucket: bucket.clone() }).await;
        let cassette = recorder.finish()?;
        if cassette.failures() == 0 {
            return Ok(cassette);
        }
    }
    Err(format!("{}: connections broke in every one of {TAKES_MAX} takes", scenario.name).into())
}

async fn empty(client: &Client, bucket: &BucketName) -> Result<(), r2_objects::Error> {
    let keys: Vec<_> = client
        .objects()
        .list_entries(ListObjectsV2::new(bucket.clone()))
        .try_filter_map(|entry| async move { Ok(entry.object().map(|object| object.key)) })
        .try_collect()
        .await?;
    client.objects().delete_objects(bucket, keys).await?;
    Ok(())
}
