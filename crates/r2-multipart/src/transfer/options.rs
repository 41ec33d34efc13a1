//! The options that every kind of transfer takes.

use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use super::{MultipartDefaults, Progress, Stop};
use crate::machine::Concurrency;
use crate::plan::PartSize;

/// How a transfer is cut, how much of it is under way at once, who watches it and when it ends.
///
/// Cheap to clone: one value serves any number of transfers.
///
/// ```
/// use r2_multipart::machine::Concurrency;
/// use r2_multipart::{PartSize, Stop, TransferOptions};
///
/// let stop = Stop::new();
/// let options = TransferOptions::new()
///     .part_size(PartSize::new(32 * 1024 * 1024)?)
///     .concurrency(Concurrency::new(8))
///     .progress(|update: &r2_multipart::ProgressUpdate| println!("{} bytes", update.bytes_done))
///     .stop(&stop);
/// assert_eq!(options.memory_bytes_max(), 8 * 32 * 1024 * 1024);
/// # Ok::<(), r2_multipart::Error>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct TransferOptions {
    pub(crate) part_size: Option<PartSize>,
    pub(crate) concurrency: Option<Concurrency>,
    pub(crate) progress: Option<Arc<dyn Progress>>,
    pub(crate) stop: Option<Stop>,
    pub(crate) deadline: Option<Instant>,
}

impl TransferOptions {
    /// What the client's [`MultipartDefaults`] say: parts of 10 MiB (128 MiB for copies inside the
    /// service), 4 at once; no deadline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Size of the parts. It grows by itself where 10,000 parts of it would not suffice.
    #[must_use]
    pub fn part_size(mut self, size: PartSize) -> Self {
        self.part_size = Some(size);
        self
    }

    /// How many requests are in flight at most; fewer while the server asks for less.
    #[must_use]
    pub fn concurrency(mut self, concurrency: Concurrency) -> Self {
        self.concurrency = Some(concurrency);
        self
    }

    /// Who is told how far it is.
    #[must_use]
    pub fn progress(mut self, progress: impl Progress) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Ends the transfer in an orderly way when `stop` says so: an upload is aborted on the
    /// server, or kept to go on with if that was asked for.
    #[must_use]
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.stop = Some(stop.clone());
        self
    }

    /// When the whole transfer has to be over. Only cleaning up may take longer.
    #[must_use]
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Fills what is not said with what the client was built with.
    pub(crate) fn or(mut self, defaults: &MultipartDefaults) -> Self {
        self.part_size = self.part_size.or(defaults.part_size);
        self.concurrency = self.concurrency.or(Some(defaults.concurrency));
        self
    }

    pub(crate) fn ceiling(&self) -> Concurrency {
        self.concurrency.unwrap_or_default()
    }

    /// Buffers of one transfer, at most, in bytes: part size times requests in flight. A part size
    /// that has to grow for the sake of 10,000 parts makes it more.
    #[must_use]
    pub fn memory_bytes_max(&self) -> u64 {
        self.part_size.unwrap_or_default().bytes() * u64::from(self.ceiling().get())
    }
}

impl fmt::Debug for TransferOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part_size, concurrency, progress, stop, deadline } = self;
        f.debug_struct("TransferOptions")
            .field("part_size", part_size)
            .field("concurrency", concurrency)
            .field("progress", &progress.is_some())
            .field("stop", stop)
            .field("deadline", deadline)
            .finish()
    }
}
