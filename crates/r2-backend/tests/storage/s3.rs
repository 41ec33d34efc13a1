//! A bucket of the emulator, in this process and over a socket.

use std::sync::Arc;

use r2_backend::conformance::Suite;
use r2_backend::storage::Capability;
use r2_backend::{
    S3Backend, S3Service, StorageBackend as _, StorageBackendExt as _, StorageErrorKind,
};
use r2_objects::{Client, Credentials};
use r2_sim::Emulator;
use r2_transport::{ServeOptions, serve};

use super::conforms;

const BUCKET: &str = "storage";

fn keys() -> Credentials {
    Credentials::new("0123456789abcdef0123456789abcdef", "hush".repeat(16))
}

/// An emulator that wants signatures, with a bucket.
async fn emulator() -> Arc<Emulator> {
    let emulator = Arc::new(Emulator::builder().credentials(keys()).memory());
    let client = Client::builder()
        .endpoint("http://r2.local")
        .credentials(keys())
        .transport(Arc::clone(&emulator));
    let client = client.build().expect("the configuration is right");
    client.buckets().create(BUCKET).await.expect("an emulator takes buckets");
    emulator
}

#[tokio::test]
async fn the_emulator_conforms() {
    let emulator = emulator().await;
    let backend = S3Backend::builder()
        .endpoint_url("http://r2.local")
        .bucket_name(BUCKET)
        .bucket_prefix("a prefix/ü")
        .public_url("https://cdn.example.com/")
        .access_key_id(keys().access_key_id())
        .secret_access_key(keys().secret_access_key())
        .client(|client| client.transport(Arc::clone(&emulator)))
        .build()
        .unwrap();
    conforms(backend.clone()).await;
    let links = super::published::published(&backend).await;
    assert!(links.iter().all(|link| link.contains("X-Amz-Signature=")), "{links:?}");
    // what failed or was aborted has left no parts either; what was dropped has
    let listed = r2_multipart::ListMultipartUploads::new(BUCKET.try_into().unwrap());
    let page = backend.client().send(&listed).await.unwrap();
    assert!(page.uploads.len() <= 2, "{:?}", page.uploads);
}

/// Such a service may ignore a condition, so that none is sent.
#[tokio::test]
async fn a_service_that_is_not_known_gets_no_conditions() {
    let emulator = emulator().await;
    let backend = S3Backend::builder()
        .endpoint_url("http://r2.local")
        .service(S3Service::Other)
        .bucket_name(BUCKET)
        .access_key_id(keys().access_key_id())
        .secret_access_key(keys().secret_access_key())
        .client(|client| client.transport(emulator))
        .build()
        .unwrap();
    let report = Suite::new(Arc::new(backend.clone())).only("what it cannot do").run().await;
    assert!(report.is_ok(), "{report}");
    let error = backend.create(&"a".try_into().unwrap(), "x").await.unwrap_err();
    assert!(error.to_string().contains("S3BackendBuilder::with"), "{error}");
    let known = backend.with(Capability::CreateOnly);
    known.create(&"a".try_into().unwrap(), "x").await.unwrap();
}

#[tokio::test]
async fn errors_say_where_and_what() {
    let emulator = emulator().await;
    let backend = |bucket: &str, secret: &str| {
        S3Backend::builder()
            .endpoint_url("http://r2.local")
            .bucket_name(bucket)
            .access_key_id(keys().access_key_id())
            .secret_access_key(secret)
            .client(|client| client.transport(Arc::clone(&emulator)))
            .build()
            .expect("the configuration is right")
    };
    let key = "a b".try_into().unwrap();
    let wrong = backend(BUCKET, &"0".repeat(64)).get_bytes(&key, 10).await.unwrap_err();
    assert_eq!(wrong.kind(), StorageErrorKind::Unauthorized);
    let nowhere = backend("no-such-bucket", keys().secret_access_key());
    let error = nowhere.put_bytes(&key, "x").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NoSuchStore);
    assert_eq!(
        error.to_string(),
        "put \"a b\" (s3 no-such-bucket): the bucket or directory does not exist"
    );
    assert_eq!(error.request().unwrap().code(), Some("NoSuchBucket"));
    let error = nowhere.get_url(&key).unwrap_err();
    assert!(error.to_string().contains("set public_url"), "{error}");
}

#[tokio::test]
async fn the_emulator_conforms_over_a_socket() {
    let emulator = emulator().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = serve(listener, emulator, ServeOptions::new(), async {
        stopped.await.ok();
    });
    let work = async {
        let backend = S3Backend::builder()
            .endpoint_url(url)
            .service(S3Service::R2)
            .bucket_name(BUCKET)
            .access_key_id(keys().access_key_id())
            .secret_access_key(keys().secret_access_key())
            .build()
            .unwrap();
        conforms(backend).await;
        drop(stop);
    };
    let (served, ()) = tokio::join!(server, work);
    served.unwrap();
}
