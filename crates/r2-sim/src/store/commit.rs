//! Group commit: whoever comes first commits for all who are waiting.
//!
//! A commit costs two disk flushes however much it holds. So changes queue up, the first one's task
//! becomes the leader, takes the whole queue into one transaction, commits, answers everybody, and
//! goes on until the queue is empty. Nothing runs when nothing is written.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use redb::Durability as Flush;
use tokio::sync::oneshot;

use super::failure::{Halt, StoreError, StoreErrorKind};
use super::shared::Inner;
use super::txn::{Outcome, Txn};
use super::{Claim, locked};
use crate::limits::{BATCH_CHANGES_MAX, MEMORY_COMMITS};

/// A change waiting for its turn.
pub(super) trait Job: Send {
    /// Makes the change, or keeps its refusal for [`finish`](Job::finish).
    ///
    /// # Errors
    /// When the store failed.
    fn apply(&mut self, txn: &mut Txn<'_>) -> Result<(), StoreError>;
    /// Called once, when the fate of the transaction is known.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A closure as a job.
pub(super) struct Change<F, T, R> {
    apply: Option<F>,
    result: Option<Result<T, Halt<R>>>,
    reply: oneshot::Sender<Result<T, Halt<R>>>,
}

impl<F, T, R> Change<F, T, R> {
    pub(super) fn new(apply: F, reply: oneshot::Sender<Result<T, Halt<R>>>) -> Change<F, T, R> {
        Change { apply: Some(apply), result: None, reply }
    }
}

impl<F, T, R> Job for Change<F, T, R>
where
    F: FnOnce(&mut Txn<'_>) -> Result<T, Halt<R>> + Send,
    T: Send,
    R: Send,
{
    fn apply(&mut self, txn: &mut Txn<'_>) -> Result<(), StoreError> {
        let Some(apply) = self.apply.take() else { return Ok(()) };
        let before = txn.changes();
        let result = apply(txn);
        let failure = match &result {
            Err(Halt::Failed(error)) => Err(error.clone()),
            Err(Halt::Refused(_)) if txn.changes() != before => {
                Err(StoreError::corrupt("a change wrote before it refused"))
            }
            Ok(_) | Err(Halt::Refused(_)) => Ok(()),
        };
        self.result = Some(result);
        failure
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match committed {
            Ok(()) => self.result.unwrap_or_else(|| Err(StoreError::stopped().into())),
            Err(error) => Err(error.into()),
        };
        // Nobody may be waiting any more: the change stands all the same.
        drop(self.reply.send(result));
    }
}

/// Changes that wait, and whether somebody is working on them.
#[derive(Default)]
pub(super) struct Queue {
    jobs: Vec<Box<dyn Job>>,
    led: bool,
}

impl Queue {
    /// Adds a job. The caller must lead when the result is true.
    pub(super) fn push(&mut self, job: Box<dyn Job>) -> bool {
        self.jobs.push(job);
        !std::mem::replace(&mut self.led, true)
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.jobs.len()).finish()
    }
}

/// The duty to empty the queue. Dropped without having run (the runtime went away, or a change
/// panicked), it fails those who wait, so that the next change finds a new leader.
pub(super) struct Leader {
    store: Arc<Inner>,
    done: bool,
}

impl Leader {
    pub(super) fn new(store: Arc<Inner>) -> Leader {
        Leader { store, done: false }
    }

    /// Commits until nothing waits. Blocking, except in memory.
    pub(super) fn lead(mut self) {
        loop {
            let jobs = {
                let mut queue = locked(&self.store.queue);
                if queue.jobs.is_empty() {
                    queue.led = false;
                    self.done = true;
                    break;
                }
                let count = queue.jobs.len().min(BATCH_CHANGES_MAX);
                queue.jobs.drain(..count).collect()
            };
            commit(&self.store, jobs);
            self.store.blobs.sweep();
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if !self.done {
            let mut queue = locked(&self.store.queue);
            queue.led = false;
            queue.jobs.clear();
        }
    }
}

fn commit(store: &Inner, mut jobs: Vec<Box<dyn Job>>) {
    match transact(store, &mut jobs) {
        Ok(outcome) => {
            for job in jobs {
                job.finish(Ok(()));
            }
            store.blobs.forget_removed(outcome.forgotten);
            outcome.claims.into_iter().for_each(Claim::settle);
            store.blobs.discard(outcome.dead);
            if store.blobs.is_short() {
                store.blobs.sweep();
                // Still full: the next body tries again.
                store.blobs.fill_reserve().ok();
            }
        }
        Err(error) => {
            tracing::warn!(%error, changes = jobs.len(), "a commit of the local store failed");
            if error.kind() != StoreErrorKind::Corrupt {
                store.index.lose();
            }
            if error.kind() == StoreErrorKind::Full {
                store.blobs.spend_reserve();
            }
            for job in jobs {
                job.finish(Err(error.clone()));
            }
        }
    }
}

fn transact(store: &Inner, jobs: &mut [Box<dyn Job>]) -> Result<Outcome, StoreError> {
    let database = store.database()?;
    let mut writing = database.begin_write()?;
    let is_memory = store.blobs.is_memory();
    writing.set_durability(if is_memory { in_memory(store) } else { Flush::Immediate })?;
    // Opening after a crash must not read the whole file.
    writing.set_quick_repair(!is_memory);
    let mut txn = Txn::open(&writing)?;
    for job in jobs {
        let before = txn.changes();
        match job.apply(&mut txn) {
            // A row that cannot be read is the trouble of those who read it.
            Err(error) if error.kind() == StoreErrorKind::Corrupt && txn.changes() == before => {}
            other => other?,
        }
    }
    if txn.changes() == 0 {
        drop(txn);
        writing.abort()?;
        return Ok(Outcome::default());
    }
    txn.forget_garbage(&store.blobs.removed())?;
    let mut outcome = txn.into_outcome();
    let claims = std::mem::take(&mut outcome.claims);
    let committed = sync_names(store, &claims).and_then(|()| Ok(writing.commit()?));
    match committed {
        Ok(()) => outcome.claims = claims,
        Err(error) => {
            claims.into_iter().for_each(Claim::unsettle);
            return Err(error);
        }
    }
    Ok(outcome)
}

/// Nothing outlives the process, so there is nothing to force. Now and then all the same: the index
/// takes back pages only then.
fn in_memory(store: &Inner) -> Flush {
    let count = store.commits.fetch_add(1, Ordering::Relaxed);
    if count.is_multiple_of(MEMORY_COMMITS) { Flush::Immediate } else { Flush::None }
}

fn sync_names(store: &Inner, claims: &[Claim]) -> Result<(), StoreError> {
    if claims.is_empty() {
        return Ok(());
    }
    Ok(store.blobs.sync_names()?)
}
