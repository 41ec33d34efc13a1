//! The client itself: a handle that is cheap to clone, over what its clones share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use r2_resilience::{CircuitState, Executor};
use r2_sign::Signer;
use r2_transport::{Clock, Transport};

use super::builder::ClientBuilder;
use super::call::{self, CallOptions};
use crate::buckets::Buckets;
use crate::cost::{Ledger, Usage};
use crate::credentials::CredentialsProvider;
use crate::endpoint::Endpoint;
use crate::env;
use crate::error::Error;
use crate::objects::Objects;
use crate::operation::Operation;
use crate::presign::Presigner;

/// A client of one S3 service. Cheap to clone; clones share connections, limits, the circuit
/// breaker and the count of what was sent.
///
/// ```
/// use r2_objects::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_objects::Error> {
/// let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// client.buckets().create("photos").await?;
/// client.objects().put("photos", "a.txt", "hello").await?;
/// let object = client.objects().get("photos", "a.txt").await?;
/// assert_eq!(object.body, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) endpoint: Endpoint,
    pub(crate) signer: Signer,
    /// `None` sends requests without a signature.
    pub(crate) credentials: Option<Arc<dyn CredentialsProvider>>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Milliseconds to add to our clock to have the server's.
    pub(super) skew_millis: AtomicI64,
    pub(crate) executor: Executor,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) sends_crc: bool,
    pub(super) extensions: http::Extensions,
}

impl Client {
    /// Begins a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client by the environment; [`ClientBuilder::from_env`] says which variables.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfiguration`](crate::ErrorKind::InvalidConfiguration) with the name of
    /// what is missing or wrong.
    pub fn from_env() -> Result<Self, Error> {
        env::client(&env::Process)
    }

    /// Objects: put, get, list, delete, copy.
    #[must_use]
    pub fn objects(&self) -> Objects<'_> {
        Objects::new(self)
    }

    /// Buckets: create, list, delete, configure.
    #[must_use]
    pub fn buckets(&self) -> Buckets<'_> {
        Buckets::new(self)
    }

    /// URLs that carry their own permission.
    #[must_use]
    pub fn presign(&self) -> Presigner<'_> {
        Presigner::new(self)
    }

    /// Sends an operation, tries again as the policy says, and decodes the reply.
    ///
    /// # Errors
    ///
    /// [`Error`] says what happened, to what, and whether it may have taken effect.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the call up and leaves nothing running here. Whether the operation
    /// took effect on the server is then unknown.
    pub async fn send<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.send_with(operation, CallOptions::new()).await
    }

    /// As [`send`](Self::send), with options for this one call.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn send_with<O: Operation>(
        &self,
        operation: O,
        options: CallOptions,
    ) -> Result<O::Output, Error> {
        call::run(&self.inner, &operation, &options).await
    }

    /// What was sent so far, as it is billed.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.inner.ledger.usage()
    }

    /// Where requests go.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.inner.endpoint
    }

    /// The state of the circuit breaker.
    #[must_use]
    pub fn circuit(&self) -> CircuitState {
        self.inner.executor.circuit()
    }

    /// Does the client send CRC64NVME checksums with contents? Follows the
    /// [`ChecksumPolicy`](crate::ChecksumPolicy) and the endpoint.
    #[must_use]
    pub fn sends_checksums(&self) -> bool {
        self.inner.sends_crc
    }

    /// The time now, as the server sees it.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.inner.now()
    }

    /// An option that a crate above this one put into the builder with
    /// [`ClientBuilder::extension`].
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.inner.extensions.get::<T>()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", &self.inner.endpoint.to_string())
            .field("region", &self.inner.signer.region())
            .field("transport", &self.inner.transport)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn now(&self) -> SystemTime {
        let skew = self.skew_millis.load(Ordering::Relaxed);
        let distance = Duration::from_millis(skew.unsigned_abs());
        let now = self.clock.now();
        let corrected =
            if skew < 0 { now.checked_sub(distance) } else { now.checked_add(distance) };
        corrected.unwrap_or(now)
    }

    /// Takes the server's clock for ours. False if they are not that far apart.
    pub(crate) fn correct_clock(&self, server: SystemTime, at_least: Duration) -> bool {
        /// A server refuses what is 15 minutes off; the `Date` header itself may be seconds old.
        const MATTERS: Duration = Duration::from_secs(60);
        let now = self.now();
        let distance =
            server.duration_since(now).or_else(|_| now.duration_since(server)).unwrap_or_default();
        if distance < at_least.max(MATTERS) {
            return false;
        }
        let own = self.clock.now();
        let millis = |later: SystemTime, earlier: SystemTime| {
            let distance = later.duration_since(earlier).unwrap_or_default();
            i64::try_from(distance.as_millis()).unwrap_or(i64::MAX)
        };
        let skew = millis(server, own).saturating_sub(millis(own, server));
        self.skew_millis.store(skew, Ordering::Relaxed);
        true
    }
}
