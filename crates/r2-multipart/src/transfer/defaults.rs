//! What a client's transfers do where their own options say nothing.

use r2_objects::{Client, ClientBuilder};

use crate::limits::{PART_BYTES_MAX, THRESHOLD_BYTES_DEFAULT};
use crate::machine::Concurrency;
use crate::plan::PartSize;

/// Defaults for all transfers of a client; the options of a single transfer go before them.
///
/// ```
/// use r2_multipart::machine::Concurrency;
/// use r2_multipart::{ClientBuilderExt as _, MultipartDefaults, PartSize};
/// use r2_objects::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let defaults = MultipartDefaults::new()
///     .threshold_bytes(16 * 1024 * 1024)
///     .part_size(PartSize::new(8 * 1024 * 1024)?)
///     .concurrency(Concurrency::new(2));
/// let local = r2_sim::Emulator::memory();
/// let client = Client::builder()
///     .endpoint("http://r2.local")
///     .transport(local)
///     .multipart(defaults.clone())
///     .build()?;
/// assert_eq!(MultipartDefaults::of(&client), defaults);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MultipartDefaults {
    /// From this length on uploads go in parts, in bytes. Default 100 MiB.
    pub threshold_bytes: u64,
    /// Size of the parts. Default 10 MiB, and 128 MiB for copies inside the service.
    pub part_size: Option<PartSize>,
    /// Requests of one transfer in flight, at most. Default 4.
    pub concurrency: Concurrency,
}

impl MultipartDefaults {
    /// The defaults above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            threshold_bytes: THRESHOLD_BYTES_DEFAULT,
            part_size: None,
            concurrency: Concurrency::default(),
        }
    }

    /// Sets from which length on uploads go in parts, in bytes. At most 5 GiB less 5 MiB.
    #[must_use]
    pub fn threshold_bytes(mut self, bytes: u64) -> Self {
        self.threshold_bytes = bytes.min(PART_BYTES_MAX);
        self
    }

    /// Sets the size of the parts.
    #[must_use]
    pub fn part_size(mut self, size: PartSize) -> Self {
        self.part_size = Some(size);
        self
    }

    /// Sets how many requests of one transfer are in flight at most.
    #[must_use]
    pub fn concurrency(mut self, concurrency: Concurrency) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// What this client was built with.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        client.extension::<Self>().cloned().unwrap_or_default()
    }
}

impl Default for MultipartDefaults {
    fn default() -> Self {
        Self::new()
    }
}

/// Adds `multipart(..)` to [`ClientBuilder`].
pub trait ClientBuilderExt {
    /// Sets what the client's transfers do where their own options say nothing.
    #[must_use]
    fn multipart(self, defaults: MultipartDefaults) -> Self;
}

impl ClientBuilderExt for ClientBuilder {
    fn multipart(self, defaults: MultipartDefaults) -> Self {
        self.extension(defaults)
    }
}
