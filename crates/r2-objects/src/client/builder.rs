//! How a client is configured, and what is checked before it exists.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use r2_resilience::{BreakerPolicy, Executor, Hedge, KeyPacing, Policy, RatePolicy, RetryPolicy};
use r2_sign::{Credentials, Signer};
use r2_transport::{Clock, HttpClient, HttpClientBuilder, SystemClock, Transport};

use super::handle::Inner;
use super::{ChecksumPolicy, Client};
use crate::cost::{CostCap, Ledger};
use crate::credentials::{self, CredentialsProvider};
use crate::endpoint::{Addressing, Endpoint, Jurisdiction};
use crate::env;
use crate::error::{Error, ErrorKind};

/// R2's region; `us-east-1` and the empty string mean the same there.
const R2_REGION: &str = "auto";

/// Builds a [`Client`].
///
/// Needed are where (`account_id` or `endpoint`) and who (`credentials`, or `anonymous`); all else
/// has a default.
///
/// ```
/// use r2_objects::{Client, Credentials, Jurisdiction};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .account_id("0123456789abcdef0123456789abcdef")
///     .jurisdiction(Jurisdiction::Eu)
///     .credentials(Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32)))
///     .timeout(Duration::from_secs(60))
///     .build()?;
/// let host = "0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com";
/// assert_eq!(client.endpoint().host(), host);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    account_id: Option<String>,
    endpoint: Option<String>,
    jurisdiction: Option<Jurisdiction>,
    addressing: Addressing,
    region: Option<String>,
    credentials: Who,
    transport: Option<Arc<dyn Transport>>,
    http: HttpClientBuilder,
    clock: Arc<dyn Clock>,
    policy: Policy,
    /// Was pacing, or the whole policy, set by the caller?
    pacing_set: bool,
    checksum: ChecksumPolicy,
    cap: CostCap,
    extensions: http::Extensions,
}

