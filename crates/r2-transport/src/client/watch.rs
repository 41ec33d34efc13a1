//! What an exchange is waiting for, and how long it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::ErrorKind;
use crate::wire::{Expired, Progress, Stopwatch};

/// How long each phase of an exchange may last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    pub(super) first_byte: Duration,
    pub(super) stall: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The peer must take more bytes.
    Writing,
    /// The request body must give more bytes. Its source is the caller's, and may be a person at a
    /// keyboard: only the deadline bounds it.
    Source,
    /// The peer must answer.
    Answer,
    /// The peer must send more of the response body.
    Receiving,
}

/// Watches one exchange at a time on one connection.
pub(super) struct Watch {
    progress: Arc<Progress>,
    body_pending: Arc<AtomicBool>,
    stopwatch: Stopwatch<Phase>,
    timeouts: Timeouts,
    deadline: Option<Instant>,
    read_before: u64,
    written_before: u64,
}

impl Watch {
    pub(super) fn new(progress: Arc<Progress>, timeouts: Timeouts, now: Instant) -> Self {
        Self {
            progress,
            body_pending: Arc::default(),
            stopwatch: Stopwatch::new(now, timeouts.first_byte),
            timeouts,
            deadline: None,
            read_before: 0,
            written_before: 0,
        }
    }

    /// A new exchange begins. Whoever sends the request body clears the flag when it has no more.
    pub(super) fn begin(&mut self, deadline: Option<Instant>) -> &Arc<AtomicBool> {
        self.deadline = deadline;
        self.stopwatch.restart();
        self.read_before = self.progress.read();
        self.written_before = self.progress.written();
        &self.body_pending
    }

    /// The reader is back: the time it spent elsewhere is not the peer's fault.
    pub(super) fn resume(&mut self) {
        self.stopwatch.restart();
    }

    /// Bytes read from the peer since the exchange began.
    pub(super) fn bytes_read(&self) -> u64 {
        self.progress.read() - self.read_before
    }

    /// Whether not one byte of the exchange has left.
    pub(super) fn nothing_written(&self) -> bool {
        self.progress.written() == self.written_before
    }

    /// Ready with what has expired while the response head is awaited.
    pub(super) fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<ErrorKind> {
        let written = self.progress.written();
        if self.progress.write_blocked() {
            self.poll(cx, (Phase::Writing, written))
        } else if self.body_pending.load(Ordering::Relaxed) {
            self.poll(cx, (Phase::Source, 0))
        } else {
            self.poll(cx, (Phase::Answer, written))
        }
    }

    /// Ready with what has expired while the response body is awaited.
    pub(super) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<ErrorKind> {
        let read = self.progress.read();
        self.poll(cx, (Phase::Receiving, read))
    }

    fn poll(&mut self, cx: &mut Context<'_>, state: (Phase, u64)) -> Poll<ErrorKind> {
        let (limit, kind) = match state.0 {
            Phase::Source => (None, ErrorKind::Stalled),
            Phase::Answer => (Some(self.timeouts.first_byte), ErrorKind::FirstByteTimeout),
            Phase::Writing | Phase::Receiving => (Some(self.timeouts.stall), ErrorKind::Stalled),
        };
        self.stopwatch.poll(cx, state, limit, self.deadline).map(|expired| match expired {
            Expired::Limit => kind,
            Expired::Deadline => ErrorKind::Deadline,
        })
    }
}
