//! Reads: the original bytes, all of them or a range.

use std::ops::Range;

use r2_objects::{ByteRange, ObjectKey, Precondition};
use r2_transport::Body;

use super::Compressed;
use super::decode::{Promise, decode};
use super::original::{Original, unmark};
use super::table::{self, corrupt};
use crate::storage::{
    Fetched, GetOptions, HeadOptions, ObjectMeta, StorageBackend, StorageError, StorageErrorKind,
};

impl<B: StorageBackend> Compressed<B> {
    pub(super) async fn ask(
        &self,
        key: &ObjectKey,
        options: HeadOptions,
    ) -> Result<ObjectMeta, StorageError> {
        Ok(shown(self.inner.head(key, options).await?).0)
    }

    pub(super) async fn read(
        &self,
        key: &ObjectKey,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        if let Some(range) = options.range {
            return self.read_range(key, range, options).await;
        }
        let fetched = self.inner.get(key, options).await?;
        let (meta, original) = shown(fetched.meta);
        let Some(original) = original else {
            return Ok(Fetched::new(meta, fetched.range, fetched.body));
        };
        let promise = Promise {
            skip: 0,
            take: original.size,
            decompressed: original.size,
            sha256: Some(original.sha256),
        };
        Ok(Fetched::new(meta, 0..original.size, decode(fetched.body, promise)?))
    }

    /// Which bytes are meant is known when it is known whether the object is compressed, so it is
    /// asked for first; what is read then must be the same version.
    async fn read_range(
        &self,
        key: &ObjectKey,
        range: ByteRange,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        let asked = HeadOptions { conditions: options.conditions };
        let stored = self.inner.head(key, asked).await?;
        let (size, etag) = (stored.size, stored.etag.clone());
        let same = || GetOptions::new().condition(Precondition::unchanged(etag.clone()));
        let (meta, original) = shown(stored);
        let Some(original) = original else {
            return self.inner.get(key, same().range(range)).await;
        };
        let wanted = range
            .resolve(original.size)
            .ok_or_else(|| StorageError::of(StorageErrorKind::InvalidRange))?;
        let length = table::length(original.frames()).filter(|length| *length < size);
        let length = length.ok_or_else(|| corrupt("it has no room for its seek table"))?;
        let table = self.piece(key, size - length..size, same()).await?;
        let limit_bytes = usize::try_from(length).unwrap_or(usize::MAX);
        let table = table.collect(limit_bytes).await.map_err(StorageError::of_body)?;
        let place = table::find(&table, &original, size, &wanted)?;
        let body = self.piece(key, place.stored, same()).await?;
        let promise = Promise {
            skip: place.skip,
            take: wanted.end - wanted.start,
            decompressed: place.decompressed,
            sha256: None,
        };
        Ok(Fetched::new(meta, wanted, decode(body, promise)?))
    }

    async fn piece(
        &self,
        key: &ObjectKey,
        range: Range<u64>,
        options: GetOptions,
    ) -> Result<Body, StorageError> {
        let options = options.range(ByteRange::new(range)?);
        match self.inner.get(key, options).await {
            Ok(fetched) => Ok(fetched.body),
            Err(error) if error.is_precondition_failed() => {
                Err(StorageError::of(StorageErrorKind::Changed).source(error))
            }
            Err(error) => Err(error),
        }
    }
}

/// The object as the caller wrote it.
fn shown(stored: ObjectMeta) -> (ObjectMeta, Option<Original>) {
    match Original::of(&stored.attributes) {
        None => (stored, None),
        Some(original) => {
            let attributes = unmark(stored.attributes);
            (ObjectMeta { size: original.size, attributes, ..stored }, Some(original))
        }
    }
}
