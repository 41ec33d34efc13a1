//! Waiting, but not for ever.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::wire::{earliest, later};
use crate::{ErrorKind, TransportError};

/// Waits for something that must happen before a request is sent: at most for `limit`, which ends
/// with an error of the kind `late`, and not past the deadline of the exchange.
pub(super) async fn within<T>(
    limit: Duration,
    deadline: Option<Instant>,
    late: ErrorKind,
    future: impl Future<Output = T>,
) -> Result<T, TransportError> {
    let Some(due) = earliest(later(Instant::now(), limit), deadline) else {
        return Ok(future.await);
    };
    timeout_at(due, future).await.map_err(|_elapsed| {
        let passed = deadline.is_some_and(|deadline| deadline <= due);
        let kind = if passed { ErrorKind::Deadline } else { late };
        TransportError::from_kind(kind).unsent()
    })
}
