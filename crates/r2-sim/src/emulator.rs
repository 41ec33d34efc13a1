//! The emulator as a value: built once, cloned freely, used as a transport.

use std::path::Path;
use std::sync::Arc;

use http::{Request, Response};
use r2_sign::Credentials;
use r2_transport::{Body, BoxFuture, Clock, SystemClock, Transport, TransportError};

use crate::access::{Access, AccessKey};
use crate::error::Error;
use crate::public::{Face, Faces, PublicBucket};
use crate::service::{Ids, Pace, Service};
#[cfg(test)]
use crate::store::Disk;
use crate::store::{Durability, Store, StoreReport};
use crate::switches::Switches;

/// Account of an emulator that was not told another one.
const ACCOUNT_ID: &str = "00000000000000000000000000000000";

/// Below this host the first label is a bucket.
const DOMAIN: &str = "r2.local";

/// A local R2: the operations of its S3 API, answered as R2 answers them.
///
/// An emulator is a [`Transport`], so a client talks to it in process, without sockets; the host of
/// the URI does not matter in path style (`http://r2.local/bucket/key`). With
/// [`serve`](r2_transport::serve) the same value answers over HTTP. Clones share everything.
///
/// In memory mode bodies are held in memory and requests are answered on the spot, so that a
/// simulation with one thread is deterministic. In directory mode bodies stream through buffers of
/// 256 KiB, every blocking call runs on the blocking pool of the tokio runtime, and what was
/// answered is on the disk.
///
/// ```
/// use http::{Request, StatusCode};
/// use r2_sim::Emulator;
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = Emulator::memory();
/// let put = |path: &str, body: &'static str| {
///     Request::put(format!("http://r2.local{path}")).body(Body::from(body))
/// };
/// assert_eq!(r2.send(put("/photos", "")?).await?.status(), StatusCode::OK);
/// let stored = r2.send(put("/photos/cat", "meow")?).await?;
/// assert_eq!(stored.headers()["etag"], "\"4a4be40c96ac6314e91d93f38043a634\"");
///
/// let get = Request::get("http://r2.local/photos/cat").body(Body::empty())?;
/// let body = r2.send(get).await?.into_body().collect(1024).await?;
/// assert_eq!(body, "meow");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Emulator {
    service: Arc<Service>,
}

impl Emulator {
    /// An empty R2 in memory that accepts signed and unsigned requests alike.
    #[must_use]
    pub fn memory() -> Emulator {
        Emulator::builder().memory()
    }

    /// Everything that can be chosen.
    #[must_use]
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// An independent copy of an emulator in memory, sharing the bytes of bodies: what one of the
    /// two does from now on, the other does not see. `None` for a directory.
    ///
    /// ```
    /// use r2_sim::Emulator;
    ///
    /// assert!(Emulator::memory().fork().is_some());
    /// ```
    #[must_use]
    pub fn fork(&self) -> Option<Emulator> {
        let store = self.service.store.fork().ok().flatten()?;
        Some(Emulator { service: Arc::new(self.service.with_store(store)) })
    }
}

impl Emulator {
    /// Looks whether the store is whole: every object has its bytes, every count is right, and no
    /// file is there for nothing. Nothing is written meanwhile.
    ///
    /// # Errors
    ///
    /// When the store cannot be read. What is wrong with what was read is in the report.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing; the look goes on to its end in the background.
    pub async fn check(&self) -> Result<StoreReport, Error> {
        let store = &self.service.store;
        store.check().await.map_err(|error| store.failure(error).doing("check"))
    }

    #[cfg(test)]
    pub(crate) fn store(&self) -> &Store {
        &self.service.store
    }

    /// What the world sees of a bucket that was made public: see [`PublicBucket`]. The bucket need
    /// not exist yet.
    #[must_use]
    pub fn public_bucket(&self, name: impl Into<String>) -> PublicBucket {
        PublicBucket::new(Arc::clone(&self.service), name)
    }
}

impl Transport for Emulator {
    /// Never fails: what happens to a request is told by its response.
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async { Ok(self.service.answer(request).await) })
    }
}

/// What an [`Emulator`] is made of.
#[derive(Debug)]
pub struct EmulatorBuilder {
    clock: Arc<dyn Clock>,
    keys: Vec<AccessKey>,
    seed: Option<u64>,
    durability: Durability,
    switches: Switches,
    account_id: String,
    domains: Vec<String>,
    public: Faces,
}

