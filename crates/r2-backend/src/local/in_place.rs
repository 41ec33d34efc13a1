//! A directory whose files are there already: served, and never changed.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use r2_objects::{ETag, ObjectKey};

use super::Naming;
use super::managed::{not_found, select, step};
use crate::disk::{Walk, join, open_regular};
use crate::storage::{
    Fetched, GetOptions, HeadOptions, ListOptions, ListedObject, ObjectMeta, Page, PageBuilder,
    PageToken, StorageError, StorageErrorKind, Stored, check_read,
};

#[derive(Debug)]
pub(super) struct InPlace {
    root: PathBuf,
}

impl InPlace {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Nothing is written: the file must be there.
    pub(super) async fn put(&self, key: &ObjectKey) -> Result<Stored, StorageError> {
        let (root, key) = (self.root.clone(), key.clone());
        step(move || {
            let (_, found) = find(&root, &key)?.ok_or_else(|| {
                let message = format!(
                    "the file is not in {}: in place, files are there before they are uploaded; \
                     to have them stored, use a managed directory",
                    root.display()
                );
                StorageError::new(StorageErrorKind::NotFound, message)
            })?;
            Ok(Stored::new(etag(&found)?, found.len()))
        })
        .await
    }

    pub(super) async fn get(
        &self,
        key: &ObjectKey,
        options: GetOptions,
        name: Arc<str>,
    ) -> Result<Fetched, StorageError> {
        let (root, key) = (self.root.clone(), key.clone());
        step(move || {
            let (file, found) = find(&root, &key)?.ok_or_else(not_found)?;
            select(file, meta(key, &found, name)?, &options)
        })
        .await
    }

    pub(super) async fn head(
        &self,
        key: &ObjectKey,
        options: HeadOptions,
        name: Arc<str>,
    ) -> Result<ObjectMeta, StorageError> {
        let (root, key) = (self.root.clone(), key.clone());
        step(move || {
            let (_, found) = find(&root, &key)?.ok_or_else(not_found)?;
            let meta = meta(key, &found, name)?;
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
        let (root, options, token) = (self.root.clone(), options.clone(), token.cloned());
        step(move || {
            let describe = |path: &Path, key: &str| {
                // what cannot be asked for by its key is not shown
                let (Ok(key), Some((_, found))) = (ObjectKey::new(key), open_regular(path)?) else {
                    return Ok(None);
                };
                if Naming::Plain.path(&key).is_err() {
                    return Ok(None);
                }
                let meta = meta(key, &found, Arc::clone(&name))?;
                let listed = ListedObject::new(meta.key, meta.size, meta.served_by);
                Ok(Some(listed.etag(meta.etag).modified(meta.modified)))
            };
            let page = PageBuilder::new(&options, token.as_ref())?;
            Ok(Walk::new(Naming::Plain, page, &describe).finish(&root)?.finish())
        })
        .await
    }
}

fn find(root: &Path, key: &ObjectKey) -> Result<Option<(File, Metadata)>, StorageError> {
    open_regular(&join(root, &Naming::Plain.path(key)?)?)
}

/// What changes when the file does: when it was written, and its length.
fn etag(found: &Metadata) -> Result<ETag, StorageError> {
    let written = found.modified().ok().and_then(|moment| moment.duration_since(UNIX_EPOCH).ok());
    let nanos = written.map_or(0, |since| since.as_nanos());
    Ok(ETag::parse(&format!("{nanos:x}.{:x}", found.len()))?)
}

fn meta(key: ObjectKey, found: &Metadata, name: Arc<str>) -> Result<ObjectMeta, StorageError> {
    let modified = found.modified().ok().map(Into::into);
    Ok(ObjectMeta::new(key, found.len(), etag(found)?, name).modified(modified))
}
