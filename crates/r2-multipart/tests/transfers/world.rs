//! An emulator with a bucket, clients on wires to it, and content to move.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use r2_multipart::machine::Concurrency;
use r2_multipart::{
    ListMultipartUploads, MultipartExt as _, PartSize, TransferOptions, UploadOptions,
};
use r2_objects::{BucketName, Client, ObjectKey, Policy};
use r2_sim::Emulator;
use tempfile::TempDir;

use crate::wire::{Fate, Sent, Wire};

pub(crate) const MIB: usize = 1024 * 1024;
pub(crate) const PART: usize = 5 * MIB;

/// One object, `bucket/key`, and everything around it.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) bucket: BucketName,
    pub(crate) key: ObjectKey,
    pub(crate) directory: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(Emulator::memory()).await
    }

    pub(crate) async fn on(emulator: Emulator) -> Self {
        let world = Self {
            emulator,
            bucket: BucketName::new("bucket").unwrap(),
            key: ObjectKey::new("dir/a key+%.bin").unwrap(),
            directory: tempfile::tempdir().unwrap(),
        };
        world.calm().0.buckets().create("bucket").await.unwrap();
        world
    }

    /// A client to which nothing happens.
    pub(crate) fn calm(&self) -> (Client, Wire) {
        self.client(|_, _| Fate::Pass)
    }

    /// A client whose requests have these fates. No breaker and no budget, because the tests count
    /// requests.
    pub(crate) fn client(
        &self,
        decide: impl FnMut(usize, &Sent) -> Fate + Send + 'static,
    ) -> (Client, Wire) {
        let wire = Wire::new(&self.emulator, decide);
        let policy = Policy::new().breaker(None).budget(None).seed(1);
        let client = Client::builder()
            .endpoint("https://r2.local")
            .transport(wire.clone())
            .policy(policy)
            .build()
            .unwrap();
        (client, wire)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A file with this content.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// What is under the key.
    pub(crate) async fn stored(&self) -> Bytes {
        let (client, _) = self.calm();
        client.objects().get(&self.bucket, &self.key).await.unwrap().body
    }

    pub(crate) async fn put(&self, content: &[u8]) {
        put(&self.emulator, content.to_vec()).await;
    }

    /// Uploads that are neither completed nor aborted.
    pub(crate) async fn unfinished(&self) -> usize {
        let (client, _) = self.calm();
        client.send(ListMultipartUploads::new(self.bucket.clone())).await.unwrap().uploads.len()
    }

    /// Aborts all unfinished uploads, as a lifecycle rule does.
    pub(crate) async fn abort_all(&self) {
        let (client, _) = self.calm();
        let list = ListMultipartUploads::new(self.bucket.clone());
        for upload in client.send(list).await.unwrap().uploads {
            let open = client.multipart().open(&self.bucket, &upload.key, upload.upload_id);
            open.unwrap().abort().await.unwrap();
        }
    }
}

/// Puts other content under the key of the world, whatever the wire does.
pub(crate) async fn put(emulator: &Emulator, content: Vec<u8>) {
    let client = Client::builder().endpoint("https://r2.local").transport(emulator.clone());
    let objects = client.build().unwrap();
    objects.objects().put("bucket", "dir/a key+%.bin", content).await.unwrap();
}

/// Content in which no two places look alike, another one for each length.
pub(crate) fn content(length: usize) -> Vec<u8> {
    static ALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
        // a page of noise, and where each page lies: unoptimised code is slow
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut page = [0; 4096];
        for byte in &mut page {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = state.to_le_bytes()[7];
        }
        let mut all = Vec::with_capacity(6 * PART);
        for place in 0..6 * PART / page.len() {
            page[..8].copy_from_slice(&place.to_le_bytes());
            all.extend_from_slice(&page);
        }
        all
    });
    let mut bytes = ALL[..length].to_vec();
    for (byte, salt) in bytes.iter_mut().zip(length.to_le_bytes()) {
        *byte ^= salt;
    }
    bytes
}

/// The smallest parts that R2 takes.
pub(crate) fn small_parts() -> TransferOptions {
    TransferOptions::new()
        .part_size(PartSize::new(PART as u64).unwrap())
        .concurrency(Concurrency::new(2))
}

/// In the smallest parts from the first byte on.
pub(crate) fn in_parts() -> UploadOptions {
    UploadOptions::new().transfer(small_parts()).threshold_bytes(1)
}

/// Runs a transfer until it ends or its wire dies; `None` is death.
pub(crate) async fn until_death<T>(wire: &Wire, transfer: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        result = transfer => Some(result),
        () = wire.death() => None,
        () = tokio::time::sleep(Duration::from_secs(3600)) => panic!("neither end nor death"),
    }
}
