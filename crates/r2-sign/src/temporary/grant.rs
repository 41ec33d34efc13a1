//! What temporary credentials allow.

use super::{json, token};
use crate::{Credentials, Error, ErrorKind, Timestamp};
use std::time::Duration;

/// What temporary credentials allow: one bucket, what may be done in it, which keys, until when.
///
/// ```
/// use r2_sign::temporary::{Grant, Scope, Token};
/// use r2_sign::{Credentials, Timestamp};
/// use std::time::Duration;
///
/// let parent = Credentials::new("0123456789abcdef0123456789abcdef", "parent secret");
/// let now = Timestamp::from_unix(1_700_000_000);
/// let grant = Grant::new("account-id", "photos", "account-id.r2.cloudflarestorage.com")
///     .scope(Scope::ObjectReadOnly)
///     .prefix("2024/")
///     .valid(now, Duration::from_secs(3_600));
/// let temporary = grant.mint(&parent)?;
/// assert_eq!(temporary.access_key_id(), parent.access_key_id());
///
/// // R2's side:
/// let token = Token::read(temporary.session_token().unwrap())?;
/// let (seen, credentials) = token.verify(&parent, now)?;
/// assert_eq!(seen, grant);
/// assert_eq!(credentials.secret_access_key(), temporary.secret_access_key());
/// assert!(seen.allows_key("2024/cat.jpg") && !seen.allows_key("2023/cat.jpg"));
/// # Ok::<(), r2_sign::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The account's id (claim `sub`).
    pub account_id: String,
    /// The one bucket.
    pub bucket: String,
    /// The host of the endpoint, without a scheme (claim `aud`).
    pub audience: String,
    /// What may be done; never more than the parent may.
    pub scope: Option<Scope>,
    /// What may be done, one by one. With a scope as well, only what both allow.
    pub actions: Vec<Action>,
    /// Keys that begin with one of these. With no prefixes and no objects: all keys.
    pub prefixes: Vec<String>,
    /// Exactly these keys.
    pub objects: Vec<String>,
    /// From when, in seconds after 1970 (claim `iat`).
    pub issued_at: i64,
    /// Until when, in seconds after 1970 (claim `exp`).
    pub expires_at: i64,
}

/// What a whole credential may do, in R2's four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Read and list objects.
    ObjectReadOnly,
    /// Read, list, write and delete objects.
    ObjectReadWrite,
    /// Read objects and the bucket's configuration.
    AdminReadOnly,
    /// Everything in the bucket.
    AdminReadWrite,
}

/// One operation that a credential may be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names of S3's operations")]
pub enum Action {
    HeadObject,
    GetObject,
    GetBucketLocation,
    ListObjectsV1,
    ListObjectsV2,
    ListMultipartUploads,
    ListParts,
    PutObject,
    DeleteObject,
    DeleteObjects,
    CopyObject,
    CreateMultipartUpload,
    UploadPart,
    UploadPartCopy,
    AbortMultipartUpload,
    CompleteMultipartUpload,
}

impl Scope {
    const ALL: [Self; 4] =
        [Self::ObjectReadOnly, Self::ObjectReadWrite, Self::AdminReadOnly, Self::AdminReadWrite];

    /// As it is written in the token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ObjectReadOnly => "object-read-only",
            Self::ObjectReadWrite => "object-read-write",
            Self::AdminReadOnly => "admin-read-only",
            Self::AdminReadWrite => "admin-read-write",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    const fn allows_writes(self) -> bool {
        matches!(self, Self::ObjectReadWrite | Self::AdminReadWrite)
    }
}

impl Action {
    const ALL: [Self; 16] = [
        Self::HeadObject,
        Self::GetObject,
        Self::GetBucketLocation,
        Self::ListObjectsV1,
        Self::ListObjectsV2,
        Self::ListMultipartUploads,
        Self::ListParts,
        Self::PutObject,
        Self::DeleteObject,
        Self::DeleteObjects,
        Self::CopyObject,
        Self::CreateMultipartUpload,
        Self::UploadPart,
        Self::UploadPartCopy,
        Self::AbortMultipartUpload,
        Self::CompleteMultipartUpload,
    ];

    /// As it is written in the token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HeadObject => "HeadObject",
            Self::GetObject => "GetObject",
            Self::GetBucketLocation => "GetBucketLocation",
            Self::ListObjectsV1 => "ListObjectsV1",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::ListMultipartUploads => "ListMultipartUploads",
            Self::ListParts => "ListParts",
            Self::PutObject => "PutObject",
            Self::DeleteObject => "DeleteObject",
            Self::DeleteObjects => "DeleteObjects",
            Self::CopyObject => "CopyObject",
            Self::CreateMultipartUpload => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::UploadPartCopy => "UploadPartCopy",
            Self::AbortMultipartUpload => "AbortMultipartUpload",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// Whether it changes anything.
    #[must_use]
    pub const fn is_write(self) -> bool {
        match self {
            Self::HeadObject
            | Self::GetObject
            | Self::GetBucketLocation
            | Self::ListObjectsV1
            | Self::ListObjectsV2
            | Self::ListMultipartUploads
            | Self::ListParts => false,
            Self::PutObject
            | Self::DeleteObject
            | Self::DeleteObjects
            | Self::CopyObject
            | Self::CreateMultipartUpload
            | Self::UploadPart
            | Self::UploadPartCopy
            | Self::AbortMultipartUpload
            | Self::CompleteMultipartUpload => true,
        }
    }
}

