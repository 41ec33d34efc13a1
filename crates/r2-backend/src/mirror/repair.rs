//! Making directory and origin say the same, without losing a version.

use futures_util::StreamExt as _;
use r2_objects::ObjectKey;

use super::Mirror;
use super::drift::{Drift, DriftKind, Inspect};
use crate::disk::duplicate;
use crate::limits::NAMED_ITEMS;
use crate::local::{conflict_key, not_found};
use crate::storage::{
    Capability, GetOptions, HeadOptions, PutCondition, PutOptions, StorageBackend, StorageError,
    StorageErrorKind,
};

/// What a repair did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Repaired {
    /// Copies that were made, or made again.
    pub fetched: u64,
    /// Copies that were removed, because the origin does not have the object.
    pub removed: u64,
    /// Objects that were only in the directory, and are at the origin now.
    pub uploaded: u64,
    /// The second names of objects that had two versions, [`NAMED_ITEMS`] at most.
    pub conflicts: Vec<ObjectKey>,
    /// What could not be mended, [`NAMED_ITEMS`] at most: it is as it was.
    pub failed: Vec<(ObjectKey, StorageError)>,
}

impl<B: StorageBackend> Mirror<B> {
    /// Mends every difference that [`check`](Self::check) finds. The origin's version keeps its
    /// key. What was written in the directory is uploaded: under its key if the origin has none,
    /// else under a second name, `a.conflict-0a1b2c3d.txt`, on both sides.
    ///
    /// Doing it again after it was ended early goes on where it was.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); what concerns one key is in [`Repaired::failed`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the repair at a key; no version is lost.
    pub async fn repair(&self, inspect: Inspect) -> Result<Repaired, StorageError> {
        let mut repaired = Repaired::default();
        let mut drifts = self.check(inspect);
        while let Some(Drift { key, kind }) = drifts.next().await.transpose()? {
            if let Err(error) = self.mend(&key, kind, &mut repaired).await
                && repaired.failed.len() < NAMED_ITEMS
            {
                repaired.failed.push((key, error));
            }
        }
        Ok(repaired)
    }

    async fn mend(
        &self,
        key: &ObjectKey,
        kind: DriftKind,
        repaired: &mut Repaired,
    ) -> Result<(), StorageError> {
        match kind {
            DriftKind::Missing | DriftKind::Stale => self.refetch(key).await?,
            DriftKind::Damaged => self.mend_damaged(key).await?,
            DriftKind::Extra => {
                self.drop_extra(key).await?;
                repaired.removed += 1;
                return Ok(());
            }
            DriftKind::OnlyHere => match self.upload(key).await {
                Ok(()) => {
                    repaired.uploaded += 1;
                    return Ok(());
                }
                // somebody was faster
                Err(error) if error.is_precondition_failed() => {
                    return self.keep_both(key, repaired).await;
                }
                Err(error) => return Err(error),
            },
            DriftKind::Conflict => return self.keep_both(key, repaired).await,
        }
        repaired.fetched += 1;
        Ok(())
    }

    /// Reads the object once, and so keeps it.
    async fn refetch(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let mut fetched = self.fetch(key, self.local(key)?, GetOptions::new()).await?;
        while let Some(chunk) = fetched.body.next_chunk().await {
            chunk.map_err(StorageError::of_body)?;
        }
        Ok(())
    }

    /// A file that nobody can read goes only when the origin has the object.
    async fn mend_damaged(&self, key: &ObjectKey) -> Result<(), StorageError> {
        self.origin.head(key, HeadOptions::new()).await.map_err(|error| {
            if error.kind() != StorageErrorKind::NotFound {
                return error;
            }
            let message = "the file is damaged and the origin has no such object: look at the file";
            StorageError::new(StorageErrorKind::Corrupt, message).key(key)
        })?;
        self.refetch(key).await
    }

    async fn drop_extra(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let local = self.local(key)?;
        let held = {
            let name = local.clone();
            self.on_disk(move |copies| copies.find(&name)).await?.held
        };
        let Some(held) = held else { return Ok(()) };
        match self.origin.head(key, HeadOptions::new()).await {
            Err(error) if error.kind() == StorageErrorKind::NotFound => {}
            // it came back meanwhile
            other => return other.map(|_| ()),
        }
        self.on_disk(move |copies| copies.forget(&local, &held.record.etag)).await
    }

    /// The origin's version takes the key, and ours goes aside while it does; then the origin gets
    /// ours under its second name.
    async fn keep_both(
        &self,
        key: &ObjectKey,
        repaired: &mut Repaired,
    ) -> Result<(), StorageError> {
        let local = self.local(key)?;
        let name = local.clone();
        let (_, record) =
            self.on_disk(move |copies| copies.store().find(&name)?.ok_or_else(not_found)).await?;
        let aside = conflict_key(&local, &record.etag()?)?;
        self.refetch(key).await?;
        match self.upload(&aside).await {
            Err(error) if error.is_precondition_failed() => {}
            other => other?,
        }
        if repaired.conflicts.len() < NAMED_ITEMS {
            repaired.conflicts.push(aside);
        }
        Ok(())
    }

    /// Gives the origin what was written in the directory, if it has nothing of that key.
    async fn upload(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let local = self.local(key)?;
        let (new, attributes) = self
            .on_disk(move |copies| {
                let (file, record) = copies.store().find(&local)?.ok_or_else(not_found)?;
                Ok((duplicate(copies.store(), &file, record.size)?, record.attributes()?))
            })
            .await?;
        let mut options = PutOptions::new().attributes(attributes);
        if self.origin.capabilities().has(Capability::CreateOnly) {
            options = options.condition(PutCondition::Absent);
        } else if self.origin.head(key, HeadOptions::new()).await.is_ok() {
            return Err(StorageError::of(StorageErrorKind::PreconditionFailed).key(key));
        }
        self.send(key, new, options).await.map(|_| ())
    }
}