impl EmulatorBuilder {
    fn new() -> EmulatorBuilder {
        EmulatorBuilder {
            clock: Arc::new(SystemClock),
            keys: Vec::new(),
            seed: None,
            durability: Durability::Disk,
            switches: Switches::new(),
            account_id: ACCOUNT_ID.to_owned(),
            domains: vec![DOMAIN.to_owned()],
            public: Faces::default(),
        }
    }

    /// The wall clock: dates, skew, expiry and lifecycle follow it. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> EmulatorBuilder {
        self.clock = clock;
        self
    }

    /// A key pair that may do everything. As soon as there is a pair, every request must be signed.
    ///
    /// R2's access key ids are 32 characters long, and a request with another length is told so;
    /// if a pair of another length is given here, any length passes.
    #[must_use]
    pub fn credentials(self, credentials: Credentials) -> EmulatorBuilder {
        self.access_key(AccessKey::new(credentials))
    }

    /// A key pair with limited rights.
    #[must_use]
    pub fn access_key(mut self, key: AccessKey) -> EmulatorBuilder {
        self.keys.push(key);
        self
    }

    /// Where request ids, version ids and upload ids start. Default: always the same in memory,
    /// random for a directory.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> EmulatorBuilder {
        self.seed = Some(seed);
        self
    }

    /// When a write counts as done, for a directory. Default: [`Durability::Disk`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> EmulatorBuilder {
        self.durability = durability;
        self
    }

    /// Behaviour where R2 varies or is not known. Default: [`Switches::new`].
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> EmulatorBuilder {
        self.switches = switches;
        self
    }

    /// The account that owns everything. Default: 32 zeros.
    #[must_use]
    pub fn account_id(mut self, id: impl Into<String>) -> EmulatorBuilder {
        self.account_id = id.into();
        self
    }

    /// A host below which the first label is a bucket (`<bucket>.<domain>`), besides `r2.local`.
    #[must_use]
    pub fn domain(mut self, host: impl Into<String>) -> EmulatorBuilder {
        self.domains.push(host.into());
        self
    }

    /// Lets anybody read a bucket at a host of its own, as at a custom domain: requests whose
    /// `host` is this one are answered as by a [`PublicBucket`].
    ///
    /// ```
    /// use r2_sim::Emulator;
    ///
    /// let builder = Emulator::builder().public_at_host("photos", "cats.example");
    /// # drop(builder);
    /// ```
    #[must_use]
    pub fn public_at_host(
        mut self,
        bucket: impl Into<String>,
        host: impl Into<String>,
    ) -> EmulatorBuilder {
        self.public.add_host(host, Face::new(bucket));
        self
    }

    /// Lets anybody read a bucket below `/cdn-cgi/local/r2/public/<bucket>/`, where Cloudflare's
    /// tools for local development serve it: a [`PublicBucket`] for pages of all sites.
    #[must_use]
    pub fn public_at_path(mut self, bucket: impl Into<String>) -> EmulatorBuilder {
        self.public.add_path(Face::new(bucket));
        self
    }

    /// Builds an emulator that holds everything in memory.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "an index in memory has no file to fail on")]
    pub fn memory(self) -> Emulator {
        let seed = self.seed.unwrap_or_default();
        let store = Store::memory(seed).expect("an index in memory has no file to fail on");
        self.build(store, seed)
    }

    /// Opens the store in a folder, or makes a new one there.
    ///
    /// Blocking: call it before the runtime starts or with `spawn_blocking`. The emulator itself
    /// needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, is in use by another process (after a wait of three
    /// seconds), was written by a newer version, or cannot be read or written.
    pub fn directory(self, path: impl AsRef<Path>) -> Result<Emulator, Error> {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        let store = Store::directory(path.as_ref(), seed, self.durability)?;
        Ok(self.build(store, seed))
    }

    /// Opens a folder on another disk than the system's.
    #[cfg(test)]
    pub(crate) fn on_disk(self, disk: Arc<dyn Disk>, path: &Path) -> Result<Emulator, Error> {
        let seed = self.seed.unwrap_or_default();
        let store = Store::on_disk(disk, path, seed, self.durability)?;
        Ok(self.build(store, seed))
    }

    fn build(self, store: Store, seed: u64) -> Emulator {
        let service = Service {
            store,
            clock: self.clock,
            switches: self.switches,
            access: Arc::new(Access::new(self.keys)),
            ids: Ids::new(seed),
            pace: Pace::default(),
            account_id: self.account_id,
            domains: self.domains,
            public: self.public,
        };
        Emulator { service: Arc::new(service) }
    }
}
