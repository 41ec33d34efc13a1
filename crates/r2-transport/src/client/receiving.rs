//! A response body on its way in, and the connection it comes from.

use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::Response;
use http_body::Body as _;
use hyper::body::Incoming;

use super::failure;
use super::lease::Lease;
use crate::body::Source;
use crate::{Body, BodyError, limits};

/// What reading a body gives: a chunk, the end, or why there is no more.
type Piece = Option<Result<Bytes, BodyError>>;

/// The rest of a response body. It drives its connection while it is read, gives it back to the
/// pool at the end, and closes it when it is dropped before.
pub(crate) struct Receiving {
    /// `None` once the body has ended, one way or the other.
    lease: Option<Lease>,
    incoming: Incoming,
    /// What came together with the response head.
    ahead: Piece,
    expected: Option<u64>,
    got: u64,
    /// Whether the reader is away, so that its time does not count against the peer.
    paused: bool,
}

/// Turns an answer into a response. A body that has arrived as a whole with its head, as small ones
/// do, sets its connection free at once.
pub(super) fn receive(response: Response<Incoming>, lease: Lease) -> Response<Body> {
    response.map(|incoming| {
        let expected = incoming.size_hint().exact();
        if incoming.is_end_stream() {
            lease.release();
            return Body::empty();
        }
        let lease = Some(lease);
        let mut receiving =
            Receiving { lease, incoming, ahead: None, expected, got: 0, paused: true };
        match receiving.take_frame() {
            Poll::Ready(Some(Ok(whole))) if receiving.incoming.is_end_stream() => {
                receiving.finish();
                return Body::of(Source::Once(whole));
            }
            Poll::Ready(piece) => receiving.ahead = piece,
            Poll::Pending => {}
        }
        Body::of(Source::Response(Box::new(receiving)))
    })
}

impl Receiving {
    /// Bytes still to come, if the response said how many there are.
    pub(crate) fn remaining(&self) -> Option<u64> {
        let ahead = match &self.ahead {
            Some(Ok(chunk)) => chunk.len() as u64,
            _ => 0,
        };
        match &self.lease {
            None => Some(ahead),
            Some(_) => self.expected.map(|expected| expected.saturating_sub(self.got) + ahead),
        }
    }

    pub(crate) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Piece> {
        loop {
            if let Some(piece) = self.ahead.take() {
                return Poll::Ready(Some(self.pass(piece)));
            }
            if self.lease.is_none() {
                return Poll::Ready(None);
            }
            match self.poll_incoming(cx) {
                Poll::Ready(Some(Ok(chunk))) if chunk.is_empty() => {}
                Poll::Ready(Some(piece)) => return Poll::Ready(Some(self.pass(piece))),
                Poll::Ready(None) => self.finish(),
                Poll::Pending => {
                    let expired = ready!(self.poll_limits(cx));
                    return Poll::Ready(Some(self.pass(Err(expired))));
                }
            }
        }
    }

    /// Ends the use of the connection with the last chunk already, or with an error.
    fn pass(&mut self, piece: Result<Bytes, BodyError>) -> Result<Bytes, BodyError> {
        self.paused = true;
        match &piece {
            Ok(_) if self.incoming.is_end_stream() => self.finish(),
            Ok(_) => {}
            Err(_) => self.lease = None,
        }
        piece
    }

    /// What hyper has for us; if it has nothing yet, it may read more and is asked again.
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Piece> {
        if let Poll::Ready(piece) = self.take_frame() {
            return Poll::Ready(piece);
        }
        if let Some(connection) = self.lease.as_mut().and_then(Lease::connection) {
            connection.drive(cx);
        }
        self.take_frame()
    }

    /// Trailers come as an empty chunk: nobody here has a use for them.
    fn take_frame(&mut self) -> Poll<Piece> {
        let mut nobody = Context::from_waker(Waker::noop());
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(&mut nobody));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => {
                let chunk = frame.into_data().unwrap_or_default();
                self.got += chunk.len() as u64;
                Ok(chunk)
            }
            Err(error) => Err(failure::of_response_body(error, self.expected, self.got)),
        }))
    }

    fn poll_limits(&mut self, cx: &mut Context<'_>) -> Poll<BodyError> {
        let Some(connection) = self.lease.as_mut().and_then(Lease::connection) else {
            return Poll::Pending;
        };
        if std::mem::take(&mut self.paused) {
            connection.watch.resume();
        }
        connection.watch.poll_body(cx).map(BodyError::from_kind)
    }

    /// The body is complete: the connection may serve another exchange.
    fn finish(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.release();
        }
    }

    /// Reads to the end what is here already, if it is little.
    fn drain(&mut self) {
        let mut nobody = Context::from_waker(Waker::noop());
        let mut left = limits::DRAIN_BYTES_MAX;
        if self.remaining().is_some_and(|remaining| remaining > left) {
            return;
        }
        while let Poll::Ready(piece) = self.poll_incoming(&mut nobody) {
            match piece {
                Some(Ok(chunk)) if chunk.len() as u64 <= left => left -= chunk.len() as u64,
                Some(_) => return,
                None => return self.finish(),
            }
            if self.incoming.is_end_stream() {
                return self.finish();
            }
        }
    }
}

impl Drop for Receiving {
    /// A body given up early costs its connection, unless the rest is here and small, as that of an
    /// error message is.
    fn drop(&mut self) {
        if self.lease.is_some() {
            self.drain();
        }
    }
}
