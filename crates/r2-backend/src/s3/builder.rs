//! How a back end on an S3 service is configured.

use r2_objects::{BucketName, Client, ClientBuilder, Credentials};

use super::backend::S3Backend;
use super::place::{Place, check_base_url};
use super::service::S3Service;
use crate::limits::PREFIX_BYTES_MAX;
use crate::storage::{Capability, StorageError, StorageErrorKind, StorageOperation};

/// Makes an [`S3Backend`]. Nothing is sent before the first call of the back end.
#[derive(Debug)]
#[must_use]
pub struct S3BackendBuilder {
    client: ClientBuilder,
    endpoint_url: Option<String>,
    region: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<Hidden>,
    session_token: Option<Hidden>,
    bucket_name: Option<String>,
    public_url: Option<String>,
    bucket_prefix: String,
    service: Option<S3Service>,
    added: Vec<Capability>,
    removed: Vec<Capability>,
}

/// A secret that is not shown.
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// What is set to an empty text is not set: a variable of a configuration may be there and empty.
fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl S3BackendBuilder {
    pub(super) fn new() -> Self {
        Self {
            client: Client::builder(),
            endpoint_url: None,
            region: None,
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            bucket_name: None,
            public_url: None,
            bucket_prefix: String::new(),
            service: None,
            added: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// The service's URL without a bucket: `https://<account id>.r2.cloudflarestorage.com`,
    /// `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = filled(url.into());
        self
    }

    /// The region to sign for. Default: `auto`, which is R2's; AWS needs its own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = filled(region.into());
        self
    }

    /// The access key. Without a key requests are not signed, which only a
    /// [client](Self::client) with a transport of its own, or one that says so, allows.
    pub fn access_key_id(mut self, id: impl Into<String>) -> Self {
        self.access_key_id = filled(id.into());
        self
    }

    /// Its secret.
    pub fn secret_access_key(mut self, secret: impl Into<String>) -> Self {
        self.secret_access_key = filled(secret.into()).map(Hidden);
        self
    }

    /// The token of temporary credentials.
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.session_token = filled(token.into()).map(Hidden);
        self
    }

    /// The bucket. It must exist.
    pub fn bucket_name(mut self, name: impl Into<String>) -> Self {
        self.bucket_name = filled(name.into());
        self
    }

    /// Where the public reads the bucket: its custom domain, or a CDN. Default: nowhere.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = filled(url.into());
        self
    }

    /// What all keys begin with in the bucket, and callers do not see. It is made to end in a slash
    /// and not to begin with one. Default: nothing.
    pub fn bucket_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.bucket_prefix = prefix.into();
        self
    }

    /// The software behind the endpoint. Default: what the host's name tells.
    pub fn service(mut self, service: S3Service) -> Self {
        self.service = Some(service);
        self
    }

    /// Says that the service keeps this promise.
    pub fn with(mut self, capability: Capability) -> Self {
        self.added.push(capability);
        self
    }

    /// Says that the service does not keep this promise.
    pub fn without(mut self, capability: Capability) -> Self {
        self.removed.push(capability);
        self
    }

    /// Everything else about the client: timeouts, retries, limits, transport, part sizes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use r2_backend::S3Backend;
    ///
    /// let builder = S3Backend::builder().client(|client| client.timeout(Duration::from_secs(60)));
    /// assert!(builder.build().unwrap_err().to_string().contains("bucket_name is missing"));
    /// ```
    pub fn client(mut self, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        self.client = configure(self.client);
        self
    }

    /// Checks everything and makes the back end. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] names the field and what to do about it.
    pub fn build(self) -> Result<S3Backend, StorageError> {
        self.checked().map_err(|error| error.at("s3", StorageOperation::Open))
    }

    fn checked(self) -> Result<S3Backend, StorageError> {
        let place = Place {
            bucket: bucket(self.bucket_name)?,
            prefix: prefix(&self.bucket_prefix)?,
            public_url: match &self.public_url {
                Some(url) => Some(check_base_url("public_url", url)?),
                None => None,
            },
        };
        let mut client = self.client;
        if let Some(url) = self.endpoint_url {
            let needs_region = url.contains(".amazonaws.com") && self.region.is_none();
            if needs_region {
                return Err(bad("region is missing: AWS needs it, such as eu-central-1"));
            }
            client = client.endpoint(url);
        }
        if let Some(region) = self.region {
            client = client.region(region);
        }
        match (self.access_key_id, self.secret_access_key) {
            (Some(id), Some(Hidden(secret))) => {
                let credentials = Credentials::new(id, secret);
                client = client.credentials(match self.session_token {
                    Some(Hidden(token)) => credentials.with_session_token(token),
                    None => credentials,
                });
            }
            (Some(_), None) => {
                return Err(bad("secret_access_key is missing: it belongs to access_key_id"));
            }
            (None, Some(_)) => {
                return Err(bad("access_key_id is missing: it belongs to secret_access_key"));
            }
            (None, None) => {}
        }
        let client = client.build().map_err(|error| {
            let message = format!("endpoint_url, region or keys cannot work: {}", error.message());
            StorageError::new(StorageErrorKind::Configuration, message).source(error)
        })?;
        let service = self.service.unwrap_or_else(|| S3Service::of(client.endpoint()));
        let backend = S3Backend::of(client, place, service);
        let backend = self.added.into_iter().fold(backend, S3Backend::with);
        Ok(self.removed.into_iter().fold(backend, S3Backend::without))
    }
}

