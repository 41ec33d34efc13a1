//! An origin that counts what it is asked, and can be told to fail.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use r2_backend::storage::{
    Capabilities, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PageToken, PutOptions, Stored,
};
use r2_backend::{StorageBackend, StorageError, StorageErrorKind};
use r2_objects::ObjectKey;
use r2_transport::{Body, BoxFuture};
use tokio::sync::Notify;

#[derive(Debug, Default)]
struct Seen {
    calls: BTreeMap<&'static str, usize>,
    /// The next write is done, and its answer lost.
    loses_answer: bool,
    /// Writes and reads wait at the origin, after they took effect, until they are let go.
    held: Option<Arc<Notify>>,
    /// So does the next question of what is known.
    next_head: Option<Arc<Notify>>,
}

#[derive(Debug, Clone)]
pub(super) struct Counting<B> {
    pub(super) inner: B,
    seen: Arc<Mutex<Seen>>,
}

impl<B: StorageBackend> Counting<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner, seen: Arc::default() }
    }

    /// What was asked since the last time, but listings.
    pub(super) fn asked(&self) -> String {
        let calls = std::mem::take(&mut self.seen.lock().expect("no test panics with it").calls);
        let calls: Vec<_> = calls.iter().map(|(name, times)| format!("{name} {times}")).collect();
        calls.join(", ")
    }

    pub(super) fn lose_an_answer(&self) {
        self.seen.lock().expect("no test panics with it").loses_answer = true;
    }

    /// Keeps the answers of what is asked from now on until the handle is notified, once for each.
    pub(super) fn hold(&self) -> Arc<Notify> {
        let gate = Arc::new(Notify::new());
        self.seen.lock().expect("no test panics with it").held = Some(Arc::clone(&gate));
        gate
    }

    /// Keeps the answer of the next HEAD until the handle is notified.
    pub(super) fn hold_a_head(&self) -> Arc<Notify> {
        let gate = Arc::new(Notify::new());
        self.seen.lock().expect("no test panics with it").next_head = Some(Arc::clone(&gate));
        gate
    }

    pub(super) fn let_go(&self) {
        self.seen.lock().expect("no test panics with it").held = None;
    }

    fn count(&self, name: &'static str) -> Option<Arc<Notify>> {
        let mut seen = self.seen.lock().expect("no test panics with it");
        *seen.calls.entry(name).or_default() += 1;
        if name == "head" { seen.next_head.take() } else { seen.held.clone() }
    }
}

async fn wait(gate: Option<Arc<Notify>>) {
    if let Some(gate) = gate {
        gate.notified().await;
    }
}

impl<B: StorageBackend> StorageBackend for Counting<B> {
    fn name(&self) -> Arc<str> {
        self.inner.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let gate = self.count("put");
            let stored = self.inner.put(key, content, options).await?;
            wait(gate).await;
            if std::mem::take(&mut self.seen.lock().expect("no test panics with it").loses_answer) {
                return Err(StorageError::of(StorageErrorKind::Timeout).possibly_applied());
            }
            Ok(stored)
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let gate = self.count("get");
            let fetched = self.inner.get(key, options).await;
            wait(gate).await;
            fetched
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let gate = self.count("head");
            let told = self.inner.head(key, options).await;
            wait(gate).await;
            told
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        self.inner.list_page(options, token)
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        self.count("copy");
        self.inner.copy(from, to, options)
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        self.count("delete");
        self.inner.delete(key)
    }
}
