//! Writes: compressed if it pays, and otherwise as they are.

use r2_objects::ObjectKey;
use r2_transport::Body;

use super::Compressed;
use super::detect::is_compressed;
use super::encode::{Blocks, encode, frame};
use super::original::{Original, check_unmarked};
use crate::storage::{
    CopyOptions, HeadOptions, PutOptions, StorageBackend, StorageError, StorageErrorKind, Stored,
};

/// What the first block must save for the object to be compressed: an eighth.
const SAVING: usize = 8;

impl<B: StorageBackend> Compressed<B> {
    pub(super) async fn write(
        &self,
        key: &ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        check_unmarked(&options.attributes)?;
        let length = content.length();
        let is_small = length.is_some_and(|length| length < self.options.bytes_min);
        if is_small || options.attributes.content_encoding.is_some() {
            return self.inner.put(key, content, options).await;
        }
        let mut blocks = Blocks::new(content, self.options.frame_bytes);
        let first = blocks.next().await?.unwrap_or_default();
        let kind = options.attributes.content_type.as_deref();
        let is_worth = first.len() as u64 >= self.options.bytes_min
            && !is_compressed(&first, kind)
            && frame(first.clone(), self.options.level).await?.len()
                < first.len() - first.len() / SAVING;
        if !is_worth {
            return self.inner.put(key, blocks.give_back(first, length), options).await;
        }
        // metadata that is nearly full leaves no room for ours
        let room = Original { size: u64::MAX, sha256: "0".repeat(64), frame: u64::MAX };
        if room.mark(options.attributes.clone()).is_none() {
            return self.inner.put(key, blocks.give_back(first, length), options).await;
        }
        let encoded = encode(first, blocks, &self.options).await?;
        let attributes = encoded.original.mark(options.attributes).ok_or_else(|| {
            StorageError::new(StorageErrorKind::InvalidInput, "the metadata has no room left")
        })?;
        let options = PutOptions { attributes, condition: options.condition };
        let stored = self.inner.put(key, encoded.body(), options).await?;
        Ok(Stored::new(stored.etag, encoded.original.size))
    }

    /// New attributes of a copy must not make a compressed object one that is not.
    pub(super) async fn write_copy(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        mut options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let Some(attributes) = options.attributes.take() else {
            let stored = self.inner.copy(from, to, options).await?;
            return Ok(Stored::new(stored.etag, None));
        };
        check_unmarked(&attributes)?;
        let source = self.inner.head(from, HeadOptions::new()).await;
        let source = source.map_err(|error| error.key(from))?;
        let attributes = match Original::of(&source.attributes) {
            None => attributes,
            Some(_) if attributes.content_encoding.is_some() => {
                let message = "a compressed object can have no other content encoding: write it";
                return Err(StorageError::new(StorageErrorKind::Unsupported, message));
            }
            Some(original) => original.mark(attributes).ok_or_else(|| {
                let message = "the metadata leaves no room for that of the compression";
                StorageError::new(StorageErrorKind::InvalidInput, message)
            })?,
        };
        // what was looked at must be what is copied
        let options = options.clone().source(options.source.unwrap_or(source.etag));
        let stored = self.inner.copy(from, to, options.attributes(attributes)).await?;
        Ok(Stored::new(stored.etag, None))
    }
}
