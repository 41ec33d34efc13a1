//! How many buffers an upload holds.

use std::sync::Arc;

use r2_objects::{BucketName, Client, ObjectKey};
use r2_sim::Emulator;

use super::driver::{Driver, Feed};
use super::job::Job;
use super::settings::ObjectSettings;
use super::source::{KnownSource, StreamSource};
use crate::disk::SourceFile;
use crate::machine::{Concurrency, OnFailure, UploadMachine};
use crate::place::Place;
use crate::plan::{PartPlan, PartSize};
use crate::transfer::TransferOptions;

const PART: usize = 5 << 20;

#[tokio::test]
async fn buffers_are_never_more_than_requests_in_flight() {
    let client =
        Client::builder().endpoint("http://r2.local").transport(Emulator::memory()).build();
    let client = client.unwrap();
    client.buckets().create("bucket").await.unwrap();
    let (bucket, key) = (BucketName::new("bucket").unwrap(), ObjectKey::new("key").unwrap());
    let place = Place { client: &client, bucket: &bucket, key: &key, deadline: None };
    let content = vec![7; 6 * PART + 1];
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &content).unwrap();
    let source = KnownSource::File(SourceFile::of(file).unwrap());
    let size = PartSize::new(PART as u64).unwrap();
    let plan = PartPlan::new(content.len() as u64, size).unwrap();
    let content = Arc::new(content);
    for in_flight in [1, 3] {
        let ceiling = Concurrency::new(in_flight);
        let transfer = TransferOptions::new().part_size(size).concurrency(ceiling);
        let settings = ObjectSettings::default();

        let job = Job::new(place, &transfer, &settings);
        let machine = UploadMachine::new(plan.count(), ceiling, OnFailure::CleanUp);
        let feed = Feed::Known { source: &source, plan };
        Driver::new(&job, machine, feed).run().await.unwrap();
        assert_eq!(job.buffers.peak(), usize::from(in_flight));

        let job = Job::new(place, &transfer, &settings);
        let machine = UploadMachine::of_stream(ceiling);
        let reader = std::io::Cursor::new(content.to_vec());
        let feed = Feed::Stream(Some(StreamSource::Reader(Box::pin(reader))));
        Driver::new(&job, machine, feed).run().await.unwrap();
        assert!(job.buffers.peak() <= usize::from(in_flight), "{}", job.buffers.peak());
    }
}
