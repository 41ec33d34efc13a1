//! A directory that the back end keeps: every key, whole objects, attributes.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use r2_objects::{ETag, LastModified, ObjectKey, Precondition};
use r2_transport::{Body, Clock};

use super::Naming;
use crate::blocking::blocking;
use crate::disk::{NewFile, Record, Store, Walk};
use crate::storage::{
    CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ListedObject, ObjectMeta, Page,
    PageBuilder, PageToken, PutOptions, StorageError, StorageErrorKind, Stored, check_read,
};

/// Runs a step of file work.
pub(crate) async fn step<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StorageError> + Send + 'static,
) -> Result<T, StorageError> {
    blocking(move || Ok(work())).await.map_err(StorageError::io)?
}

/// The part of an object's content that is asked for.
pub(crate) fn select(
    file: File,
    meta: ObjectMeta,
    options: &GetOptions,
) -> Result<Fetched, StorageError> {
    check_read(&options.conditions, &meta.etag, meta.modified)?;
    let range = match options.range {
        None => 0..meta.size,
        Some(range) => range
            .resolve(meta.size)
            .ok_or_else(|| StorageError::of(StorageErrorKind::InvalidRange))?,
    };
    let body = match range.is_empty() {
        true => Body::empty(),
        false => Body::file(Arc::new(file), range.clone()),
    };
    Ok(Fetched::new(meta, range, body))
}

pub(crate) fn not_found() -> StorageError {
    StorageError::of(StorageErrorKind::NotFound)
}

#[derive(Debug)]
pub(super) struct Managed {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
}

impl Managed {
    pub(super) async fn open(root: &Path, clock: Arc<dyn Clock>) -> Result<Self, StorageError> {
        let (root, now) = (root.to_owned(), clock.now());
        let store = step(move || Store::open(&root, now)).await?;
        Ok(Self { store: Arc::new(store), clock })
    }

    fn now(&self) -> LastModified {
        self.clock.now().into()
    }

    pub(super) async fn put(
        &self,
        key: &ObjectKey,
        mut content: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        // a path that cannot be is told before anything is read
        Naming::Escaped.path(key)?;
        let store = Arc::clone(&self.store);
        let mut new = step(move || store.new_file()).await?;
        while let Some(chunk) = content.next_chunk().await {
            let unreadable = |error| StorageError::of(StorageErrorKind::Content).source(error);
            let chunk = chunk.map_err(unreadable)?;
            new = step(move || new.append(&chunk).map(|()| new).map_err(StorageError::io)).await?;
        }
        let (store, key, now) = (Arc::clone(&self.store), key.clone(), self.now());
        step(move || {
            let etag = new.hashed()?;
            commit(&store, &key, new, &etag, now, &options)
        })
        .await
    }

    pub(super) async fn get(
        &self,
        key: &ObjectKey,
        options: GetOptions,
        name: Arc<str>,
    ) -> Result<Fetched, StorageError> {
        let (store, key) = (Arc::clone(&self.store), key.clone());
        step(move || {
            let (file, record) = store.find(&key)?.ok_or_else(not_found)?;
            select(file, meta(key, &record, name)?, &options)
        })
        .await
    }

    pub(super) async fn head(
        &self,
        key: &ObjectKey,
        options: HeadOptions,
        name: Arc<str>,
    ) -> Result<ObjectMeta, StorageError> {
        let (store, key) = (Arc::clone(&self.store), key.clone());
        step(move || {
            let (_, record) = store.find(&key)?.ok_or_else(not_found)?;
            let meta = meta(key, &record, name)?;
            check_read(&options.conditions, &meta.etag, meta.modified)?;
            Ok(meta)
        })
        .await
    }

    pub(super) async fn list(
        &self,
        options: &ListOptions,
        token: Option<&PageToken>,
        name: Arc<str>,
    ) -> Result<Page, StorageError> {
        let (store, options, token) = (Arc::clone(&self.store), options.clone(), token.cloned());
        step(move || {
            let describe = |_: &Path, key: &str| {
                let key = ObjectKey::new(key)?;
                let Some((_, record)) = store.find(&key)? else { return Ok(None) };
                let listed = ListedObject::new(key, record.size, Arc::clone(&name))
                    .etag(record.etag()?)
                    .modified(record.modified());
                Ok(Some(listed))
            };
            let page = PageBuilder::new(&options, token.as_ref())?;
            let walk = Walk::new(Naming::Escaped, page, &describe);
            Ok(walk.finish(&store.objects())?.finish())
        })
        .await
    }

    pub(super) async fn copy(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        let (from, to, now) = (from.clone(), to.clone(), self.now());
        let store = Arc::clone(&self.store);
        step(move || {
            let of_source = |error: StorageError| error.key(&from);
            let (file, record) = store.find(&from)?.ok_or_else(not_found).map_err(of_source)?;
            let etag = record.etag()?;
            if let Some(wanted) = options.source {
                let wanted = [Precondition::unchanged(wanted)];
                check_read(&wanted, &etag, None).map_err(of_source)?;
            }
            let attributes = match options.attributes {
                Some(attributes) => attributes,
                None => record.attributes()?,
            };
            let put = PutOptions::new().condition(options.condition).attributes(attributes);
            let new = store.copy_file(&file, record.size)?;
            commit(&store, &to, new, &etag, now, &put)
        })
        .await
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let (store, key) = (Arc::clone(&self.store), key.clone());
        step(move || store.delete(&key)).await
    }
}

fn commit(
    store: &Store,
    key: &ObjectKey,
    mut new: NewFile,
    etag: &ETag,
    now: LastModified,
    options: &PutOptions,
) -> Result<Stored, StorageError> {
    let size = new.size;
    new.seal(&Record::new(key, size, etag, now, &options.attributes))?;
    store.commit(key, new, &options.condition)?;
    Ok(Stored::new(etag.clone(), size))
}

fn meta(key: ObjectKey, record: &Record, name: Arc<str>) -> Result<ObjectMeta, StorageError> {
    Ok(ObjectMeta::new(key, record.size, record.etag()?, name)
        .modified(record.modified())
        .attributes(record.attributes()?))
}
