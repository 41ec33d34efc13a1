//! Records the transfers of the tests from a server: `cargo xtask record` runs this.
//!
//! `record FOLDER SOURCE BUCKET BASE_PATH [SCENARIO...]`, with endpoint and credentials from the
//! environment. `BASE_PATH` is what the endpoint has after its host, or nothing. The bucket is made
//! if it is missing, **and emptied** before every scenario.

#![expect(clippy::unwrap_used, reason = "a recording that goes wrong ends with the reason")]

use std::io::Write as _;
use std::path::Path;

use futures_util::TryStreamExt as _;
use r2_objects::{BucketName, Client, ClientBuilder, ListObjectsV2};
use r2_sim::{Cassette, RecordOptions, Recorder, Values};
use r2_transport::HttpClient;

#[path = "../tests/transfers/scenarios.rs"]
mod scenarios;

use scenarios::{NOISE, SCENARIOS};

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
        empty(&plain, &bucket).await?;
        let options = RecordOptions::new(scenario.name)
            .source(source.as_str())
            .values(Values::Steady)
            .noise(NOISE.seed())
            .base_path(base_path.as_str());
        let recorder = Recorder::new(HttpClient::builder().build()?, options);
        let client = ClientBuilder::from_env()?.transport(recorder.clone()).build()?;
        (scenario.play)(&client, &bucket).await;
        let path = Path::new(folder).join(scenario.name).with_extension("json");
        let mut cassette = recorder.finish()?;
        if cassette.failures() > 0 {
            return Err("a connection broke on the way, which is not the server's answer".into());
        }
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
