//! A scope around real back ends: it keeps all promises, and signatures hold it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use http::Request;
use r2_backend::conformance::Suite;
use r2_backend::scope::{Scope, Scoped};
use r2_backend::storage::{ListOptions, PageToken, PresignMethod, PutOptions, begin_parts};
use r2_backend::{
    LocalBackend, MemoryBackend, S3Backend, StorageBackend, StorageBackendExt as _,
    StorageErrorKind,
};
use r2_multipart::{ListMultipartUploads, MultipartExt as _, PartNumber};
use r2_objects::{BucketName, Client, Credentials};
use r2_sim::Emulator;
use r2_transport::{Body, Transport as _};

const BUCKET: &str = "scopes";

fn scope(prefix: &str) -> Scope {
    Scope::new(prefix).expect("a plain name")
}

async fn conforms(backend: impl StorageBackend) {
    let report = Suite::new(Arc::new(backend)).run().await;
    assert!(report.is_ok(), "{report}");
}

async fn emulator() -> (Arc<Emulator>, S3Backend) {
    let keys = Credentials::new("0123456789abcdef0123456789abcdef", "hush".repeat(16));
    let emulator = Arc::new(Emulator::builder().credentials(keys.clone()).memory());
    let client = Client::builder().endpoint("http://r2.local").credentials(keys);
    let client = client.transport(Arc::clone(&emulator)).build().expect("a client");
    client.buckets().create(BUCKET).await.expect("a bucket");
    let bucket = BucketName::new(BUCKET).expect("a name");
    (emulator, S3Backend::from_client(client, bucket))
}

#[tokio::test]
async fn a_scope_of_memory_conforms() {
    conforms(Scoped::new(MemoryBackend::new(), scope("enterprise"))).await;
}

#[tokio::test]
async fn a_scope_of_a_bucket_conforms() {
    let (_, backend) = emulator().await;
    conforms(Scoped::new(backend, scope("enterprise/a"))).await;
}

#[tokio::test]
async fn a_presigned_url_that_is_edited_opens_nothing() {
    let (emulator, backend) = emulator().await;
    let ours = Scoped::new(backend.clone(), scope("enterprise"));
    let theirs = Scoped::new(backend, scope("development"));
    let key = "a.txt".try_into().unwrap();
    ours.put_bytes(&key, "ours").await.unwrap();
    theirs.put_bytes(&key, "secret").await.unwrap();
    let url = ours.presign(PresignMethod::Get, &key, Duration::from_secs(60)).unwrap();
    let url = url.url().to_owned();
    let status = |url: String| {
        let emulator = Arc::clone(&emulator);
        async move {
            let request = Request::get(url).body(Body::empty()).unwrap();
            emulator.send(request).await.unwrap().status().as_u16()
        }
    };
    assert!(url.contains("/enterprise/a.txt?"));
    assert_eq!(status(url.clone()).await, 200);
    let edits = [
        url.replace("/enterprise/", "/development/"),
        url.replace("/enterprise/", "/enterprise/../development/"),
        url.replace("/enterprise/", "/enterprise/%2e%2e/development/"),
        url.replace("/a.txt?", "/b.txt?"),
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
    ];
    for edited in edits {
        assert_ne!(edited, url);
        assert_eq!(status(edited.clone()).await, 403, "{}", edited.split('?').next().unwrap());
    }
}

#[tokio::test]
async fn an_upload_of_another_scope_cannot_be_gone_on_with() {
    let (_, backend) = emulator().await;
    let storage: Arc<dyn StorageBackend> =
        Arc::new(Scoped::new(backend.clone(), scope("development")));
    let key = "a.bin".try_into().unwrap();
    let mut upload = begin_parts(storage, &key, PutOptions::new()).await.unwrap();
    upload.put_part(PartNumber::FIRST, "theirs".into()).await.unwrap();
    let list = ListMultipartUploads::new(backend.bucket().clone());
    let uploads = backend.client().send(&list).await.unwrap().uploads;
    assert_eq!(uploads[0].key.as_str(), "development/a.bin");
    let id = uploads[0].upload_id.clone();
    // an id that leaked is good for its own key only
    let inside = scope("enterprise").key("a.bin").unwrap();
    let multipart = backend.client().multipart();
    let stolen = multipart.open(BUCKET, &inside, id).unwrap();
    assert!(stolen.upload_part(PartNumber::FIRST, "ours").await.is_err());
    assert!(stolen.complete(Vec::new()).await.is_err());
    upload.complete().await.unwrap();
}

#[tokio::test]
async fn tokens_of_another_scope_are_refused() {
    let all = MemoryBackend::new();
    let ours = Scoped::new(all.clone(), scope("enterprise"));
    let theirs = Scoped::new(all, scope("development"));
    for name in ["a", "b", "c"] {
        ours.put_bytes(&name.try_into().unwrap(), "x").await.unwrap();
        theirs.put_bytes(&name.try_into().unwrap(), "x").await.unwrap();
    }
    let options = ListOptions::new().page_size(1);
    let token = theirs.list_page(&options, None).await.unwrap().next.unwrap();
    for token in [token, PageToken::new(""), PageToken::new("kdevelopment/a")] {
        let error = ours.list_page(&options, Some(&token)).await.unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::InvalidInput);
    }
    let listed: Vec<_> = ours.list(options).try_collect().await.unwrap();
    assert_eq!(listed.len(), 3);
}

#[tokio::test]
async fn public_urls_carry_the_scope() {
    let storage = LocalBackend::in_place("site", "https://cdn.example.com").unwrap();
    let scoped = Scoped::new(storage, scope("enterprise"));
    let url = scoped.get_url(&"a b.txt".try_into().unwrap()).unwrap();
    assert_eq!(url, "https://cdn.example.com/enterprise/a%20b.txt");
    let error = scoped.get_url(&"../a".try_into().unwrap()).unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::OutsideScope);
    assert_eq!(error.object_key(), Some("../a"));
}
