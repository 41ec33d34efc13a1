//! Every fifth request fails, in ways that a seed chooses; transfers end equal all the same.

use std::sync::Arc;

use r2_multipart::{DownloadOptions, ResumeMemory, Sink, Source, UploadOptions, download, upload};
use r2_objects::Client;
use r2_sim::{Faulty, Plan};

use crate::world::{PART, World, content, in_parts, small_parts};

const SEEDS: u64 = 8;

#[tokio::test(start_paused = true)]
async fn a_fifth_of_all_requests_fails_and_what_arrives_is_equal() {
    let world = World::new().await;
    let content = content(2 * PART + 9);
    let path = world.file("source", &content);
    let mut injected = 0;
    for seed in 0..SEEDS {
        let faulty = Faulty::new(world.emulator.clone(), Plan::new(seed).per_mille(200));
        let client = Client::builder()
            .endpoint("https://r2.local")
            .transport(faulty.clone())
            .build()
            .unwrap();
        let store = Arc::new(ResumeMemory::new());
        let options = || -> UploadOptions { in_parts().resume(store.clone()) };
        let mut uploaded = None;
        // what the client cannot overcome in one life it does in the next
        for _ in 0..3 {
            let source = Source::file(&path);
            let result = upload(&client, &world.bucket, &world.key, source, options()).await;
            uploaded = result.ok();
            if uploaded.is_some() {
                break;
            }
        }
        uploaded.unwrap_or_else(|| panic!("seed {seed}: not uploaded: {:?}", faulty.injected()));
        assert!(world.stored().await == content, "seed {seed}: {:?}", faulty.injected());

        let target = world.path("target");
        let mut downloaded = None;
        for _ in 0..3 {
            let options = DownloadOptions::new().transfer(small_parts());
            let sink = Sink::file(&target);
            let result = download(&client, &world.bucket, &world.key, sink, options).await;
            downloaded = result.ok();
            if downloaded.is_some() {
                break;
            }
        }
        downloaded.unwrap_or_else(|| panic!("seed {seed}: not downloaded"));
        assert!(std::fs::read(&target).unwrap() == content, "seed {seed}");
        injected += faulty.injected().len();
    }
    assert!(injected > 8, "{injected} faults are no trouble");
}
