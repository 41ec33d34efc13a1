//! Rules of bucket locks: what may not be overwritten or deleted, and until when.

use std::time::{Duration, SystemTime};

/// How long a [`LockRule`] keeps an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LockUntil {
    /// So long after the object was written.
    Age(Duration),
    /// Until a moment.
    Date(SystemTime),
    /// As long as the rule is there.
    Forever,
}

/// A rule that keeps objects from being overwritten and deleted: by requests and by lifecycle
/// rules alike. Of several rules the longest counts (Cloudflare's page on bucket locks).
///
/// ```
/// use std::time::Duration;
///
/// use http::Request;
/// use r2_sim::{Emulator, LockRule, LockUntil};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let r2 = Emulator::memory();
/// let put = |path: &str| Request::put(format!("http://r2.local{path}")).body(Body::empty());
/// r2.send(put("/photos")?).await?;
/// r2.send(put("/photos/logs/1")?).await?;
///
/// let week = LockUntil::Age(Duration::from_secs(7 * 86_400));
/// r2.lock_bucket("photos", [LockRule::new("week", week).prefix("logs/")]).await?;
/// assert_eq!(r2.send(put("/photos/logs/1")?).await?.status(), 403);
/// assert_eq!(r2.send(put("/photos/logs/2")?).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LockRule {
    /// Its name, unique in its bucket.
    pub id: String,
    /// Keys begin so. Default: all keys.
    pub prefix: String,
    /// How long it keeps an object.
    pub until: LockUntil,
    /// Whether it acts. Default: it does.
    pub is_enabled: bool,
}

impl LockRule {
    /// A rule for every key.
    #[must_use]
    pub fn new(id: impl Into<String>, until: LockUntil) -> LockRule {
        LockRule { id: id.into(), prefix: String::new(), until, is_enabled: true }
    }

    /// Limits it to keys that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> LockRule {
        self.prefix = prefix.into();
        self
    }

    /// Keeps it without letting it act.
    #[must_use]
    pub fn disabled(mut self) -> LockRule {
        self.is_enabled = false;
        self
    }
}
