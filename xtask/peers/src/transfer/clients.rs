//! The clients: ours and the peer's, doing the same job.

use super::run::{IN_FLIGHT, PART_BYTES, TRANSFER_BYTES};
use super::usage::{Usage, Watch};
use crate::request::{ID, REGION, SECRET};
use futures_util::StreamExt as _;
use object_store::{ObjectStoreExt as _, WriteMultipart, aws::AmazonS3Builder};
use r2_multipart::machine::Concurrency;
use r2_multipart::{
    DownloadOptions, PartSize, Sink, Source, TransferOptions, UploadOptions, download, upload,
};
use r2_objects::{BucketName, Client, ObjectKey};
use std::error::Error;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const BUCKET: &str = "bucket";
const KEY: &str = "object";

#[tokio::main]
pub async fn run(job: &str, port: u16, path: &Path) -> Result<Usage, Box<dyn Error>> {
    let endpoint = format!("http://127.0.0.1:{port}");
    match job {
        "ours-up" | "ours-down" => ours(job == "ours-up", endpoint, path).await,
        "theirs-up" => theirs_up(endpoint, path).await,
        "theirs-down" => theirs_down(endpoint, path).await,
        _ => Err(format!("unknown job {job:?}").into()),
    }
}

async fn ours(is_up: bool, endpoint: String, path: &Path) -> Result<Usage, Box<dyn Error>> {
    let credentials = r2_sign::Credentials::new(ID, SECRET);
    let client = Client::builder().endpoint(endpoint).credentials(credentials).build()?;
    let (bucket, key) = (BucketName::new(BUCKET)?, ObjectKey::new(KEY)?);
    let transfer = TransferOptions::new()
        .part_size(PartSize::new(PART_BYTES)?)
        .concurrency(Concurrency::new(IN_FLIGHT));
    let watch = Watch::start();
    let bytes = if is_up {
        let options = UploadOptions::new().transfer(transfer);
        upload(&client, &bucket, &key, Source::file(path), options).await?.bytes
    } else {
        let options = DownloadOptions::new().transfer(transfer);
        download(&client, &bucket, &key, Sink::file(path), options).await?.bytes
    };
    assert_eq!(bytes, TRANSFER_BYTES);
    Ok(watch.stop())
}

fn store(endpoint: String) -> Result<object_store::aws::AmazonS3, object_store::Error> {
    AmazonS3Builder::new()
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_bucket_name(BUCKET)
        .with_region(REGION)
        .with_access_key_id(ID)
        .with_secret_access_key(SECRET)
        .build()
}

async fn theirs_up(endpoint: String, path: &Path) -> Result<Usage, Box<dyn Error>> {
    let store = store(endpoint)?;
    let watch = Watch::start();
    let part = usize::try_from(PART_BYTES)?;
    let multipart = store.put_multipart(&KEY.into()).await?;
    let mut writer = WriteMultipart::new_with_chunk_size(multipart, part);
    let mut file = File::open(path).await?;
    let mut block = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut block).await?;
        if length == 0 {
            break;
        }
        // What it has begun is not to be more than what ours has.
        writer.wait_for_capacity(usize::from(IN_FLIGHT)).await?;
        writer.write(&block[..length]);
    }
    writer.finish().await?;
    Ok(watch.stop())
}

async fn theirs_down(endpoint: String, path: &Path) -> Result<Usage, Box<dyn Error>> {
    let store = store(endpoint)?;
    let watch = Watch::start();
    let mut stream = store.get(&KEY.into()).await?.into_stream();
    let mut file = File::create(path).await?;
    while let Some(chunk) = stream.next().await {
        file.write_all(&chunk?).await?;
    }
    file.flush().await?;
    Ok(watch.stop())
}
