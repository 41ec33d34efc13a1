//! The transport that applies a plan.

use std::sync::{Arc, Mutex};

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, ErrorKind, Transport, TransportError};
use tokio::time::Instant;

use super::body::{Bend, bend};
use super::fate::Fate;
use super::{Fault, Plan, reply};
use crate::store::locked;

/// A transport in front of another one, with trouble between the two. Clones share the plan.
///
/// ```
/// use http::Request;
/// use r2_sim::{Emulator, Fault, Faulty, Plan};
/// use r2_transport::{Body, ErrorKind, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = Emulator::memory();
/// let faulty = Faulty::new(r2.clone(), Plan::script([Some(Fault::LostReply)]));
/// let put = || Request::put("http://r2.local/bucket").body(Body::empty());
///
/// let error = faulty.send(put()?).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Reset);
/// assert!(error.may_have_applied());
/// // It was applied: the bucket is there.
/// assert_eq!(r2.send(put()?).await?.status(), 409);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faulty<T> {
    inner: T,
    fate: Arc<Mutex<Fate>>,
    began: Instant,
}

impl<T> Faulty<T> {
    /// Puts trouble in front of `inner`.
    pub fn new(inner: T, plan: Plan) -> Faulty<T> {
        Faulty { inner, fate: Arc::new(Mutex::new(Fate::new(plan))), began: Instant::now() }
    }

    /// The transport behind it.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// The faults so far, in the order in which they were decided.
    #[must_use]
    pub fn injected(&self) -> Vec<Fault> {
        locked(&self.fate).injected()
    }
}

impl<T: Transport> Transport for Faulty<T> {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let fault = locked(&self.fate).next(&request, self.began.elapsed());
            match fault {
                None => self.inner.send(request).await,
                Some((fault, random)) => {
                    tracing::debug!(?fault, path = request.uri().path(), "fault");
                    self.fail(request, fault, random).await
                }
            }
        })
    }
}

impl<T: Transport> Faulty<T> {
    async fn fail(
        &self,
        request: Request<Body>,
        fault: Fault,
        mut random: fastrand::Rng,
    ) -> Result<Response<Body>, TransportError> {
        match fault {
            Fault::Refused => Err(TransportError::from_kind(ErrorKind::Connect)),
            Fault::LostRequest => Err(TransportError::from_kind(ErrorKind::Reset)),
            Fault::CutRequest => {
                // What the service makes of it does not reach the client.
                let _ = self.inner.send(cut(request, &mut random)).await?;
                Err(TransportError::from_kind(ErrorKind::Reset))
            }
            Fault::StalledRequest(pause) => {
                tokio::time::sleep(pause).await;
                let _ = self.inner.send(cut(request, &mut random)).await?;
                Err(TransportError::from_kind(ErrorKind::Stalled))
            }
            Fault::FlippedRequest => {
                let request = request.map(|body| {
                    let at = somewhere(&body, &mut random);
                    bend(body, Bend::Flip(at))
                });
                self.inner.send(request).await
            }
            Fault::Duplicated => self.twice(request).await,
            Fault::LostReply => {
                let _ = self.inner.send(request).await?;
                Err(TransportError::from_kind(ErrorKind::Reset))
            }
            Fault::LateInternalError => {
                let response = self.inner.send(request).await?;
                Ok(reply::of(fault).unwrap_or(response))
            }
            Fault::EdgeTimeout(pause) => {
                let response = self.inner.send(request).await?;
                tokio::time::sleep(pause).await;
                Ok(reply::of(fault).unwrap_or(response))
            }
            Fault::SlowStart(pause) => {
                let response = self.inner.send(request).await?;
                tokio::time::sleep(pause).await;
                Ok(response)
            }
            _ => match reply::of(fault) {
                Some(response) => Ok(response),
                None => Ok(bent(self.inner.send(request).await?, fault, &mut random)),
            },
        }
    }

    async fn twice(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let (parts, body) = request.into_parts();
        let again = body.restart().map(|body| Request::from_parts(parts.clone(), body));
        let first = self.inner.send(Request::from_parts(parts, body)).await?;
        if let Some(again) = again {
            let _ = self.inner.send(again).await?;
        }
        Ok(first)
    }
}

/// The same request with a body that breaks off.
fn cut(request: Request<Body>, random: &mut fastrand::Rng) -> Request<Body> {
    request.map(|body| {
        let at = somewhere(&body, random);
        bend(body, Bend::Cut(at))
    })
}

fn bent(response: Response<Body>, fault: Fault, random: &mut fastrand::Rng) -> Response<Body> {
    response.map(|body| {
        let at = somewhere(&body, random);
        let how = match fault {
            Fault::StalledBody(pause) => Bend::Stall(at, pause),
            Fault::FlippedByte => Bend::Flip(at),
            Fault::ShortBody => Bend::End(body.length().unwrap_or(1).saturating_sub(1)),
            Fault::LongBody => Bend::More,
            Fault::SlowBody(pause) => Bend::Drip(pause),
            _ => Bend::Cut(at),
        };
        bend(body, how)
    })
}

/// A byte of the body; the first when there is none.
fn somewhere(body: &Body, random: &mut fastrand::Rng) -> u64 {
    random.u64(0..body.length().unwrap_or(1).max(1))
}
