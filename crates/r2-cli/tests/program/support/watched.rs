//! A server that keeps a journal and does to each request what a test wants.

use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http::{HeaderValue, Request, Response, StatusCode, header};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use super::{Journal, Seen};

/// No body of a test is larger.
const BODY_BYTES_MAX: usize = 128 << 20;
/// Between the last byte of a body that stalls and the end of its connection.
const STALL: Duration = Duration::from_millis(200);

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// It is answered.
    Pass,
    /// It is never answered, and nothing comes of it.
    Hold,
    /// It takes effect and is never answered.
    HoldAnswer,
    /// The connection ends before anything of the body was read.
    HangUp,
    /// The connection ends after the first bytes of the body.
    HangUpInside,
    /// It takes effect, and the connection ends.
    HangUpAfter,
    /// The answer breaks off in its middle.
    CutAnswer,
    /// The answer stalls in its middle, and then breaks off.
    StallAnswer,
    /// Another answer, and nothing comes of the request.
    Instead(Answer),
}

/// An answer of something that stands in front of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) retry_after: Option<&'static str>,
    pub(crate) body: &'static str,
}

type Script = Box<dyn Fn(&Seen) -> Act + Send + Sync>;

/// A transport with a journal and a script.
pub(crate) struct Watched<T> {
    inner: T,
    journal: Journal,
    script: Script,
}

impl<T: Transport> Watched<T> {
    /// Answers everything.
    pub(crate) fn new(inner: T) -> Self {
        Self::with_script(inner, |_| Act::Pass)
    }

    pub(crate) fn with_script(
        inner: T,
        script: impl Fn(&Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self { inner, journal: Journal::new(), script: Box::new(script) }
    }

    pub(crate) fn journal(&self) -> Journal {
        self.journal.clone()
    }

    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let seen = self.journal.arrived(&request);
        let response = match (self.script)(&seen) {
            Act::Pass => self.inner.send(request).await?,
            Act::Hold => std::future::pending().await,
            Act::HoldAnswer => {
                self.inner.send(request).await?;
                std::future::pending().await
            }
            Act::HangUp => hang_up(),
            Act::HangUpInside => {
                let _ = request.into_body().next_chunk().await;
                hang_up()
            }
            Act::HangUpAfter => {
                self.inner.send(request).await?;
                hang_up()
            }
            Act::CutAnswer => cut(self.inner.send(request).await?, Duration::ZERO).await,
            Act::StallAnswer => cut(self.inner.send(request).await?, STALL).await,
            Act::Instead(answer) => answer.response(),
        };
        self.journal.answered(seen.number, response.status().as_u16());
        Ok(response)
    }
}

impl<T: Transport> Transport for Watched<T> {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.answer(request))
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("journal", &self.journal).finish_non_exhaustive()
    }
}

impl Answer {
    fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status");
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

/// Ends the task of the connection, and the connection with it. A transport has no other way to
/// hang up; the hook that prints panics is passed by.
fn hang_up() -> ! {
    resume_unwind(Box::new("the server hangs up"))
}

/// The first half of a response, and then no more. What has no body ends before its answer.
async fn cut(response: Response<Body>, pause: Duration) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let whole = body.collect(BODY_BYTES_MAX).await.expect("a body");
    if whole.is_empty() {
        tokio::time::sleep(pause).await;
        hang_up()
    }
    let half = whole.slice(..whole.len() / 2);
    let end = stream::once(async move {
        tokio::time::sleep(pause).await;
        Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let half = stream::iter((!half.is_empty()).then_some(Ok(half)));
    let length = u64::try_from(whole.len()).expect("a length");
    Response::from_parts(parts, Body::one_shot(half.chain(end), Some(length)))
}