/// Who sends.
enum Who {
    Unsaid,
    Anonymous,
    Fixed(Credentials),
    Provider(Arc<dyn CredentialsProvider>),
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            account_id: None,
            endpoint: None,
            jurisdiction: None,
            addressing: Addressing::Path,
            region: None,
            credentials: Who::Unsaid,
            transport: None,
            http: HttpClient::builder(),
            clock: Arc::new(SystemClock),
            policy: Policy::new(),
            pacing_set: false,
            checksum: ChecksumPolicy::Auto,
            cap: CostCap::new(),
            extensions: http::Extensions::new(),
        }
    }

    /// Begins with what the environment says; later calls replace it, and what is missing may come
    /// from them. R2's own names go before the AWS ones:
    ///
    /// - endpoint: `R2_ENDPOINT`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`
    /// - account: `R2_ACCOUNT_ID`, `CLOUDFLARE_ACCOUNT_ID` (not needed with an endpoint)
    /// - jurisdiction: `R2_JURISDICTION`
    /// - key: `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY` and `R2_SESSION_TOKEN`, or the same three
    ///   with `AWS_`
    /// - region: `R2_REGION`, `AWS_REGION`, `AWS_DEFAULT_REGION`; on R2, which has one region, only
    ///   the first counts
    /// - proxy: `HTTPS_PROXY` or `HTTP_PROXY` by the endpoint's scheme, then `ALL_PROXY`, each in
    ///   small letters first; `NO_PROXY`; never for this machine
    /// - trust: `AWS_CA_BUNDLE`, `SSL_CERT_FILE`: a PEM file beside the system's roots
    ///
    /// Of each line the first that is set, and not empty, counts.
    /// A key pair is taken whole from one family of names. `R2_ACCOUNT_ID` goes before the AWS
    /// endpoint variables, because whoever sets it means R2.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfiguration`] names the variable that is wrong, or the missing half of
    /// a pair.
    pub fn from_env() -> Result<Self, Error> {
        env::builder(&env::Process)
    }

    /// Is it said where requests go?
    pub(crate) fn has_place(&self) -> bool {
        self.endpoint.is_some() || self.account_id.is_some()
    }

    /// Is it said who sends?
    pub(crate) fn has_credentials(&self) -> bool {
        !matches!(self.credentials, Who::Unsaid)
    }

    /// The Cloudflare account: 32 hexadecimal digits. Gives the endpoint.
    pub fn account_id(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }

    /// The service's URL: `https://host` for R2 and others, `http://r2.local` for an emulator in
    /// this process. Goes before the account.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// The jurisdiction of the buckets. Default: none.
    pub fn jurisdiction(mut self, jurisdiction: Jurisdiction) -> Self {
        self.jurisdiction = Some(jurisdiction);
        self
    }

    /// Where the bucket's name stands. Default: in the path.
    pub fn addressing(mut self, addressing: Addressing) -> Self {
        self.addressing = addressing;
        self
    }

    /// The region to sign for. Default: `auto`, which is right for R2; other services need theirs,
    /// often `us-east-1`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The key to sign with.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Who::Fixed(credentials);
        self
    }

    /// A source of keys that may change while requests run.
    pub fn credentials_provider(mut self, provider: Arc<dyn CredentialsProvider>) -> Self {
        self.credentials = Who::Provider(provider);
        self
    }

    /// Sends requests without a signature: to an emulator, or to what is public.
    pub fn anonymous(mut self) -> Self {
        self.credentials = Who::Anonymous;
        self
    }

    /// What carries requests. Default: an HTTP client with a connection pool. A transport of one's
    /// own may do without credentials, unless it leads to R2: requests are then not signed.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Settings of the HTTP client: connections, timeouts, trust, proxy, plain HTTP. Without effect
    /// when there is a [`transport`](Self::transport).
    ///
    /// ```
    /// use r2_objects::Client;
    ///
    /// let builder = Client::builder().http(|http| http.max_connections(4));
    /// # drop(builder);
    /// ```
    pub fn http(mut self, configure: impl FnOnce(HttpClientBuilder) -> HttpClientBuilder) -> Self {
        self.http = configure(self.http);
        self
    }

    /// The clock that dates signatures. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long a call may take: waits, retries, and the reading of a streamed reply included.
    /// Default: no limit, because an upload may take hours; what makes no progress is ended by the
    /// transport.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.policy = self.policy.deadline(timeout);
        self
    }

    /// What is tried again, and when.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.policy = self.policy.retry(retry);
        self
    }

    /// When to stop sending; `None` means never.
    pub fn circuit_breaker(mut self, breaker: impl Into<Option<BreakerPolicy>>) -> Self {
        self.policy = self.policy.breaker(breaker);
        self
    }

    /// Requests per second; `None` means no limit.
    pub fn rate_limit(mut self, rate: impl Into<Option<RatePolicy>>) -> Self {
        self.policy = self.policy.rate(rate);
        self
    }

    /// Second attempts beside slow ones. Default: none.
    pub fn hedge(mut self, hedge: Hedge) -> Self {
        self.policy = self.policy.hedge(hedge);
        self
    }

    /// Spacing of writes to one key. Default: R2's one a second on R2's hosts, none elsewhere. What
    /// is set here holds everywhere.
    pub fn key_pacing(mut self, pacing: impl Into<Option<KeyPacing>>) -> Self {
        self.policy = self.policy.key_pacing(pacing);
        self.pacing_set = true;
        self
    }

    /// The whole policy at once: retry, budget, breaker, limits, pacing, deadline. Replaces what
    /// was set before.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self.pacing_set = true;
        self
    }

    /// Whether contents travel with a checksum. Default: [`ChecksumPolicy::Auto`].
    pub fn checksum(mut self, policy: ChecksumPolicy) -> Self {
        self.checksum = policy;
        self
    }

    /// A limit on what the client may send. Default: none.
    pub fn cost_cap(mut self, cap: CostCap) -> Self {
        self.cap = cap;
        self
    }

    /// Keeps an option of a crate above this one; [`Client::extension`] gives it back.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, option: T) -> Self {
        self.extensions.insert(option);
        self
    }

    /// Checks everything and makes the client. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfiguration`] names the field and what to do about it.
    pub fn build(mut self) -> Result<Client, Error> {
        let endpoint = self.checked_endpoint()?.with_addressing(self.addressing);
        let credentials = match std::mem::replace(&mut self.credentials, Who::Anonymous) {
            Who::Fixed(fixed) => {
                credentials::check(&fixed, endpoint.is_r2())?;
                Some(Arc::new(fixed) as Arc<dyn CredentialsProvider>)
            }
            Who::Provider(provider) => Some(provider),
            Who::Anonymous => None,
            Who::Unsaid if self.transport.is_some() && !endpoint.is_r2() => None,
            Who::Unsaid => {
                return Err(config(
                    "there are no credentials: give an access key id and its secret, or say that \
                     requests are anonymous",
                ));
            }
        };
        let region = match self.region {
            None => R2_REGION.to_owned(),
            Some(region) if region.is_empty() => R2_REGION.to_owned(),
            Some(region) if endpoint.is_r2() && !is_r2_region(&region) => {
                return Err(config(format!("region {region:?} is not R2's: leave it out")));
            }
            Some(region) => region,
        };
        let transport =
            match self.transport {
                Some(transport) => transport,
                None => Arc::new(self.http.build().map_err(|error| {
                    config("the http client cannot be made").with_source(error)
                })?),
            };
        if endpoint.is_r2() && !self.pacing_set {
            self.policy = self.policy.key_pacing(KeyPacing::new());
        }
        Ok(Client {
            inner: Arc::new(Inner {
                sends_crc: self.checksum.sends_crc(&endpoint),
                endpoint,
                signer: Signer::new(region),
                credentials,
                transport,
                clock: self.clock,
                skew_millis: AtomicI64::new(0),
                executor: Executor::new(self.policy),
                ledger: Arc::new(Ledger::new(self.cap)),
                extensions: self.extensions,
            }),
        })
    }

    fn checked_endpoint(&self) -> Result<Endpoint, Error> {
        let Some(url) = &self.endpoint else {
            let account_id = self.account_id.as_deref().ok_or_else(|| {
                config("there is neither an account id nor an endpoint: give one of them")
            })?;
            return Endpoint::r2(account_id, self.jurisdiction.unwrap_or_default());
        };
        let endpoint = Endpoint::parse(url)?;
        if let (Some(given), Some(read)) = (&self.account_id, endpoint.account_id())
            && !given.eq_ignore_ascii_case(read)
        {
            return Err(config(format!(
                "the account id {given:?} and the endpoint {url:?} are of different accounts: \
                 leave one of them out"
            )));
        }
        match self.jurisdiction {
            Some(given) if endpoint.is_r2() && given != endpoint.jurisdiction() => {
                Err(config(format!(
                    "the jurisdiction is {:?} and the endpoint {url:?} is that of {:?}: leave one \
                     of them out",
                    given.as_str(),
                    endpoint.jurisdiction().as_str()
                )))
            }
            _ => Ok(endpoint),
        }
    }
}

fn is_r2_region(region: &str) -> bool {
    matches!(region, "auto" | "us-east-1")
}

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, message)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = match &self.credentials {
            Who::Unsaid => "none yet",
            Who::Anonymous => "anonymous",
            Who::Fixed(_) => "a key",
            Who::Provider(_) => "a provider",
        };
        f.debug_struct("ClientBuilder")
            .field("account_id", &self.account_id)
            .field("endpoint", &self.endpoint)
            .field("jurisdiction", &self.jurisdiction)
            .field("region", &self.region)
            .field("credentials", &credentials)
            .finish_non_exhaustive()
    }
}
