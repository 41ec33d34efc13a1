//! From settings to a client.

use std::sync::Arc;
use std::time::Duration;

use r2_multipart::machine::Concurrency;
use r2_multipart::{ClientBuilderExt as _, MultipartDefaults, PartSize};
use r2_objects::{
    Backoff, BreakerPolicy, ClientBuilder, Credentials, Jurisdiction, ProfileFile, RatePolicy,
    Refreshing, RetryPolicy,
};
use r2_transport::HttpClient;

use crate::credentials::{CredentialProcess, Vault};

use super::load::{Config, Origin};
use super::problem::{ConfigError, Problem};

const ACCOUNT_ID: &str = "cloudflare_r2.account_id";
const ENDPOINT: &str = "cloudflare_r2.endpoint";
const SOURCE: &str = "cloudflare_r2.credentials.source";
const KEY_ID: &str = "cloudflare_r2.credentials.access_key_id";
const SECRET: &str = "cloudflare_r2.credentials.secret_access_key";
const TOKEN: &str = "cloudflare_r2.credentials.session_token";

impl Config {
    /// Puts into a builder what was said: by a file, the environment or a flag. Defaults are left
    /// to the builder, so what a program set before stays where nobody says anything else.
    ///
    /// The builder may have been made by [`ClientBuilder::from_env`], which knows more variables
    /// than a configuration has settings: proxies, and files of trust.
    ///
    /// # Errors
    ///
    /// When settings do not go together; the source names the file and line.
    pub fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, ConfigError> {
        if self.is_said(ACCOUNT_ID)
            && let Some(account_id) = self.text(ACCOUNT_ID)
        {
            builder = builder.account_id(account_id);
        }
        if self.is_said(ENDPOINT)
            && let Some(endpoint) = self.text(ENDPOINT)
        {
            builder = builder.endpoint(endpoint);
        }
        let jurisdiction = "cloudflare_r2.jurisdiction";
        if self.origin(jurisdiction) != Origin::Default
            && let Some(name) = self.text(jurisdiction)
        {
            let parsed = Jurisdiction::parse(&name)
                .map_err(|error| self.problem(jurisdiction, &error.to_string()))?;
            builder = builder.jurisdiction(parsed);
        }
        let region = "cloudflare_r2.region";
        if self.origin(region) != Origin::Default
            && let Some(region) = self.text(region)
        {
            builder = builder.region(region);
        }
        self.credentials(self.apply_policies(builder)?)
    }

