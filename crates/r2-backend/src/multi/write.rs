//! Writes: to the primary, under conditions that are decided by what a read would see.

use r2_objects::ObjectKey;

use super::backend::MultiBackend;
use super::bucket::Bucket;
use super::options::Deletes;
use crate::storage::{
    Capability, CopyOptions, ObjectMeta, PutCondition, StorageError, StorageErrorKind, Stored,
    check_put,
};

impl MultiBackend {
    /// The condition under which the primary is written, so that what was asked for holds.
    pub(super) async fn condition(
        &self,
        key: &ObjectKey,
        wanted: PutCondition,
    ) -> Result<PutCondition, StorageError> {
        if wanted == PutCondition::Always || self.secondaries().is_empty() {
            return Ok(wanted);
        }
        if !self.primary().backend.capabilities().has(needed(&wanted)) {
            // the primary refuses it in its own words
            return Ok(wanted);
        }
        if self.primary().find(self.patience(), key).await?.is_some() {
            // whether it is the one that is meant is decided there, under a race too
            return Ok(wanted);
        }
        let current = self.find_in_secondaries(key).await?.map(|(_, meta)| meta.etag);
        check_put(&wanted, current.as_ref())?;
        Ok(PutCondition::Absent)
    }

    /// The first secondary that has it. Here a bucket that fails is an error: what it has may be
    /// what decides.
    async fn find_in_secondaries(
        &self,
        key: &ObjectKey,
    ) -> Result<Option<(&Bucket, ObjectMeta)>, StorageError> {
        for bucket in self.secondaries() {
            if let Some(meta) = bucket.find(self.patience(), key).await? {
                return Ok(Some((bucket, meta)));
            }
        }
        Ok(None)
    }

    /// Copies inside the primary, or from the secondary that has it to the primary.
    pub(super) async fn copy_any(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        mut options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let conditional = options.condition != PutCondition::Always;
        if conditional && !self.primary().backend.capabilities().has(Capability::ConditionalCopy) {
            return self.primary().backend.copy(from, to, options).await;
        }
        options.condition = self.condition(to, options.condition).await?;
        let copied = self.primary().backend.copy(from, to, options.clone()).await;
        self.primary().note(copied.as_ref());
        let missing = match copied {
            Err(error) if error.kind() == StorageErrorKind::NotFound => error,
            other => return other,
        };
        match self.find_in_secondaries(from).await? {
            Some((bucket, _)) => self.transfer(bucket, self.primary(), (from, to), options).await,
            None => Err(missing),
        }
    }

    /// Deletes where deletions take place, the primary last: until then a read sees the newest
    /// version, and never an older one that comes back.
    pub(super) async fn delete_all(
        &self,
        mut keys: Vec<ObjectKey>,
    ) -> Result<Vec<(ObjectKey, StorageError)>, StorageError> {
        let buckets = match self.options.deletes {
            Deletes::Everywhere => &self.buckets[..],
            Deletes::PrimaryOnly => &self.buckets[..1],
        };
        let is_kept = |bucket: &&Bucket| {
            bucket.name != self.primary().name
                && !bucket.backend.capabilities().has(Capability::Write)
        };
        let mut failed = Vec::new();
        // before anything is changed
        for bucket in buckets.iter().filter(is_kept) {
            for key in std::mem::take(&mut keys) {
                match self.must_not_have(bucket, &key).await {
                    Ok(()) => keys.push(key),
                    Err(error) => failed.push((key, error)),
                }
            }
        }
        for bucket in buckets.iter().rev().filter(|bucket| !is_kept(bucket)) {
            let here = self.delete_in(bucket, &keys).await?;
            keys.retain(|key| here.iter().all(|(failed, _)| failed != key));
            failed.extend(here);
        }
        Ok(failed)
    }

    async fn delete_in(
        &self,
        bucket: &Bucket,
        keys: &[ObjectKey],
    ) -> Result<Vec<(ObjectKey, StorageError)>, StorageError> {
        if let [key] = keys {
            let deleted = bucket.backend.delete(key).await;
            bucket.note(deleted.as_ref());
            return Ok(deleted.err().map(|error| (key.clone(), error)).into_iter().collect());
        }
        let failed = bucket.backend.delete_many(keys.to_vec()).await;
        bucket.note(failed.as_ref());
        failed
    }

    async fn must_not_have(&self, bucket: &Bucket, key: &ObjectKey) -> Result<(), StorageError> {
        if bucket.find(self.patience(), key).await?.is_none() {
            return Ok(());
        }
        let message = format!(
            "the bucket {} has it and cannot be written: delete in the primary only",
            bucket.name
        );
        Err(StorageError::new(StorageErrorKind::Unsupported, message))
    }
}

fn needed(condition: &PutCondition) -> Capability {
    match condition {
        PutCondition::Always => Capability::Write,
        PutCondition::Absent => Capability::CreateOnly,
        PutCondition::Matches(_) => Capability::ReplaceMatching,
    }
}
