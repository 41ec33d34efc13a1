//! Keys are replaced while requests run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::{Request, Response};
use r2_objects::{Body, BoxFuture, Client, Credentials, ProfileFile, Refreshing, Transport};
use r2_sim::Emulator;
use r2_transport::TransportError;

const OLD: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const NEW: &str = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

fn secret(id: &str) -> String {
    id.repeat(2)
}

/// An R2 that knows two keys, until the old one is taken away.
#[derive(Clone, Debug)]
struct Door {
    r2: Emulator,
    old_is_revoked: Arc<AtomicBool>,
    refused: Arc<AtomicU64>,
    by_new: Arc<AtomicU64>,
}

impl Transport for Door {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async {
            let signed = request.headers()["authorization"].to_str().unwrap_or_default();
            if signed.contains(NEW) {
                self.by_new.fetch_add(1, Ordering::Relaxed);
            } else if self.old_is_revoked.load(Ordering::Relaxed) {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>\
                            <Code>Unauthorized</Code><Message>Unauthorized</Message></Error>";
                let response = Response::builder().status(401).body(Body::from(text));
                return Ok(response.expect("a response of constants"));
            }
            self.r2.send(request).await
        })
    }
}

#[tokio::test]
async fn a_rotation_under_load_loses_no_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let write = |id: &str| {
        let text = format!("[default]\naccess_key_id={id}\nsecret_access_key={}\n", secret(id));
        let fresh = folder.path().join("fresh");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(fresh, &file).unwrap();
    };
    write(OLD);
    let r2 = Emulator::builder()
        .credentials(Credentials::new(OLD, secret(OLD)))
        .credentials(Credentials::new(NEW, secret(NEW)))
        .memory();
    let door = Door {
        r2,
        old_is_revoked: Arc::default(),
        refused: Arc::default(),
        by_new: Arc::default(),
    };
    let client = Client::builder()
        .endpoint("http://r2.local")
        .transport(door.clone())
        .credentials_provider(Arc::new(Refreshing::new(ProfileFile::new(&file))))
        .build()
        .unwrap();
    client.buckets().create("bucket").await.unwrap();

    let writer = async |worker: usize| {
        for number in 0..40 {
            let key = format!("{worker}/{number}");
            let objects = client.objects();
            objects.put("bucket", key.as_str(), key.clone()).await.unwrap();
            let object = objects.get("bucket", key.as_str()).await.unwrap();
            assert_eq!(object.body, key.as_bytes());
            if worker == 0 && number == 20 {
                write(NEW);
                door.old_is_revoked.store(true, Ordering::Relaxed);
            }
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join_all((0..8).map(writer)).await;
    assert!(door.refused.load(Ordering::Relaxed) > 0, "somebody still came with the old key");
    assert!(door.by_new.load(Ordering::Relaxed) > 300, "most came with the new one");
}
