//! Every back end, new and empty.

use std::sync::Arc;

use r2_backend::object_store::BackendObjectStore;
use r2_backend::scope::{Scope, Scoped};
use r2_backend::{LocalBackend, MemoryBackend, MultiBackend, S3Backend};
use r2_objects::{BucketName, Client};
use r2_sim::Emulator;

/// Back ends of all kinds; the directory must outlive them.
pub(crate) async fn all(directory: &tempfile::TempDir) -> Vec<BackendObjectStore> {
    let local = LocalBackend::managed(directory.path()).await.expect("an empty directory");
    let multi = MultiBackend::builder("main", MemoryBackend::new())
        .secondary("spare", MemoryBackend::new())
        .build()
        .expect("two names");
    let scope = Scope::new("enterprise/").expect("a plain name");
    vec![
        BackendObjectStore::new(MemoryBackend::new()),
        BackendObjectStore::new(local),
        BackendObjectStore::new(bucket().await),
        BackendObjectStore::new(Scoped::new(MemoryBackend::new(), scope)),
        BackendObjectStore::new(multi),
    ]
}

/// A bucket of an emulator in this process.
pub(crate) async fn bucket() -> S3Backend {
    let emulator = Arc::new(Emulator::memory());
    let client = Client::builder().endpoint("http://r2.local").anonymous().transport(emulator);
    let client = client.build().expect("a client");
    client.buckets().create("lake").await.expect("an emulator takes buckets");
    S3Backend::from_client(client, BucketName::new("lake").expect("a name"))
}
