//! Work on the disk in a fixed order.
//!
//! Blocking work runs on a thread of its own, and when it is done depends on the machine: whatever
//! else is woken in the meantime comes before or after it. So here the thread is held at a gate
//! while the future that gives it work is polled, and does all of it, in order, before anything
//! else is polled. The runtime must have one such thread and no more.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::task::{Context, Poll};

use crate::model::Violation;

/// A future whose blocking work is done between its polls.
pub(crate) struct InTurn<F>(Pin<Box<F>>);

impl<F: Future> InTurn<F> {
    pub(crate) fn new(work: F) -> Self {
        Self(Box::pin(work))
    }
}

impl<F: Future> Future for InTurn<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let (open, gate) = channel::<()>();
        let (reach, reached) = channel::<()>();
        drop(tokio::task::spawn_blocking(move || {
            drop(reach);
            // ends when the gate opens
            let _ = gate.recv();
        }));
        let _ = reached.recv();
        let polled = self.0.as_mut().poll(context);
        let (done, all_done) = channel::<()>();
        drop(tokio::task::spawn_blocking(move || drop(done)));
        drop(open);
        let _ = all_done.recv();
        polled
    }
}

/// Runs work on the disk where the runtime wants it.
pub(crate) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Violation> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(format!("the disk failed: {error}")),
        Err(error) => Err(format!("the disk's thread failed: {error}")),
    }
}
