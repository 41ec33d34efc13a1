//! The same on a server that nobody here wrote: `R2_ENDPOINT`, `R2_ACCESS_KEY_ID`, ... and
//! `cargo test -p r2-backend --test storage -- --ignored real_server`.

use r2_backend::S3Backend;
use r2_objects::{BucketName, Client, ErrorKind};
use r2_transport::{Body, HttpClient, Transport as _};

use super::conforms;
use super::published::published;

const BUCKET: &str = "r2-backend-it";

async fn backend() -> S3Backend {
    let client = Client::from_env().expect("the environment names a server");
    match client.buckets().create(BUCKET).await {
        Ok(_) => {}
        // miniflare's R2 has the buckets it was started with
        Err(error)
            if matches!(error.kind(), ErrorKind::BucketExists | ErrorKind::NotImplemented) => {}
        Err(error) => panic!("{error:?}"),
    }
    S3Backend::from_client(client, BucketName::new(BUCKET).expect("a name"))
}

#[tokio::test]
#[ignore = "needs a server, told by the environment"]
async fn it_conforms() {
    conforms(backend().await).await;
}

#[tokio::test]
#[ignore = "needs a server, told by the environment"]
async fn the_example_publishes_and_its_links_end() {
    let storage = backend().await;
    let links = published(&storage).await;
    assert_eq!(links.len(), 3);
    // what was deleted is gone for whoever has the link, too
    let client = HttpClient::builder().build().unwrap();
    let request = http::Request::get(&links[2]).body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.unwrap().status(), 404);
}
