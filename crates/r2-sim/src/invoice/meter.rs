//! A transport that bills what passes.

use std::sync::{Arc, Mutex};

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use super::bill::tier;
use super::{Invoice, StorageTier};
use crate::protocol::Named;
use crate::store::locked;

/// A transport that counts what passes through it as R2 would bill it, and keeps nothing else.
/// Clones share the count.
///
/// ```
/// use http::Request;
/// use r2_sim::{BillingClass, Emulator, Meter};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let meter = Meter::new(Emulator::memory());
/// meter.send(Request::put("http://r2.local/photos").body(Body::empty())?).await?;
/// meter.send(Request::head("http://r2.local/photos/a").body(Body::empty())?).await?;
///
/// let invoice = meter.invoice();
/// invoice.assert_at_most(BillingClass::A, 1);
/// assert_eq!(invoice.count_of("HeadObject"), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Meter<T> {
    inner: T,
    invoice: Arc<Mutex<Invoice>>,
}

impl<T> Meter<T> {
    /// Bills what passes to `inner`.
    pub fn new(inner: T) -> Meter<T> {
        Meter { inner, invoice: Arc::default() }
    }

    /// The transport behind it.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// What is billed so far. A request counts once its answer is there.
    #[must_use]
    pub fn invoice(&self) -> Invoice {
        locked(&self.invoice).clone()
    }
}

impl<T: Transport> Transport for Meter<T> {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let is_copy = request.headers().contains_key("x-amz-copy-source");
            let operation = Named::of(request.method(), request.uri(), is_copy).operation;
            let asked = request.headers().clone();
            let result = self.inner.send(request).await;
            match &result {
                Ok(response) => {
                    let tier = tier(&asked, response.headers());
                    let status = Some(response.status());
                    locked(&self.invoice).count(&operation, tier, status, None);
                    if tier == StorageTier::InfrequentAccess && operation == "GetObject" {
                        let invoice = Arc::clone(&self.invoice);
                        return result.map(|response| {
                            response.map(|body| {
                                body.on_chunk(move |bytes| locked(&invoice).retrieve(bytes as u64))
                            })
                        });
                    }
                }
                Err(error) => {
                    let kind = Some(error.kind());
                    locked(&self.invoice).count(&operation, StorageTier::Standard, None, kind);
                }
            }
            result
        })
    }
}