impl Grant {
    /// Allows nothing yet: say what with [`scope`](Self::scope) or [`action`](Self::action), and
    /// how long with [`valid`](Self::valid).
    #[must_use]
    pub fn new(
        account_id: impl Into<String>,
        bucket: impl Into<String>,
        audience: impl Into<String>,
    ) -> Self {
        Self {
            account_id: account_id.into(),
            bucket: bucket.into(),
            audience: audience.into(),
            scope: None,
            actions: Vec::new(),
            prefixes: Vec::new(),
            objects: Vec::new(),
            issued_at: 0,
            expires_at: 0,
        }
    }

    /// Allows what a scope allows.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Allows one more action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Allows the keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefixes.push(prefix.into());
        self
    }

    /// Allows one key.
    #[must_use]
    pub fn object(mut self, key: impl Into<String>) -> Self {
        self.objects.push(key.into());
        self
    }

    /// Holds from `now` for this long; fractions of a second are dropped.
    #[must_use]
    pub fn valid(mut self, now: Timestamp, lifetime: Duration) -> Self {
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        self.issued_at = now.unix_seconds();
        self.expires_at = self.issued_at.saturating_add(seconds);
        self
    }

    /// Whether it allows an action.
    #[must_use]
    pub fn allows_action(&self, action: Action) -> bool {
        let in_scope = match self.scope {
            Some(scope) => scope.allows_writes() || !action.is_write(),
            None => !self.actions.is_empty(),
        };
        in_scope && (self.actions.is_empty() || self.actions.contains(&action))
    }

    /// Whether it allows a key.
    #[must_use]
    pub fn allows_key(&self, key: &str) -> bool {
        let Self { prefixes, objects, .. } = self;
        (prefixes.is_empty() && objects.is_empty())
            || objects.iter().any(|object| object == key)
            || prefixes.iter().any(|prefix| key.starts_with(prefix))
    }

    /// Whether it allows a listing of this prefix: only where every key below is allowed.
    #[must_use]
    pub fn allows_listing(&self, prefix: &str) -> bool {
        let Self { prefixes, objects, .. } = self;
        (prefixes.is_empty() && objects.is_empty())
            || prefixes.iter().any(|allowed| prefix.starts_with(allowed))
    }

    /// Makes the credentials: the parent's key id, a secret and a session token of their own. They
    /// never allow more than the parent does and end with it.
    ///
    /// # Errors
    /// [`ErrorKind::Grant`] when nothing is allowed, when they would never hold, or when the parent
    /// is itself temporary.
    pub fn mint(&self, parent: &Credentials) -> Result<Credentials, Error> {
        let refuse = |what| Err(ErrorKind::Grant(what).into());
        if self.scope.is_none() && self.actions.is_empty() {
            return refuse("neither a scope nor an action is given");
        }
        if self.expires_at <= self.issued_at {
            return refuse("they would expire before they hold");
        }
        if self.bucket.is_empty() {
            return refuse("no bucket is given");
        }
        if parent.session_token().is_some() {
            return refuse("the parent is temporary itself");
        }
        Ok(token::mint(&self.claims(parent.access_key_id()), parent))
    }

    /// The claims of the token, as JSON.
    fn claims(&self, parent_access_key_id: &str) -> String {
        let Self { account_id, bucket, audience, scope, actions, .. } = self;
        let Self { prefixes, objects, issued_at, expires_at, .. } = self;
        let mut object = json::Writer::object();
        object.text("bucket", bucket);
        if let Some(scope) = scope {
            object.text("scope", scope.as_str());
        }
        if !actions.is_empty() {
            object.texts("actions", actions.iter().map(|action| action.as_str()));
        }
        if !prefixes.is_empty() || !objects.is_empty() {
            let mut paths = json::Writer::object();
            paths.texts("prefixPaths", prefixes.iter().map(String::as_str));
            paths.texts("objectPaths", objects.iter().map(String::as_str));
            object.raw("paths", &paths.finish());
        }
        object.text("sub", account_id);
        object.text("iss", parent_access_key_id);
        object.text("aud", audience);
        object.raw("iat", &issued_at.to_string());
        object.raw("exp", &expires_at.to_string());
        object.finish()
    }
}