fn bad(message: &'static str) -> StorageError {
    StorageError::new(StorageErrorKind::Configuration, message)
}

fn bucket(name: Option<String>) -> Result<BucketName, StorageError> {
    let name = name.ok_or_else(|| bad("bucket_name is missing: name a bucket that exists"))?;
    BucketName::new(&name).map_err(|error| {
        let message = format!("bucket_name {name:?} is not the name of a bucket");
        StorageError::new(StorageErrorKind::Configuration, message).source(error)
    })
}

fn prefix(text: &str) -> Result<String, StorageError> {
    let text = text.trim_matches('/');
    let refuse = |why: String| {
        let message = format!("bucket_prefix {text:?} {why}");
        Err(StorageError::new(StorageErrorKind::Configuration, message))
    };
    if text.len() > PREFIX_BYTES_MAX {
        return refuse(format!("has {} bytes, {PREFIX_BYTES_MAX} are allowed", text.len()));
    }
    if text.split('/').any(|segment| matches!(segment, "." | "..")) {
        return refuse("has a segment . or ..: write it without".to_owned());
    }
    Ok(if text.is_empty() { String::new() } else { format!("{text}/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(builder: S3BackendBuilder) -> String {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::Configuration);
        error.to_string()
    }

    #[test]
    fn a_mistake_is_told_with_its_field_and_the_fix() {
        let base = || {
            S3Backend::builder()
                .endpoint_url("http://127.0.0.1:9000")
                .bucket_name("photos")
                .access_key_id("id")
                .secret_access_key("hush")
        };
        assert!(base().build().is_ok());
        let table = [
            (base().bucket_name(""), "bucket_name is missing"),
            (base().bucket_name("No Good"), "bucket_name \"No Good\""),
            (base().endpoint_url("ftp://x"), "endpoint_url"),
            (base().secret_access_key(""), "secret_access_key is missing"),
            (base().access_key_id(""), "access_key_id is missing"),
            (base().public_url("cdn.example.com"), "public_url \"cdn.example.com\" has no scheme"),
            (base().public_url("https://a/?b"), "remove the rest"),
            (base().bucket_prefix("a/../b"), "bucket_prefix"),
            (base().endpoint_url("https://s3.eu-central-1.amazonaws.com"), "region is missing"),
        ];
        for (builder, expected) in table {
            let text = message(builder);
            assert!(text.contains(expected) && !text.contains("hush"), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let builder = S3Backend::builder().secret_access_key("hush").session_token("hush");
        assert!(!format!("{builder:?}").contains("hush"));
        let backend = S3Backend::builder()
            .endpoint_url("http://127.0.0.1:9000")
            .bucket_name("photos")
            .access_key_id("id")
            .secret_access_key("hush")
            .build()
            .unwrap();
        assert!(!format!("{backend:?}").contains("hush"));
    }

    #[test]
    fn prefixes_end_in_one_slash_and_begin_with_none() {
        for (given, kept) in [("", ""), ("/", ""), ("a", "a/"), ("/a/b/", "a/b/"), ("a//", "a/")] {
            assert_eq!(prefix(given).unwrap(), kept);
        }
    }
}
