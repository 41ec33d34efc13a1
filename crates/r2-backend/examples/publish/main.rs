//! Publishes a folder, lists it, links to it, and deletes it, on whatever storage is named.
//!
//! `cargo run -p r2-backend --example publish -- FOLDER [STORAGE]`
//!
//! STORAGE is `emulator` (the default: a local R2 in this process), `memory`, `local:DIRECTORY`, or
//! `s3:BUCKET`, where `R2_ENDPOINT`, `R2_ACCESS_KEY_ID` and `R2_SECRET_ACCESS_KEY` say on which
//! service.

mod app;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use r2_backend::{LocalBackend, MemoryBackend, S3Backend, StorageBackend};
use r2_objects::{BucketName, Client, Credentials};
use r2_sim::Emulator;

const PREFIX: &str = "published/";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, storage) = match arguments.as_slice() {
        [folder] => (folder, "emulator"),
        [folder, storage] => (folder, storage.as_str()),
        _ => return Err("usage: publish FOLDER [emulator|memory|local:DIRECTORY|s3:BUCKET]".into()),
    };
    let storage = open(storage).await?;
    let published = app::publish(&*storage, Path::new(folder), PREFIX).await?;
    let mut out = std::io::stdout();
    for object in &published.objects {
        writeln!(out, "{:>10}  {}", object.size, object.key)?;
    }
    for link in &published.links {
        writeln!(out, "{link}")?;
    }
    let count = published.objects.len();
    let left = app::unpublish(&*storage, published).await?;
    let is_empty = app::is_empty(&*storage, PREFIX).await?;
    writeln!(out, "{count} published to {}, {left} left, empty: {is_empty}", storage.name())?;
    Ok(())
}

async fn open(storage: &str) -> Result<Box<dyn StorageBackend>, Box<dyn Error>> {
    Ok(match storage.split_once(':') {
        None if storage == "memory" => Box::new(MemoryBackend::new()),
        None if storage == "emulator" => Box::new(emulator().await?),
        Some(("local", directory)) => Box::new(LocalBackend::managed(directory).await?),
        Some(("s3", bucket)) => {
            Box::new(S3Backend::from_client(Client::from_env()?, BucketName::new(bucket)?))
        }
        _ => return Err(format!("{storage} is no storage").into()),
    })
}

async fn emulator() -> Result<S3Backend, Box<dyn Error>> {
    let keys = Credentials::new("0".repeat(32), "0".repeat(64));
    let emulator = Arc::new(Emulator::builder().credentials(keys.clone()).memory());
    let client = Client::builder().endpoint("http://r2.local").credentials(keys);
    let client = client.transport(emulator).build()?;
    client.buckets().create("example").await?;
    Ok(S3Backend::from_client(client, BucketName::new("example")?))
}
