//! Which access keys exist, and what each may do.

use r2_sign::Credentials;

use crate::jurisdiction::Jurisdiction;

/// The four permissions of an R2 API token (Cloudflare's authentication page).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Permission {
    /// Everything, including buckets and their settings.
    #[default]
    AdminReadWrite,
    /// Reading everything, including the list of buckets and their settings.
    AdminReadOnly,
    /// Reading, listing, writing and deleting objects. Buckets can be neither listed nor made, and
    /// HeadBucket is refused.
    ObjectReadWrite,
    /// Reading and listing objects.
    ObjectReadOnly,
}

impl Permission {
    pub(crate) fn is_admin(self) -> bool {
        matches!(self, Permission::AdminReadWrite | Permission::AdminReadOnly)
    }

    pub(crate) fn allows_writes(self) -> bool {
        matches!(self, Permission::AdminReadWrite | Permission::ObjectReadWrite)
    }
}

/// A key pair with its rights.
///
/// ```
/// use r2_sign::Credentials;
/// use r2_sim::{AccessKey, Emulator, Permission};
///
/// let reader = AccessKey::new(Credentials::new("0123456789abcdef0123456789abcdef", "secret"))
///     .permission(Permission::ObjectReadOnly)
///     .bucket("photos");
/// let emulator = Emulator::builder().access_key(reader).memory();
/// # drop(emulator);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessKey {
    /// The pair itself. Its `Debug` hides the secret.
    pub credentials: Credentials,
    /// What it may do. Default: everything.
    pub permission: Permission,
    /// In which buckets; empty for all. One of a jurisdiction is `eu/photos`.
    pub buckets: Vec<String>,
}

impl AccessKey {
    /// A pair that may do everything.
    #[must_use]
    pub fn new(credentials: Credentials) -> AccessKey {
        AccessKey { credentials, permission: Permission::AdminReadWrite, buckets: Vec::new() }
    }

    /// Sets what it may do.
    #[must_use]
    pub fn permission(mut self, permission: Permission) -> AccessKey {
        self.permission = permission;
        self
    }

    /// Limits it to a bucket, besides those named before.
    #[must_use]
    pub fn bucket(self, name: impl AsRef<str>) -> AccessKey {
        self.bucket_in(Jurisdiction::Default, name)
    }

    /// The same for a bucket of a jurisdiction.
    #[must_use]
    pub fn bucket_in(mut self, jurisdiction: Jurisdiction, name: impl AsRef<str>) -> AccessKey {
        self.buckets.push(jurisdiction.qualified(name.as_ref()));
        self
    }
}
