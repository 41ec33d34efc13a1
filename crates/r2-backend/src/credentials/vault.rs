//! A key in HashiCorp Vault, OpenBao, or anything else with their key-value engine, version 2.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderValue;
use http::{Request, StatusCode};
use r2_objects::{Body, BoxError, BoxFuture, Clock, CredentialsSource, Lease, Transport};
use r2_transport::SystemClock;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::document::KeyDocument;

/// A secret of the engine is never larger: Vault's own limit is 1 MiB an entry.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// The key is read again after this, so that a new version is found.
const READ_AGAIN: Duration = Duration::from_secs(300);

/// Reads `access_key_id`, `secret_access_key` and perhaps `session_token` and `expiration` of one
/// secret. Put it in [`Refreshing`](r2_objects::Refreshing): the secret is read again every five
/// minutes, and when the server refuses the key.
///
/// ```
/// use r2_backend::credentials::Vault;
/// use r2_transport::HttpClient;
/// use std::sync::Arc;
///
/// let http = Arc::new(HttpClient::builder().build()?);
/// let vault = Vault::new(http, "https://vault.example:8200", "teams/photos", "hvs.token")
///     .mount("kv")
///     .namespace("europe");
/// assert!(!format!("{vault:?}").contains("hvs"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Vault {
    transport: Arc<dyn Transport>,
    address: String,
    path: String,
    token: Zeroizing<String>,
    mount: String,
    namespace: Option<String>,
    clock: Arc<dyn Clock>,
}

impl Vault {
    /// The secret at `path` of the engine that is mounted at `secret`, read with `token`.
    pub fn new(
        transport: Arc<dyn Transport>,
        address: impl Into<String>,
        path: impl Into<String>,
        token: impl Into<String>,
    ) -> Self {
        Self {
            transport,
            address: address.into(),
            path: path.into(),
            token: Zeroizing::new(token.into()),
            mount: "secret".to_owned(),
            namespace: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Where the engine is mounted. Default: `secret`.
    #[must_use]
    pub fn mount(mut self, mount: impl Into<String>) -> Self {
        self.mount = mount.into();
        self
    }

    /// The namespace, where the vault has several.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The clock that says when to read again. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn url(&self) -> String {
        let encoded = |text: &str| r2_sign::encode::path(text.trim_matches('/'));
        let address = self.address.trim_end_matches('/');
        format!("{address}/v1/{}/data/{}", encoded(&self.mount), encoded(&self.path))
    }

    fn request(&self) -> Result<Request<Body>, BoxError> {
        let mut request = Request::get(self.url()).body(Body::empty())?;
        let headers = request.headers_mut();
        let mut token = HeaderValue::from_str(self.token.trim())
            .map_err(|_| "the vault's token cannot stand in a header: copy it again")?;
        token.set_sensitive(true);
        headers.insert("x-vault-token", token);
        headers.insert("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            headers.insert("x-vault-namespace", HeaderValue::from_str(namespace)?);
        }
        Ok(request)
    }

    async fn read(&self) -> Result<Lease, BoxError> {
        let place = format!("{}/{} at {}", self.mount, self.path, self.address);
        let response = self.transport.send(self.request()?).await?;
        let (status, body) = (response.status(), response.into_body());
        let text = Zeroizing::new(body.collect(REPLY_BYTES_MAX).await?.to_vec());
        if status != StatusCode::OK {
            return Err(format!("the vault gave no key ({place}): {}", refusal(status)).into());
        }
        // serde's own message could repeat a secret
        let reply: Reply = serde_json::from_slice(&text).map_err(|_| {
            format!("the vault's answer ({place}) is not that of a key-value engine, version 2")
        })?;
        let document = reply.data.data.ok_or_else(|| {
            format!("the newest version of the secret ({place}) was deleted: write a new one")
        })?;
        let lease = document
            .lease()
            .map_err(|what| format!("the secret ({place}) holds no whole key: {what}"))?;
        Ok(match self.clock.now().checked_add(READ_AGAIN) {
            // a key with an end of its own is read again by that
            Some(again) if lease.expires_at.is_none() => lease.refresh_at(again),
            _ => lease,
        })
    }
}

impl CredentialsSource for Vault {
    fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
        Box::pin(self.read())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("address", &self.address)
            .field("mount", &self.mount)
            .field("path", &self.path)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Reply {
    data: ReplyData,
}

#[derive(Deserialize)]
struct ReplyData {
    data: Option<KeyDocument>,
}

fn refusal(status: StatusCode) -> String {
    match status.as_u16() {
        403 => "403: the token may not read it, or has ended".to_owned(),
        404 => {
            "404: there is no such secret; is the engine version 2, and mounted there?".to_owned()
        }
        429 | 473 => format!("{status}: it is busy, or a standby"),
        503 => "503: it is sealed, or down for work".to_owned(),
        _ => status.to_string(),
    }
}
