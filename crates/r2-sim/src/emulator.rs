//! The emulator as a value: built once, cloned freely, used as a transport.

use std::path::Path;
use std::sync::Arc;

use http::{Request, Response};
use r2_sign::Credentials;
use r2_transport::{Body, BoxFuture, Clock, SystemClock, Transport, TransportError};
use r2_xml::ErrorCode;

use crate::access::{Access, AccessKey};
use crate::error::{Error, ErrorKind};
use crate::jurisdiction::Jurisdiction;
use crate::locks::LockRule;
use crate::protocol::Refusal;
use crate::public::{Face, Faces, PublicBucket};
use crate::service::{Ids, NotLocked, Pace, Service};
#[cfg(test)]
use crate::store::Disk;
use crate::store::{Durability, Kept, Store, StoreReport, copy_closed};
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

    /// The same account as it is reached in a jurisdiction: requests whose host names none are
    /// about the buckets of this one.
    #[must_use]
    pub fn in_jurisdiction(&self, jurisdiction: Jurisdiction) -> Emulator {
        Emulator { service: Arc::new(self.service.in_jurisdiction(jurisdiction)) }
    }

    /// Replaces the lock rules of a bucket: what they keep can be neither overwritten nor deleted
    /// (403 `ObjectLockedByBucketPolicy`), from the moment this returns, objects that exist among
    /// it. R2 has no S3 operation for this, only its dashboard and its own API.
    ///
    /// # Errors
    ///
    /// When the bucket does not exist, when there are more than 1,000 rules or two of one name, and
    /// when the store fails.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the rules are set or not.
    pub async fn lock_bucket(
        &self,
        bucket: &str,
        rules: impl IntoIterator<Item = LockRule> + Send,
    ) -> Result<(), Error> {
        let rules = rules.into_iter().collect();
        let set = self.service.set_locks(bucket, rules).await;
        set.map_err(|not| match not {
            NotLocked::Rules(why) => Error::locks(ErrorKind::LockRules, bucket, why),
            NotLocked::Refused(refusal) => locks_refused(bucket, &refusal),
        })
    }

    /// The lock rules of a bucket.
    ///
    /// # Errors
    ///
    /// When the bucket does not exist, and when the store fails.
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn bucket_locks(&self, bucket: &str) -> Result<Vec<LockRule>, Error> {
        let found = self.service.locks(bucket).await;
        found.map_err(|refusal| locks_refused(bucket, &refusal))
    }

    /// What the world sees of a bucket that was made public: see [`PublicBucket`]. The bucket need
    /// not exist yet.
    #[must_use]
    pub fn public_bucket(&self, name: impl Into<String>) -> PublicBucket {
        PublicBucket::new(Arc::clone(&self.service), name)
    }
}

/// A state of an emulator in memory, kept for later: the same tests can begin from it again and
/// again. See [`Emulator::snapshot`].
#[derive(Clone, Debug)]
pub struct SavedState {
    service: Arc<Service>,
    kept: Arc<Kept>,
}

impl SavedState {
    /// A new emulator in this state. Others do not see what happens to it.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "an index in memory has no file to fail on")]
    pub fn emulator(&self) -> Emulator {
        let store = Store::from_kept(&self.kept);
        let store = store.expect("an index in memory has no file to fail on");
        Emulator { service: Arc::new(self.service.with_store(store)) }
    }
}

/// States that are kept, copied and gone back to.
impl Emulator {
    /// An independent copy of an emulator in memory, sharing the bytes of bodies: what one of the
    /// two does from now on, the other does not see. `None` for a directory, which has
    /// [`copy_to`](Emulator::copy_to).
    ///
    /// ```
    /// use r2_sim::Emulator;
    ///
    /// assert!(Emulator::memory().fork().is_some());
    /// ```
    #[must_use]
    pub fn fork(&self) -> Option<Emulator> {
        Some(self.snapshot()?.emulator())
    }

