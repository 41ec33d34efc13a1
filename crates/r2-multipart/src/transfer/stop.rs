//! A signal that ends transfers in an orderly way.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends every transfer that was given a clone of it, once [`Stop::stop`] is called.
///
/// Dropping a transfer's future also ends it at once, but a future that is dropped cannot tell the
/// server: an upload in parts stays there until it expires. This signal lets it say so first.
///
/// ```
/// use r2_multipart::Stop;
///
/// let stop = Stop::new();
/// let given_to_a_transfer = stop.clone();
/// stop.stop();
/// assert!(given_to_a_transfer.is_stopped());
/// ```
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// A signal that has not come yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Ends all transfers that have a clone of this, now and later.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether the signal came.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the signal; for ever where there is none.
    pub(crate) async fn wait(stop: Option<&Self>) {
        let came = match stop {
            // an error means that no sender is left, and `stop` holds one
            Some(stop) => stop.0.subscribe().wait_for(|stopped| *stopped).await.is_ok(),
            None => false,
        };
        if !came {
            std::future::pending::<()>().await;
        }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}
