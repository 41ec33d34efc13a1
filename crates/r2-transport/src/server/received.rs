//! A request body on its way in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body as _;
use hyper::body::Incoming;

use super::activity::Activity;
use crate::{Body, BodyError, ErrorKind};

/// A request body as hyper receives it, held to the server's limit.
pub(crate) struct Received {
    incoming: Incoming,
    activity: Arc<Activity>,
    expected: Option<u64>,
    got: u64,
    bytes_max: u64,
    ended: bool,
}

impl Received {
    pub(super) fn body(incoming: Incoming, activity: Arc<Activity>, bytes_max: u64) -> Body {
        if incoming.is_end_stream() {
            return Body::empty();
        }
        let expected = incoming.size_hint().exact();
        let received = Self { incoming, activity, expected, got: 0, bytes_max, ended: false };
        Body::of(crate::body::Source::Request(Box::new(received)))
    }

    /// Bytes still to come, if the request said how many there are.
    pub(crate) fn remaining(&self) -> Option<u64> {
        if self.ended {
            return Some(0);
        }
        self.expected.map(|expected| expected.saturating_sub(self.got))
    }

    pub(crate) fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        while !self.ended {
            let polled = Pin::new(&mut self.incoming).poll_frame(cx);
            if polled.is_pending() && self.activity.is_body_given_up(cx) {
                self.ended = true;
                self.activity.set_body_wanted(false);
                self.activity.leave_unread();
                return Poll::Ready(Some(Err(BodyError::from_kind(ErrorKind::Stalled))));
            }
            self.activity.set_body_wanted(polled.is_pending());
            match ready!(polled) {
                None => self.ended = true,
                Some(Err(error)) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(self.failure(error))));
                }
                Some(Ok(frame)) => {
                    // Trailers are left out: S3 puts its own into the body.
                    let chunk = frame.into_data().unwrap_or_default();
                    self.got += chunk.len() as u64;
                    if self.got > self.bytes_max {
                        self.ended = true;
                        self.activity.leave_unread();
                        return Poll::Ready(Some(Err(BodyError::too_large())));
                    }
                    self.ended = self.incoming.is_end_stream();
                    if !chunk.is_empty() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
        Poll::Ready(None)
    }

    fn failure(&self, error: hyper::Error) -> BodyError {
        match self.expected {
            Some(expected) if self.got < expected => {
                BodyError::new(ErrorKind::Length { expected, got: self.got }, error)
            }
            _ => BodyError::new(ErrorKind::Reset, error),
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.activity.set_body_wanted(false);
        if !self.ended {
            self.activity.leave_unread();
        }
    }
}
