//! Keys with an end, kept at hand and fetched again in time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use r2_sign::Credentials;
use r2_transport::{BoxFuture, Clock, SystemClock};

use super::provider::CredentialsProvider;
use crate::error::BoxError;

/// A key that expires is fetched again this long before, or at half of its life if that is later.
const AHEAD: Duration = Duration::from_secs(300);

/// After a fetch that failed, the next one waits this long.
const PAUSE: Duration = Duration::from_secs(1);

/// Fetches keys; [`Refreshing`] keeps them at hand.
///
/// ```
/// use r2_objects::{BoxError, BoxFuture, Credentials, CredentialsSource, Lease};
///
/// #[derive(Debug)]
/// struct FromSomewhere;
///
/// impl CredentialsSource for FromSomewhere {
///     fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
///         Box::pin(async { Ok(Lease::new(Credentials::new("id", "secret"))) })
///     }
/// }
/// ```
pub trait CredentialsSource: fmt::Debug + Send + Sync + 'static {
    /// The key that holds from now on.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any time.
    fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>>;
}

/// A key and how long it is good for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lease {
    /// The key.
    pub credentials: Credentials,
    /// When it stops being good. `None`: nobody knows, perhaps never.
    pub expires_at: Option<SystemTime>,
    /// When to look for a new one, though this one is still good. `None`: five minutes before the
    /// end, or at half of the time until then if that is later.
    pub refresh_at: Option<SystemTime>,
}

impl Lease {
    /// A key without an end.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, expires_at: None, refresh_at: None }
    }

    /// Sets when it stops being good.
    #[must_use]
    pub fn expires_at(mut self, at: SystemTime) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// Sets when to look for a new one.
    #[must_use]
    pub fn refresh_at(mut self, at: SystemTime) -> Self {
        self.refresh_at = Some(at);
        self
    }
}

/// Keeps the key of a source at hand.
///
/// The request that finds a new key due fetches it, while others go on with the one that is still
/// good. When a fetch
/// fails they go on as well, until the key's own end. When the server refuses the key, the next
/// attempt fetches first: so a key may be taken away, and its successor is found, without a request
/// being lost.
///
/// ```
/// use r2_objects::{ProfileFile, Refreshing};
/// use std::sync::Arc;
///
/// let file = ProfileFile::new("credentials").profile("production");
/// let builder = r2_objects::Client::builder()
///     .credentials_provider(Arc::new(Refreshing::new(file)));
/// # drop(builder);
/// ```
#[derive(Debug)]
pub struct Refreshing<S> {
    source: S,
    clock: Arc<dyn Clock>,
    held: Mutex<Option<Held>>,
    /// Held by whoever fetches.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Held {
    credentials: Credentials,
    refresh_at: Option<SystemTime>,
    expires_at: Option<SystemTime>,
    /// Refused by the server: not to be used if there is another.
    refused: bool,
}

impl Held {
    fn is_good(&self, now: SystemTime) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    fn is_fresh(&self, now: SystemTime) -> bool {
        !self.refused && self.is_good(now) && self.refresh_at.is_none_or(|at| now < at)
    }
}

impl<S: CredentialsSource> Refreshing<S> {
    /// Nothing is fetched yet.
    pub fn new(source: S) -> Self {
        let clock = Arc::new(SystemClock);
        Self { source, clock, held: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }

    /// The clock that ends are compared with. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, held: Held) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    }

    async fn current(&self) -> Result<Credentials, BoxError> {
        let before = self.held();
        // While one fetches, the others use what is still good.
        let turn = match (self.fetching.try_lock(), &before) {
            (Ok(turn), _) => turn,
            (Err(_), Some(held)) if !held.refused && held.is_good(self.clock.now()) => {
                return Ok(held.credentials.clone());
            }
            (Err(_), _) => self.fetching.lock().await,
        };
        if let Some(held) = self.held()
            && held.is_fresh(self.clock.now())
        {
            return Ok(held.credentials);
        }
        let result = self.source.fetch().await;
        drop(turn);
        let now = self.clock.now();
        match (result, self.held()) {
            (Ok(lease), _) => {
                let held = keep(lease, now);
                let credentials = held.credentials.clone();
                self.hold(held);
                Ok(credentials)
            }
            (Err(error), Some(held)) if held.is_good(now) => {
                tracing::warn!(error = %error, "no new key could be had: the old one goes on");
                let again = now.checked_add(PAUSE);
                let credentials = held.credentials.clone();
                self.hold(Held { refresh_at: again, refused: false, ..held });
                Ok(credentials)
            }
            (Err(error), _) => Err(error),
        }
    }
}

fn keep(lease: Lease, now: SystemTime) -> Held {
    let Lease { credentials, expires_at, refresh_at } = lease;
    let usual = expires_at.and_then(|end| {
        let life = end.duration_since(now).unwrap_or_default();
        end.checked_sub(AHEAD.min(life / 2))
    });
    Held { credentials, refresh_at: refresh_at.or(usual), expires_at, refused: false }
}

impl<S: CredentialsSource> CredentialsProvider for Refreshing<S> {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, BoxError>> {
        Box::pin(self.current())
    }

