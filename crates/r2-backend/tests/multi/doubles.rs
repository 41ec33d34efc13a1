//! A bucket whose moods can be chosen.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream;
use r2_backend::storage::{
    Capabilities, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PageToken, PutOptions, Stored,
};
use r2_backend::{MemoryBackend, StorageBackend, StorageError, StorageErrorKind};
use r2_objects::ObjectKey;
use r2_transport::{Body, BoxFuture};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Fine,
    Fails,
    /// Does everything, an hour late.
    Slow,
    /// Answers with another object.
    OtherKey,
    /// Sends a byte less than it says, and its length.
    Short,
    /// Sends a byte less than it says, and no length.
    ShortInSecret,
    /// Lists its pages backwards.
    OutOfOrder,
}

pub(crate) const MOODS: [Mood; 6] =
    [Mood::Fine, Mood::Fails, Mood::Slow, Mood::OtherKey, Mood::Short, Mood::OutOfOrder];

#[derive(Debug, Clone)]
pub(crate) struct Double {
    pub(crate) inner: MemoryBackend,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicUsize>,
}

impl Double {
    pub(crate) fn new() -> Self {
        let (inner, mood) = (MemoryBackend::new(), Arc::new(Mutex::new(Mood::Fine)));
        Self { inner, mood, asked: Arc::default() }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().expect("it works in memory") = mood;
    }

    /// How often it was asked since this was called last.
    pub(crate) fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }

    async fn begin(&self) -> Result<Mood, StorageError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mood = *self.mood.lock().expect("it works in memory");
        match mood {
            Mood::Fails => return Err(StorageError::of(StorageErrorKind::Unavailable)),
            Mood::Slow => tokio::time::sleep(Duration::from_secs(3600)).await,
            _ => {}
        }
        Ok(mood)
    }
}

async fn shortened(fetched: Fetched, length_is_told: bool) -> Fetched {
    let mut bytes = fetched.body.collect(1 << 20).await.expect("it works in memory").to_vec();
    bytes.pop();
    let body = if length_is_told {
        Body::from(bytes)
    } else {
        Body::one_shot(stream::iter([Ok::<_, std::io::Error>(bytes.into())]), None)
    };
    Fetched::new(fetched.meta, fetched.range, body)
}

impl StorageBackend for Double {
    fn name(&self) -> Arc<str> {
        "double".into()
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
            self.begin().await?;
            self.inner.put(key, content, options).await
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let mood = self.begin().await?;
            let mut fetched = self.inner.get(key, options).await?;
            Ok(match mood {
                Mood::Short => shortened(fetched, true).await,
                Mood::ShortInSecret => shortened(fetched, false).await,
                Mood::OtherKey => {
                    fetched.meta.key = "another".try_into()?;
                    fetched
                }
                _ => fetched,
            })
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let mood = self.begin().await?;
            let mut meta = self.inner.head(key, options).await?;
            if mood == Mood::OtherKey {
                meta.key = "another".try_into()?;
            }
            Ok(meta)
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            let mood = self.begin().await?;
            let mut page = self.inner.list_page(options, token).await?;
            if mood == Mood::OutOfOrder {
                page.entries.reverse();
            }
            Ok(page)
        })
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            self.begin().await?;
            self.inner.copy(from, to, options).await
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            self.begin().await?;
            self.inner.delete(key).await
        })
    }
}
