//! A bucket of the emulator, in this process and over a socket.

use std::sync::Arc;

use r2_backend::{S3Backend, S3Service};
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
