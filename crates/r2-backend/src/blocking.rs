//! The one way from the runtime to the disk.

use std::io;

/// Runs blocking file work on the runtime's pool for it.
///
/// A step that has begun runs to its end even when the future is dropped; every step of this crate
/// is bounded: a batch of names, one file, one block of a plan.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(io::Error::other(error)),
    }
}
