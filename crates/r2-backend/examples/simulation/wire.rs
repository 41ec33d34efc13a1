//! The way between a client and the service: time on the way, and trouble by the plan.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{Method, Request, Response};
use r2_objects::{Body, BoxFuture, Transport};
use r2_sim::{Emulator, Fault, Faulty, Journal, Plan};
use r2_transport::TransportError;

/// The service, with its own record of what reached it.
pub(crate) type Server = Journal<Emulator>;

/// A line to the service. It takes time in both directions, so that a client can die, and others
/// can come between, before a request arrives and after it took effect.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    any: Faulty<Server>,
    /// For the contents of objects, whose bytes may also flip: checksums cover them, while nothing
    /// covers an answer in XML.
    contents: Faulty<Server>,
    random: Arc<Mutex<fastrand::Rng>>,
}

impl Wire {
    pub(crate) fn new(server: &Server, seed: u64, any: Plan, contents: Plan) -> Self {
        Self {
            any: Faulty::new(server.clone(), any),
            contents: Faulty::new(server.clone(), contents),
            random: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
        }
    }

    pub(crate) fn injected(&self) -> Vec<Fault> {
        let mut injected = self.any.injected();
        injected.extend(self.contents.injected());
        injected
    }

    async fn travel(&self) {
        let micros = {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            // mostly near, sometimes far
            let scale = if random.u8(..) < 16 { 100 } else { 1 };
            random.u64(500..20_000) * scale
        };
        tokio::time::sleep(Duration::from_micros(micros)).await;
    }
}

impl Transport for Wire {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            self.travel().await;
            let line = if reads_content(&request) { &self.contents } else { &self.any };
            let result = line.send(request).await;
            self.travel().await;
            result
        })
    }
}

fn reads_content(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    let has_key = request.uri().path().trim_start_matches('/').contains('/');
    request.method() == Method::GET && has_key && !query.contains("upload")
}
