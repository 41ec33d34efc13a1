//! A client and the local R2 it talks to.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::{Request, Response};
use r2_objects::{
    Body, BoxFuture, BucketName, Client, ClientBuilder, Credentials, ObjectKey, Transport,
};
use r2_sim::{Emulator, EmulatorBuilder, ManualClock};
use r2_transport::TransportError;

pub(crate) const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
const KEY_ID: &str = "fedcba9876543210fedcba9876543210";
/// 2026-11-20T12:00:00Z.
const NOON: u64 = 1_795_176_000;

pub(crate) fn credentials() -> Credentials {
    Credentials::new(KEY_ID, "ab".repeat(32))
}

/// Client and server agree on the time, which passes by hand.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) clock: ManualClock,
    pub(crate) spy: Spy,
}

impl World {
    /// A new local R2 with the bucket `photos`.
    pub(crate) async fn new() -> Self {
        Self::with(|emulator| emulator, |client| client).await
    }

    pub(crate) async fn with(
        emulator: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder,
        client: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let clock = ManualClock::at_unix(NOON);
        let server = emulator(
            Emulator::builder()
                .clock(Arc::new(clock.clone()))
                .account_id(ACCOUNT)
                .credentials(credentials()),
        )
        .memory();
        let spy = Spy { inner: server, seen: Arc::default() };
        let builder = Client::builder()
            .endpoint("http://r2.local")
            .credentials(credentials())
            .clock(clock.clone())
            .transport(spy.clone());
        let client = client(builder).build().unwrap();
        client.buckets().create("photos").await.unwrap();
        spy.seen.lock().unwrap().clear();
        Self { client, clock, spy }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.client.now()
    }
}

pub(crate) fn bucket() -> BucketName {
    BucketName::new("photos").unwrap()
}

pub(crate) fn key(text: &str) -> ObjectKey {
    ObjectKey::new(text).unwrap()
}

/// Writes down what passes: method, path and query.
#[derive(Debug, Clone)]
pub(crate) struct Spy {
    inner: Emulator,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Spy {
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

impl Transport for Spy {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        self.seen.lock().unwrap().push(format!("{} {path}", request.method()));
        self.inner.send(request)
    }
}
