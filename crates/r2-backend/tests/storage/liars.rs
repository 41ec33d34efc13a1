//! The suite finds a back end that does not keep its promises.

use std::sync::Arc;

use r2_backend::conformance::{Report, Suite};
use r2_backend::storage::{
    Capabilities, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PageToken, PutCondition, PutOptions, Stored,
};
use r2_backend::{MemoryBackend, StorageBackend, StorageBackendExt as _, StorageError};
use r2_objects::{ByteRange, ObjectKey};
use r2_transport::{Body, BoxFuture};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    IgnoresConditions,
    IgnoresReadConditions,
    IgnoresRanges,
    ForgetsAttributes,
    ForgetsDelimiter,
    LosesThePageAfterTheFirst,
    TrimsKeys,
    CutsContent,
    StoresBrokenContent,
    DeletesNothing,
}

#[derive(Debug)]
struct Liar(MemoryBackend, Lie);

impl Liar {
    fn key(&self, key: &ObjectKey) -> ObjectKey {
        let trimmed = || ObjectKey::new(key.as_str().trim_end_matches('/')).ok();
        (self.1 == Lie::TrimsKeys).then(trimmed).flatten().unwrap_or_else(|| key.clone())
    }

    async fn write(
        &self,
        key: &ObjectKey,
        mut content: Body,
        mut options: PutOptions,
    ) -> Result<Stored, StorageError> {
        match self.1 {
            Lie::IgnoresConditions => options.condition = PutCondition::Always,
            Lie::ForgetsAttributes => options.attributes = Default::default(),
            Lie::CutsContent | Lie::StoresBrokenContent => {
                let mut bytes = Vec::new();
                while let Some(chunk) = content.next_chunk().await {
                    match chunk {
                        Ok(chunk) => bytes.extend_from_slice(&chunk),
                        Err(_) if self.1 == Lie::StoresBrokenContent => break,
                        Err(error) => return Err(StorageError::of_body(error)),
                    }
                }
                if self.1 == Lie::CutsContent {
                    bytes.truncate(1 << 20);
                }
                content = bytes.into();
            }
            _ => {}
        }
        self.0.put(&self.key(key), content, options).await
    }
}

impl StorageBackend for Liar {
    fn name(&self) -> Arc<str> {
        self.0.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(self.write(key, content, options))
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        mut options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            match self.1 {
                Lie::IgnoresRanges if options.range.is_some() => {
                    options.range = Some(ByteRange::from_offset(0));
                }
                Lie::IgnoresReadConditions => options.conditions.clear(),
                _ => {}
            }
            let mut fetched = self.0.get(&self.key(key), options).await?;
            fetched.meta.key = key.clone();
            Ok(fetched)
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let mut meta = self.0.head(&self.key(key), options).await?;
            meta.key = key.clone();
            Ok(meta)
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            let mut options = options.clone();
            if self.1 == Lie::ForgetsDelimiter {
                options.delimiter = None;
            }
            let mut page = self.0.list_page(&options, token).await?;
            if self.1 == Lie::LosesThePageAfterTheFirst {
                page.next = None;
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
        self.0.copy(from, to, options)
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            match self.1 {
                Lie::DeletesNothing => Ok(()),
                _ => self.0.delete(&self.key(key)).await,
            }
        })
    }
}

async fn report(lie: Lie) -> Report {
    let liar = Liar(MemoryBackend::new(), lie);
    // small contents do: a part is large enough to be cut
    Suite::new(Arc::new(liar)).large_bytes((1 << 20) + 1).run().await
}

#[tokio::test]
async fn every_lie_is_found() {
    let honest = report(Lie::None).await;
    assert!(honest.is_ok() && honest.passed.len() > 40, "{honest}");
    let lies = [
        (Lie::IgnoresConditions, "create only"),
        (Lie::IgnoresReadConditions, "a read meets the version"),
        (Lie::IgnoresRanges, "ranges of all shapes"),
        (Lie::ForgetsAttributes, "attributes come back"),
        (Lie::ForgetsDelimiter, "a delimiter groups"),
        (Lie::LosesThePageAfterTheFirst, "pages of any size"),
        (Lie::TrimsKeys, "keys that differ"),
        (Lie::CutsContent, "a large object is whole"),
        (Lie::StoresBrokenContent, "content that ends in an error"),
        (Lie::DeletesNothing, "what is not there is not found"),
    ];
    for (lie, check) in lies {
        let report = report(lie).await;
        let found = report.failed.iter().any(|failure| failure.check.starts_with(check));
        assert!(found, "{lie:?} is not found:\n{report}");
    }
}

#[tokio::test]
async fn one_check_can_be_run_alone_and_the_store_is_left_as_it_was() {
    let storage = MemoryBackend::new();
    let key = "conformance/mine".try_into().unwrap();
    storage.put_bytes(&key, "mine").await.unwrap();
    let report = Suite::new(Arc::new(storage.clone())).only("a delimiter").run().await;
    assert_eq!((report.passed.len(), report.failed.len()), (1, 0));
    assert_eq!(storage.get_bytes(&key, 10).await.unwrap(), "mine");
}
