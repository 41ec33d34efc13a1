//! The time by which an exchange must be over.

use tokio::time::Instant;

/// A request extension: the moment by which the whole exchange, its response body included, must be
/// over.
///
/// It bounds the wait for a connection, connecting, sending, and receiving. When it passes, the
/// exchange or its response body fails with [`ErrorKind::Deadline`](crate::ErrorKind::Deadline).
///
/// ```
/// use std::time::Duration;
/// use r2_transport::{Body, Deadline};
/// use tokio::time::Instant;
///
/// let mut request = http::Request::new(Body::empty());
/// request.extensions_mut().insert(Deadline(Instant::now() + Duration::from_secs(10)));
/// assert!(request.extensions().get::<Deadline>().is_some());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Instant);