    fn ready(&self) -> Option<Credentials> {
        let held = self.held()?;
        held.is_fresh(self.clock.now()).then_some(held.credentials)
    }

    fn refused(&self, used: &Credentials) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_mut()
            && same(&held.credentials, used)
        {
            held.refused = true;
        }
    }
}

/// Whether two keys are one.
pub(crate) fn same(a: &Credentials, b: &Credentials) -> bool {
    a.access_key_id() == b.access_key_id()
        && a.secret_access_key() == b.secret_access_key()
        && a.session_token() == b.session_token()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Gives keys `1`, `2`, …, each with the life that it was told; fails when told so.
    #[derive(Clone, Debug, Default)]
    struct Counting {
        fetched: Arc<AtomicU64>,
        life_seconds: Option<u64>,
        fails: Arc<std::sync::atomic::AtomicBool>,
        clock: Manual,
    }

    #[derive(Clone, Debug, Default)]
    struct Manual(Arc<AtomicU64>);

    impl Manual {
        fn advance(&self, seconds: u64) {
            self.0.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    impl Clock for Manual {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::Relaxed))
        }
    }

    impl CredentialsSource for Counting {
        fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
            Box::pin(async {
                // others come meanwhile
                tokio::task::yield_now().await;
                if self.fails.load(Ordering::Relaxed) {
                    return Err("the source is dry".into());
                }
                let number = self.fetched.fetch_add(1, Ordering::Relaxed) + 1;
                let lease = Lease::new(Credentials::new(number.to_string(), "s"));
                Ok(match self.life_seconds {
                    Some(life) => lease.expires_at(self.clock.now() + Duration::from_secs(life)),
                    None => lease,
                })
            })
        }
    }

    async fn id(provider: &impl CredentialsProvider) -> String {
        provider.credentials().await.unwrap().access_key_id().to_owned()
    }

    #[tokio::test]
    async fn a_key_is_fetched_once_by_many_and_again_before_its_end() {
        let source = Counting { life_seconds: Some(3_600), ..Counting::default() };
        let clock = source.clock.clone();
        let provider = Refreshing::new(source.clone()).clock(clock.clone());
        assert!(provider.ready().is_none());
        let many = (0..20).map(|_| id(&provider));
        assert!(futures_util::future::join_all(many).await.iter().all(|id| id == "1"));
        assert_eq!(source.fetched.load(Ordering::Relaxed), 1);

        clock.advance(3_299);
        assert_eq!(provider.ready().unwrap().access_key_id(), "1");
        clock.advance(1);
        assert!(provider.ready().is_none());
        let both = futures_util::future::join(id(&provider), id(&provider)).await;
        assert_eq!(both, ("2".to_owned(), "1".to_owned()), "the second does not wait");
        assert_eq!(provider.ready().unwrap().access_key_id(), "2");
    }

    #[tokio::test]
    async fn a_dry_source_does_not_end_a_key_that_is_still_good() {
        let source = Counting { life_seconds: Some(100), ..Counting::default() };
        let clock = source.clock.clone();
        let provider = Refreshing::new(source.clone()).clock(clock.clone());
        assert_eq!(id(&provider).await, "1");
        source.fails.store(true, Ordering::Relaxed);
        clock.advance(60);
        assert_eq!(id(&provider).await, "1");
        clock.advance(40);
        assert!(provider.credentials().await.is_err());
        source.fails.store(false, Ordering::Relaxed);
        assert_eq!(id(&provider).await, "2");
    }

    #[tokio::test]
    async fn a_refused_key_is_fetched_again_and_an_older_refusal_does_not_count() {
        let source = Counting::default();
        let provider = Refreshing::new(source);
        assert_eq!(id(&provider).await, "1");
        let first = provider.ready().unwrap();
        provider.refused(&first);
        assert!(provider.ready().is_none());
        assert_eq!(id(&provider).await, "2");
        provider.refused(&first);
        assert_eq!(provider.ready().unwrap().access_key_id(), "2");
    }
}
