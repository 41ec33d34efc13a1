//! One of the buckets: asked with patience, looked at with suspicion, remembered.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use r2_objects::ObjectKey;
use r2_transport::Body;
use tokio::time::{Instant, timeout};

use super::health::{BucketHealth, Health, HealthPolicy, Turn};
use crate::storage::{
    Fetched, GetOptions, HeadOptions, ObjectMeta, StorageBackend, StorageError, StorageErrorKind,
    StorageOperation,
};

#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) name: Arc<str>,
    pub(super) backend: Arc<dyn StorageBackend>,
    health: Mutex<Health>,
}

impl Bucket {
    pub(super) fn new(
        name: Arc<str>,
        backend: Arc<dyn StorageBackend>,
        policy: HealthPolicy,
    ) -> Self {
        Self { name, backend, health: Mutex::new(Health::new(policy)) }
    }

    fn memory(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn health(&self) -> BucketHealth {
        self.memory().shown()
    }

    pub(super) fn turn(&self, now: Instant) -> Turn {
        self.memory().turn(now)
    }

    /// Remembers how it went, and logs what changes.
    pub(super) fn note<T>(&self, result: Result<&T, &StorageError>) {
        let changed = match result {
            Err(error) if blames_bucket(error.kind()) => {
                tracing::warn!(bucket = %self.name, %error, "a bucket fails");
                self.memory().failed(Instant::now(), error)
            }
            _ => self.memory().succeeded(),
        };
        if changed {
            let state = self.memory().shown().state;
            tracing::warn!(bucket = %self.name, ?state, "the health of a bucket has changed");
        }
    }

    /// Waits for an answer only so long, and remembers how it went.
    pub(super) async fn ask<T>(
        &self,
        patience: Duration,
        operation: StorageOperation,
        work: impl Future<Output = Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let result = timeout(patience, work).await.unwrap_or_else(|_| {
            let message = format!("the bucket {} did not answer within {patience:?}", self.name);
            Err(StorageError::new(StorageErrorKind::Timeout, message))
        });
        let result = result.map_err(|error| error.at(self.backend.name(), operation));
        self.note(result.as_ref());
        result
    }

    /// Reads, and takes no answer that contradicts itself.
    pub(super) async fn get(
        &self,
        patience: Duration,
        key: &ObjectKey,
        options: GetOptions,
    ) -> Result<Fetched, StorageError> {
        self.ask(patience, StorageOperation::Get, async {
            let whole = options.range.is_none();
            let mut fetched = self.backend.get(key, options).await?;
            self.check(key, &fetched.meta)?;
            let size = fetched.meta.size;
            let range = fetched.range.clone();
            let fits = range.start <= range.end && range.end <= size;
            if !fits || (whole && range != (0..size)) {
                return Err(self.lie(key, "its answer is of other bytes than were asked for"));
            }
            let expected = range.end - range.start;
            match fetched.body.length() {
                Some(length) if length != expected => {
                    return Err(self.lie(key, "its answer is not as long as it says"));
                }
                Some(_) => {}
                // a length that is announced is checked as the body is read
                None => fetched.body = Body::one_shot(fetched.body, Some(expected)),
            }
            fetched.meta.served_by = Arc::clone(&self.name);
            Ok(fetched)
        })
        .await
    }

    pub(super) async fn head(
        &self,
        patience: Duration,
        key: &ObjectKey,
        options: HeadOptions,
    ) -> Result<ObjectMeta, StorageError> {
        self.ask(patience, StorageOperation::Head, async {
            let mut meta = self.backend.head(key, options).await?;
            self.check(key, &meta)?;
            meta.served_by = Arc::clone(&self.name);
            Ok(meta)
        })
        .await
    }

    /// What is known of an object, if it is there.
    pub(super) async fn find(
        &self,
        patience: Duration,
        key: &ObjectKey,
    ) -> Result<Option<ObjectMeta>, StorageError> {
        match self.head(patience, key, HeadOptions::new()).await {
            Ok(meta) => Ok(Some(meta)),
            Err(error) if error.kind() == StorageErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn check(&self, key: &ObjectKey, meta: &ObjectMeta) -> Result<(), StorageError> {
        if meta.key == *key {
            return Ok(());
        }
        Err(self.lie(key, "its answer is of another object than was asked for"))
    }

    fn lie(&self, key: &ObjectKey, what: &str) -> StorageError {
        let message = format!("the bucket {} is not to be trusted: {what}", self.name);
        StorageError::new(StorageErrorKind::Corrupt, message).key(key)
    }
}

/// Is it the bucket that failed, and not the question, the object, or another writer?
pub(super) fn blames_bucket(kind: StorageErrorKind) -> bool {
    use StorageErrorKind as Kind;
    match kind {
        Kind::NotFound
        | Kind::PreconditionFailed
        | Kind::NotModified
        | Kind::InvalidRange
        | Kind::InvalidInput
        | Kind::OutsideScope
        | Kind::Unsupported
        | Kind::TooLarge
        | Kind::InTheWay
        | Kind::Content
        | Kind::Changed
        | Kind::Conflict => false,
        Kind::NoSuchStore
        | Kind::Configuration
        | Kind::Unauthorized
        | Kind::AccessDenied
        | Kind::Corrupt
        | Kind::Throttled
        | Kind::Unavailable
        | Kind::Timeout
        | Kind::Io
        | Kind::Other => true,
    }
}
