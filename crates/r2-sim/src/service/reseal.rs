//! Copies that cannot share the bytes of their source, because the key of the customer changes.

use super::core::Service;
use crate::checksum::{Digests, Hashers};
use crate::protocol::{CustomerKey, Refusal};
use crate::store::{Content, NewBody};

/// How often a copy begins anew when its source changes while it is read.
pub(crate) const COPY_ATTEMPTS_MAX: u32 = 4;

/// Whether bytes under one key may be shared by an object under another one.
pub(crate) fn is_same_key(one: Option<&CustomerKey>, other: Option<&CustomerKey>) -> bool {
    one.map(|key| &key.md5) == other.map(|key| &key.md5)
}

impl Service {
    /// Stores what is read anew, under a key or under none. Holds a few steps of it in memory.
    pub(crate) async fn store_again(
        &self,
        mut content: Content,
        hashers: Hashers,
        key: Option<&CustomerKey>,
    ) -> Result<(NewBody, Digests), Refusal> {
        let mut sink = self.store.sink(hashers).sealed(CustomerKey::seal_of(key))?;
        while let Some(bytes) = content.next().await? {
            sink.push(bytes).await?;
        }
        Ok(sink.finish().await?)
    }
}
