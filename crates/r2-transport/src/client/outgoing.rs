//! A request body on its way out.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::{Body, BodyError};

/// The body as hyper sees it: it also says when there is nothing more to send, because only then
/// does the wait for the answer begin.
pub(super) struct Outgoing {
    body: Body,
    pending: Option<Arc<AtomicBool>>,
}

impl Outgoing {
    pub(super) fn new(body: Body) -> Self {
        Self { body, pending: None }
    }

    /// Keeps `pending` true for as long as there is more to send.
    pub(super) fn report(&mut self, pending: &Arc<AtomicBool>) {
        let any = !http_body::Body::is_end_stream(&self.body);
        pending.store(any, Ordering::Relaxed);
        self.pending = any.then(|| Arc::clone(pending));
    }
}

impl Drop for Outgoing {
    /// hyper lets go of a body once it has its last byte.
    fn drop(&mut self) {
        if let Some(pending) = &self.pending {
            pending.store(false, Ordering::Relaxed);
        }
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
