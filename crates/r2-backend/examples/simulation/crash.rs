//! The death of a client at one of its awaits.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is dropped when it would be polled once too often. Its value is `None` then: what
/// it had begun on the other side stays as it is, and nothing of it runs on.
pub(crate) struct Mortal<F> {
    /// Dropped at once when its time has come.
    life: Option<Pin<Box<F>>>,
    polls_left: u32,
}

impl<F: Future> Mortal<F> {
    pub(crate) fn new(life: F, polls: u32) -> Self {
        Self { life: Some(Box::pin(life)), polls_left: polls }
    }
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            self.life = None;
        }
        self.polls_left = self.polls_left.saturating_sub(1);
        match &mut self.life {
            None => Poll::Ready(None),
            Some(life) => life.as_mut().poll(context).map(Some),
        }
    }
}
