//! Tokens in memory: for tests, and for callers that keep them elsewhere.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use r2_transport::BoxFuture;

use super::{ResumeStore, ResumeToken, TransferId};

/// Keeps tokens as long as the process lives.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use r2_multipart::{
///     Fingerprint, PartSize, ResumeMemory, ResumeStore, ResumeToken, TokenChecksum, TransferId,
/// };
///
/// let transfer = TransferId::new("http://r2.local", "bucket", "key");
/// let source = Fingerprint::of_bytes(b"content");
/// let checksum = TokenChecksum::None;
/// let token =
///     ResumeToken::new(transfer.clone(), "upload", PartSize::default(), source, checksum);
/// let store = ResumeMemory::new();
/// store.save(&token).await?;
/// assert_eq!(store.load(&transfer).await?, Some(token));
/// store.remove(&transfer).await?;
/// assert_eq!(store.load(&transfer).await?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct ResumeMemory {
    tokens: Mutex<HashMap<TransferId, ResumeToken>>,
}

impl ResumeMemory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<TransferId, ResumeToken>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResumeStore for ResumeMemory {
    fn load<'a>(
        &'a self,
        transfer: &'a TransferId,
    ) -> BoxFuture<'a, io::Result<Option<ResumeToken>>> {
        let token = self.tokens().get(transfer).cloned();
        Box::pin(async move { Ok(token) })
    }

    fn save<'a>(&'a self, token: &'a ResumeToken) -> BoxFuture<'a, io::Result<()>> {
        self.tokens().insert(token.transfer.clone(), token.clone());
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, transfer: &'a TransferId) -> BoxFuture<'a, io::Result<()>> {
        self.tokens().remove(transfer);
        Box::pin(async { Ok(()) })
    }
}
