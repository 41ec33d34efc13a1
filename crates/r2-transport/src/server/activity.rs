//! What a server's connection is doing, and how long it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::ServeOptions;
use crate::limits;
use crate::wire::{Progress, Stopwatch};

/// Facts that the parts of a connection tell its watch. One task polls them all.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Requests that have come.
    begun: AtomicU64,
    /// Responses that are complete. Counted, because a whole exchange may pass between two looks.
    ended: AtomicU64,
    /// The service waits for more of the request body.
    body_wanted: AtomicBool,
    /// The service left part of the request body unread.
    unread: Arc<AtomicBool>,
    /// Nothing more of the request body is waited for.
    given_up: AtomicBool,
    /// Whoever waits for it.
    body_waker: AtomicWaker,
}

impl Activity {
    pub(super) fn begin_exchange(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        self.unread.store(false, Ordering::Relaxed);
        self.given_up.store(false, Ordering::Relaxed);
    }

    /// Ends the wait for the request body, so that the service can still say something. False if
    /// that was done before, and it said nothing.
    pub(super) fn give_up_body(&self) -> bool {
        let is_first = !self.given_up.swap(true, Ordering::Relaxed);
        self.body_waker.wake();
        is_first
    }

    /// Whether nothing more of the body will come; otherwise the waiting task is told later.
    pub(super) fn is_body_given_up(&self, cx: &Context<'_>) -> bool {
        self.body_waker.register(cx.waker());
        self.given_up.load(Ordering::Relaxed)
    }

    pub(super) fn end_exchange(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_body_wanted(&self, wanted: bool) {
        self.body_wanted.store(wanted, Ordering::Relaxed);
    }

    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    /// The flag that tells the socket whether to listen on before it closes.
    pub(super) fn unread(&self) -> &Arc<AtomicBool> {
        &self.unread
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The peer has not begun another request.
    Idle,
    /// The peer is sending a request head.
    Head,
    /// The service waits for the peer's request body.
    Body,
    /// The service is at work: its time is its own.
    Service,
    /// The peer must take more of what we send.
    Sending,
    /// All is said, and we only wait for the peer to notice.
    Lingering,
}

/// Watches one connection.
pub(super) struct Watch {
    progress: Arc<Progress>,
    activity: Arc<Activity>,
    stopwatch: Stopwatch<Phase>,
    limits: PhaseLimits,
    /// Exchanges that had ended at the last look, and bytes read by then: one more byte, and a head
    /// has begun.
    ended: u64,
    read_before: u64,
}

struct PhaseLimits {
    head: Duration,
    idle: Duration,
    stall: Duration,
}

impl Watch {
    pub(super) fn new(
        progress: Arc<Progress>,
        activity: Arc<Activity>,
        options: &ServeOptions,
    ) -> Self {
        let limits = PhaseLimits {
            head: options.head_read_timeout,
            idle: options.idle_timeout,
            stall: options.stall_timeout,
        };
        let read_before = progress.read();
        Self {
            progress,
            activity,
            stopwatch: Stopwatch::new(Instant::now(), limits.head),
            limits,
            ended: 0,
            read_before,
        }
    }

    /// Ready with the phase that has lasted too long.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Phase> {
        let (phase, bytes) = self.state();
        let limit = match phase {
            Phase::Service => None,
            Phase::Idle if self.ended > 0 => Some(self.limits.idle),
            // Nobody connects without a request in hand: the first one is due at once.
            Phase::Idle | Phase::Head => Some(self.limits.head),
            Phase::Body | Phase::Sending => Some(self.limits.stall),
            Phase::Lingering => Some(limits::LINGER_TIMEOUT),
        };
        self.stopwatch.poll(cx, (phase, bytes), limit, None).map(|_expired| phase)
    }

    /// The phase, and the bytes whose passing counts as progress in it. In the first two nothing
    /// does: a head that comes drop by drop is late all the same.
    fn state(&mut self) -> (Phase, u64) {
        let ended = self.activity.ended.load(Ordering::Relaxed);
        let in_exchange = self.activity.begun.load(Ordering::Relaxed) != ended;
        if self.ended != ended {
            self.ended = ended;
            self.read_before = self.progress.read();
            self.stopwatch.restart();
        }
        if self.progress.lingering() {
            (Phase::Lingering, 0)
        } else if self.progress.write_blocked() {
            (Phase::Sending, self.progress.written())
        } else if in_exchange && self.activity.body_wanted.load(Ordering::Relaxed) {
            (Phase::Body, self.progress.read())
        } else if in_exchange {
            (Phase::Service, 0)
        } else if self.progress.read() == self.read_before {
            (Phase::Idle, 0)
        } else {
            (Phase::Head, 0)
        }
    }
}