    /// The part of [`apply`](Self::apply) that says neither where nor who: timeout, resilience and
    /// multipart. For a client of the local R2.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn apply_policies(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, ConfigError> {
        if let Some(timeout) = self.time("cloudflare_r2.timeout_seconds") {
            builder = builder.timeout(timeout);
        }
        Ok(self.resilience(builder).multipart(self.multipart()?))
    }

    /// What transfers do where their own options say nothing.
    ///
    /// # Errors
    ///
    /// When the part size is none; the table of settings does not let that happen.
    pub fn multipart(&self) -> Result<MultipartDefaults, ConfigError> {
        let mut defaults = MultipartDefaults::new();
        if let Some(bytes) = self.count("cloudflare_r2.multipart.threshold_bytes") {
            defaults = defaults.threshold_bytes(bytes);
        }
        let part_size = "cloudflare_r2.multipart.part_size_bytes";
        // unsaid it is left out: copies inside the service have larger parts by default
        if self.origin(part_size) != Origin::Default
            && let Some(bytes) = self.count(part_size)
        {
            let size = PartSize::new(bytes)
                .map_err(|error| self.problem(part_size, &error.to_string()))?;
            defaults = defaults.part_size(size);
        }
        if let Some(count) = self.count("cloudflare_r2.multipart.concurrency") {
            let requests = u16::try_from(count).unwrap_or(u16::MAX);
            defaults = defaults.concurrency(Concurrency::new(requests));
        }
        Ok(defaults)
    }

    fn resilience(&self, mut builder: ClientBuilder) -> ClientBuilder {
        let retry = |name: &str| format!("cloudflare_r2.resilience.retry.{name}");
        let said = ["max_attempts", "initial_backoff_ms", "max_backoff_ms"];
        if said.iter().any(|name| self.origin(&retry(name)) != Origin::Default) {
            let attempts = self.count(&retry("max_attempts"));
            let first = self.time(&retry("initial_backoff_ms"));
            let max = self.time(&retry("max_backoff_ms"));
            builder = builder.retry(retry_policy(attempts, first, max));
        }
        let breaker = |name: &str| format!("cloudflare_r2.resilience.circuit_breaker.{name}");
        let said = ["failure_threshold", "reset_timeout_seconds"];
        if said.iter().any(|name| self.origin(&breaker(name)) != Origin::Default) {
            let mut policy = BreakerPolicy::new();
            if let Some(failures) = self.count(&breaker("failure_threshold")) {
                policy = policy.failures(u32::try_from(failures).unwrap_or(u32::MAX));
            }
            if let Some(time) = self.time(&breaker("reset_timeout_seconds")) {
                policy = policy.open_for(time);
            }
            builder = builder.circuit_breaker(policy);
        }
        match self.rate("cloudflare_r2.resilience.rate_limit.requests_per_second") {
            Some(rate) => builder.rate_limit(RatePolicy::new(rate)),
            None => builder,
        }
    }

    fn credentials(&self, builder: ClientBuilder) -> Result<ClientBuilder, ConfigError> {
        let source = self.text(SOURCE).unwrap_or_default();
        // a key in a file says that it is meant, also without the word `static`
        let has_key = self.is_said(KEY_ID) || self.is_said(SECRET);
        match source.as_str() {
            "static" => self.fixed_key(builder, SOURCE),
            "environment" if has_key => {
                self.fixed_key(builder, if self.is_said(KEY_ID) { KEY_ID } else { SECRET })
            }
            "profile" | "file" => {
                let path = self.needed("cloudflare_r2.credentials.path", &source)?;
                let mut file = ProfileFile::new(path);
                if let Some(name) = self.text("cloudflare_r2.credentials.profile")
                    && source == "profile"
                {
                    file = file.profile(name);
                }
                Ok(builder.credentials_provider(Arc::new(Refreshing::new(file))))
            }
            "process" => {
                let path = "cloudflare_r2.credentials.command";
                let process = CredentialProcess::parse(&self.needed(path, &source)?)
                    .map_err(|what| self.problem(path, &what))?;
                Ok(builder.credentials_provider(Arc::new(Refreshing::new(process))))
            }
            "vault" => {
                let vault = self.vault()?;
                Ok(builder.credentials_provider(Arc::new(Refreshing::new(vault))))
            }
            _ => Ok(builder),
        }
    }

    fn fixed_key(&self, builder: ClientBuilder, at: &str) -> Result<ClientBuilder, ConfigError> {
        match (self.text(KEY_ID), self.text(SECRET)) {
            (Some(id), Some(secret)) => {
                let credentials = Credentials::new(id, secret);
                Ok(builder.credentials(match self.text(TOKEN) {
                    Some(token) => credentials.with_session_token(token),
                    None => credentials,
                }))
            }
            (id, _) => {
                let missing = if id.is_some() { "secret_access_key" } else { "access_key_id" };
                let message = format!("the key pair is not whole: there is no {missing}");
                Err(self.problem(at, &message))
            }
        }
    }

    fn vault(&self) -> Result<Vault, ConfigError> {
        let setting = |name: &str| format!("cloudflare_r2.credentials.vault.{name}");
        let address = self.needed(&setting("address"), "vault")?;
        let path = self.needed(&setting("path"), "vault")?;
        let token = self.needed(&setting("token"), "vault")?;
        let http = HttpClient::builder().build();
        let http = http.map_err(|error| self.problem(SOURCE, &error.to_string()))?;
        let mut vault = Vault::new(Arc::new(http), address, path, token);
        if let Some(mount) = self.text(&setting("mount")) {
            vault = vault.mount(mount);
        }
        if let Some(namespace) = self.text(&setting("namespace")) {
            vault = vault.namespace(namespace);
        }
        Ok(vault)
    }

    /// What a source of keys cannot do without.
    fn needed(&self, path: &str, source: &str) -> Result<String, ConfigError> {
        self.text(path).ok_or_else(|| {
            self.problem(SOURCE, &format!("the source {source:?} needs `{path}`: set it"))
        })
    }

    /// Whether a file or a flag says so: what the environment says the builder knows itself, with
    /// rules of its own.
    fn is_said(&self, path: &str) -> bool {
        self.is_from_file(path) || matches!(self.origin(path), Origin::Flag(_))
    }

    fn problem(&self, path: &str, message: &str) -> ConfigError {
        let message = format!("`{path}`: {message}");
        match self.origin(path) {
            Origin::Project(file, place) | Origin::User(file, place) => {
                Problem::new(&file.display().to_string(), Some(place), message).into()
            }
            other => Problem::new(&other.to_string(), None, message).into(),
        }
    }
}

/// One attempt means none is repeated; the waits hold for every class.
fn retry_policy(
    attempts: Option<u64>,
    first: Option<Duration>,
    max: Option<Duration>,
) -> RetryPolicy {
    let mut policy = RetryPolicy::new();
    if let Some(attempts) = attempts {
        policy.attempts_max = u32::try_from(attempts).unwrap_or(u32::MAX);
    }
    let RetryPolicy { throttled, server, edge, timeout, reset, connect, .. } = &mut policy;
    for row in [throttled, server, edge, timeout, reset, connect] {
        let Backoff { first: row_first, max: row_max, .. } = row;
        *row_first = first.unwrap_or(*row_first).min(max.unwrap_or(Duration::MAX));
        *row_max = max.unwrap_or(*row_max).max(*row_first);
    }
    policy
}
