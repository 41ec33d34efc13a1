//! Measures how long nothing has changed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Measures how long a state has lasted. A state is a phase and a count of bytes; a change of
/// either starts the time anew.
///
/// There is one timer for the life of a connection. It is moved only when it would ring too late;
/// when it rings too early, which costs little, the true time is worked out and it is set again. An
/// exchange that goes well therefore seldom touches it.
pub(crate) struct Stopwatch<P> {
    timer: Pin<Box<Sleep>>,
    state: Option<(P, u64)>,
    since: Instant,
}

/// Which of the two limits was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expired {
    Limit,
    Deadline,
}

impl<P: Copy + PartialEq> Stopwatch<P> {
    /// `first` is the time until the timer rings for the first time, a guess that saves setting it.
    pub(crate) fn new(now: Instant, first: Duration) -> Self {
        let timer = Box::pin(sleep_until(later(now, first).unwrap_or(now)));
        Self { timer, state: None, since: now }
    }

    /// Starts the time anew with the next look, whatever the state is then.
    pub(crate) fn restart(&mut self) {
        self.state = None;
    }

    /// Ready when the state has lasted for `limit`, or the deadline has passed.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        state: (P, u64),
        limit: Option<Duration>,
        deadline: Option<Instant>,
    ) -> Poll<Expired> {
        if self.state != Some(state) {
            self.state = Some(state);
            self.since = Instant::now();
        }
        let lasted = limit.and_then(|limit| later(self.since, limit));
        let Some(due) = earliest(lasted, deadline) else { return Poll::Pending };
        if self.timer.deadline() > due {
            self.timer.as_mut().reset(due);
        }
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let now = Instant::now();
            if deadline.is_some_and(|deadline| deadline <= now) {
                return Poll::Ready(Expired::Deadline);
            }
            if due <= now {
                return Poll::Ready(Expired::Limit);
            }
            self.timer.as_mut().reset(due);
        }
    }
}

/// A time this much later, or `None` if that is beyond what the clock can say.
pub(crate) fn later(now: Instant, by: Duration) -> Option<Instant> {
    now.checked_add(by)
}

/// The earlier of two times that may not be set.
pub(crate) fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const LIMIT: Option<Duration> = Some(Duration::from_secs(30));

    async fn expires(
        watch: &mut Stopwatch<u8>,
        state: (u8, u64),
        limit: Option<Duration>,
        deadline: Option<Instant>,
    ) -> (Expired, Duration) {
        let begin = Instant::now();
        let expired = poll_fn(|cx| watch.poll(cx, state, limit, deadline)).await;
        (expired, begin.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_runs_from_the_last_change() {
        let mut watch = Stopwatch::new(Instant::now(), Duration::from_secs(1));
        let look = |watch: &mut Stopwatch<u8>, state| {
            let mut cx = Context::from_waker(std::task::Waker::noop());
            watch.poll(&mut cx, state, LIMIT, None)
        };
        for bytes in 0..10 {
            assert!(look(&mut watch, (0, bytes)).is_pending());
            tokio::time::advance(Duration::from_secs(29)).await;
        }
        assert!(look(&mut watch, (0, 9)).is_pending(), "29 seconds are not 30");
        let (expired, after) = expires(&mut watch, (0, 9), LIMIT, None).await;
        assert_eq!((expired, after.as_secs()), (Expired::Limit, 1));
        let (expired, after) = expires(&mut watch, (1, 9), LIMIT, None).await;
        assert_eq!((expired, after.as_secs()), (Expired::Limit, 30));
        watch.restart();
        let (expired, after) = expires(&mut watch, (1, 9), LIMIT, None).await;
        assert_eq!((expired, after.as_secs()), (Expired::Limit, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_comes_first_or_alone() {
        let mut watch = Stopwatch::new(Instant::now(), Duration::from_secs(600));
        let deadline = Some(Instant::now() + Duration::from_secs(5));
        let (expired, after) = expires(&mut watch, (0, 0), LIMIT, deadline).await;
        assert_eq!((expired, after.as_secs()), (Expired::Deadline, 5));
        let deadline = Some(Instant::now() + Duration::from_secs(7));
        let (expired, after) = expires(&mut watch, (1, 0), None, deadline).await;
        assert_eq!((expired, after.as_secs()), (Expired::Deadline, 7));
        let forever = Some(Duration::MAX);
        let deadline = Some(Instant::now() + Duration::from_secs(9));
        let (expired, after) = expires(&mut watch, (2, 0), forever, deadline).await;
        assert_eq!((expired, after.as_secs()), (Expired::Deadline, 9));
    }
}
