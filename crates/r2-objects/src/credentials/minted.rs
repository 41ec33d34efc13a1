//! Temporary keys for a part of a bucket, made on this machine from a key that may do more.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use r2_sign::temporary::Grant;
use r2_sign::{Credentials, Timestamp};
use r2_transport::{BoxFuture, Clock, SystemClock};

use super::refreshing::{CredentialsSource, Lease};
use crate::error::BoxError;

/// Mints keys for what a [`Grant`] allows, each for as long as was said. No request is sent: R2
/// takes keys that are signed with the parent's secret (Cloudflare: Temporary credentials).
///
/// ```
/// use r2_objects::{Credentials, Minted, Refreshing};
/// use r2_sign::temporary::{Grant, Scope};
/// use std::time::Duration;
///
/// let host = "0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com";
/// let mut grant = Grant::new("0123456789abcdef0123456789abcdef", "photos", host).prefix("2026/");
/// grant.scope = Some(Scope::ObjectReadOnly);
/// let parent = Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32));
/// let provider = Refreshing::new(Minted::new(parent, grant, Duration::from_secs(900)));
/// # drop(provider);
/// ```
#[derive(Debug)]
pub struct Minted {
    parent: Credentials,
    grant: Grant,
    life: Duration,
    clock: Arc<dyn Clock>,
}

impl Minted {
    /// Mints from `parent`; each key lives for `life`.
    #[must_use]
    pub fn new(parent: Credentials, grant: Grant, life: Duration) -> Self {
        Self { parent, grant, life, clock: Arc::new(SystemClock) }
    }

    /// The clock that dates them. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn mint(&self, now: SystemTime) -> Result<Lease, BoxError> {
        let grant = self.grant.clone().valid(Timestamp::from(now), self.life);
        let lease = Lease::new(grant.mint(&self.parent)?);
        Ok(match now.checked_add(self.life) {
            Some(end) => lease.expires_at(end),
            None => lease,
        })
    }
}

impl CredentialsSource for Minted {
    fn fetch(&self) -> BoxFuture<'_, Result<Lease, BoxError>> {
        Box::pin(async { self.mint(self.clock.now()) })
    }
}
