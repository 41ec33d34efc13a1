//! Copies of a whole store: in memory by sharing what nobody changed since, in a folder by links.

use std::path::Path;
use std::sync::Arc;

use redb::Database;

use super::blobs::Durability;
use super::disk::System;
use super::failure::{Halt, StoreError};
use super::folder::Folder;
use super::index::Index;
use super::pages::Pages;
use super::shared::Inner;
use super::{Blobs, Store};
use crate::error::{Error, ErrorKind};

/// A state of a store in memory.
#[derive(Debug)]
pub(crate) struct Kept {
    pages: Pages,
    blobs: Blobs,
}

impl Store {
    /// Keeps the state that a store in memory has now; `None` for a folder.
    pub(crate) fn keep(&self) -> Result<Option<Kept>, StoreError> {
        let inner = self.inner();
        let Some(memory) = inner.index.in_memory() else { return Ok(None) };
        let database = inner.database()?;
        // With this in the index a copy is opened without a walk over it.
        let mut writing = database.begin_write()?;
        writing.set_quick_repair(true);
        writing.commit()?;
        still(&database, || {
            let kept = |blobs| Kept { pages: memory.copy(), blobs };
            Ok(inner.blobs.fork().map(kept))
        })
    }

    /// A store in memory that begins with this state.
    pub(crate) fn from_kept(kept: &Kept) -> Result<Store, StoreError> {
        let index = Index::copied(kept.pages.clone(), 0)?;
        let blobs = kept.blobs.fork().ok_or_else(|| StoreError::corrupt("not in memory"))?;
        Ok(Store::new(index, blobs))
    }

    /// Goes back to a state, for everybody who has this store.
    pub(crate) fn restore(&self, kept: &Kept) -> Result<(), Error> {
        if !self.is_memory() {
            let why = "only a store in memory can go back; copy the folder, and open the copy";
            return Err(Error::folder(ErrorKind::Unsupported, &self.root(), why).doing("restore"));
        }
        let kept = Store::from_kept(kept).map_err(|error| self.failure(error).doing("restore"))?;
        self.replace(&kept);
        Ok(())
    }

    /// Makes another folder with the same content; nothing is written meanwhile.
    pub(crate) async fn copy_to(&self, root: &Path, durability: Durability) -> Result<(), Error> {
        let to = root.to_owned();
        let copied = self.blocking(move |inner| Ok(copy_folder(inner, &to, durability)?)).await;
        match copied {
            Ok(copied) => copied,
            Err(Halt::Failed(error) | Halt::Refused(error)) => {
                Err(self.failure(error).doing("copy"))
            }
        }
    }
}

/// Makes a copy of a store that nobody has open. Blocking.
pub(crate) fn copy_closed(from: &Path, to: &Path, durability: Durability) -> Result<(), Error> {
    let folder = Folder::hold(from, Arc::new(System))?;
    folder.copy_to(to, durability).map_err(|error| error.doing("copy"))
}

fn copy_folder(
    store: &Inner,
    root: &Path,
    durability: Durability,
) -> Result<Result<(), Error>, StoreError> {
    let Some(folder) = store.blobs.directory() else {
        let why = "only a store in a folder can be copied to another one";
        let error = Error::folder(ErrorKind::Unsupported, Path::new(""), why);
        return Ok(Err(error.doing("copy")));
    };
    let copy = || Ok(folder.copy_to(root, durability).map_err(|error| error.doing("copy")));
    still(&*store.database()?, copy)
}

/// Does something while nothing is committed.
fn still<T>(
    database: &Database,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let writing = database.begin_write()?;
    let done = work();
    writing.abort()?;
    done
}