    /// Keeps the state of an emulator in memory, in about a millisecond however much it holds.
    /// `None` for a directory, which has [`copy_to`](Emulator::copy_to).
    ///
    /// Keys, switches and the clock are not part of it.
    ///
    /// ```
    /// use http::Request;
    /// use r2_sim::Emulator;
    /// use r2_transport::{Body, Transport as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let r2 = Emulator::memory();
    /// let put = |path: &str| Request::put(format!("http://r2.local{path}")).body(Body::empty());
    /// let head = |path: &str| Request::head(format!("http://r2.local{path}")).body(Body::empty());
    /// r2.send(put("/photos")?).await?;
    /// let empty = r2.snapshot().ok_or("a directory")?;
    ///
    /// r2.send(put("/photos/cat")?).await?;
    /// r2.restore(&empty)?;
    /// assert_eq!(r2.send(head("/photos/cat")?).await?.status(), 404);
    /// assert_eq!(empty.emulator().send(head("/photos")?).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Option<SavedState> {
        let kept = Arc::new(self.service.store.keep().ok().flatten()?);
        Some(SavedState { service: Arc::clone(&self.service), kept })
    }

    /// Goes back to a state, for all clones of this emulator and whoever serves one. Requests under
    /// way end on the state that was there before, and what they write goes with it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a directory.
    pub fn restore(&self, state: &SavedState) -> Result<(), Error> {
        self.service.store.restore(&state.kept)
    }

    /// Copies the state of a directory into another, new one, while nothing is written. Bodies in
    /// files are not copied but linked, where the file system can, for they never change; so it
    /// takes as long as a copy of the index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for an emulator in memory; else as
    /// [`directory`](EmulatorBuilder::directory). What is left then is no store.
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped the copy goes on to its end in the background.
    pub async fn copy_to(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.service.store.copy_to(path.as_ref(), self.service.durability).await
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

fn locks_refused(bucket: &str, refusal: &Refusal) -> Error {
    let document = refusal.document();
    let kind = match document.code {
        ErrorCode::NoSuchBucket => ErrorKind::NoSuchBucket,
        _ => ErrorKind::Io,
    };
    Error::locks(kind, bucket, document.message.clone())
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

    /// A host below which labels mean a bucket, this account and a jurisdiction, each of them
    /// optional, besides `r2.local`: `[<bucket>.][<account>.][<jurisdiction>.]<domain>`.
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

    /// Makes a new folder that begins as a copy of another store's, which stays as it is, and opens
    /// it. Any number of processes may copy the same one, while nobody has it open.
    ///
    /// Bodies in files are not copied but linked, where the file system can. Blocking.
    ///
    /// # Errors
    ///
    /// As [`directory`](EmulatorBuilder::directory), for either folder; the new one must not exist,
    /// or be empty.
    ///
    /// ```
    /// use r2_sim::Emulator;
    ///
    /// let root = tempfile::tempdir()?;
    /// let (kept, fresh) = (root.path().join("kept"), root.path().join("fresh"));
    /// drop(Emulator::builder().directory(&kept)?);
    /// drop(Emulator::builder().directory_copy(&kept, &fresh)?);
    /// assert!(fresh.join("index.redb").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn directory_copy(
        self,
        from: impl AsRef<Path>,
        to: impl AsRef<Path>,
    ) -> Result<Emulator, Error> {
        copy_closed(from.as_ref(), to.as_ref(), self.durability)?;
        self.directory(to)
    }

    fn build(self, store: Store, seed: u64) -> Emulator {
        let service = Service {
            store,
            clock: self.clock,
            switches: self.switches,
            access: Arc::new(Access::new(self.keys)),
            ids: Arc::new(Ids::new(seed)),
            pace: Arc::new(Pace::default()),
            account_id: self.account_id,
            domains: self.domains.into(),
            public: Arc::new(self.public),
            jurisdiction: Jurisdiction::Default,
            durability: self.durability,
        };
        Emulator { service: Arc::new(service) }
    }
}
