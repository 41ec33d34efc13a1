//! Going through the files of a folder in the order of their keys.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::folder::{is_absent, named};
use crate::limits::WALK_NAMES;
use crate::local::{NameKind, Naming};
use crate::storage::{ListedObject, Offer, PageBuilder, StorageError};

/// What a file tells a listing; `None` if it is no object, or gone meanwhile.
pub(crate) type Describe<'a> =
    &'a dyn Fn(&Path, &str) -> Result<Option<ListedObject>, StorageError>;

/// Fills a page with the files below a folder.
pub(crate) struct Walk<'a> {
    naming: Naming,
    page: PageBuilder<'a>,
    describe: Describe<'a>,
}

/// A name, by the bytes of the key up to its end, a folder's slash included.
type Names = BTreeMap<Vec<u8>, (PathBuf, NameKind)>;

impl<'a> Walk<'a> {
    pub(crate) fn new(naming: Naming, page: PageBuilder<'a>, describe: Describe<'a>) -> Self {
        Self { naming, page, describe }
    }

    pub(crate) fn finish(mut self, root: &Path) -> Result<PageBuilder<'a>, StorageError> {
        let _ = self.folder(root, &[])?;
        Ok(self.page)
    }

    fn folder(&mut self, folder: &Path, beginning: &[u8]) -> Result<ControlFlow<()>, StorageError> {
        let mut after = None;
        loop {
            let (names, is_all) = self.names(folder, beginning, after.as_deref())?;
            after = names.last_key_value().map(|(sort, _)| sort.clone());
            for (sort, (path, kind)) in names {
                if !self.page.wants(&sort) {
                    continue;
                }
                let flow = match kind {
                    NameKind::Object => self.object(&path, &sort)?,
                    NameKind::Folder | NameKind::GoesOn => self.folder(&path, &sort)?,
                };
                if flow.is_break() {
                    return Ok(flow);
                }
            }
            if is_all {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }

    fn object(&mut self, path: &Path, key: &[u8]) -> Result<ControlFlow<()>, StorageError> {
        let Ok(key) = std::str::from_utf8(key) else { return Ok(ControlFlow::Continue(())) };
        let describe = self.describe;
        Ok(match self.page.offer(key, || describe(path, key))? {
            Offer::Done => ControlFlow::Break(()),
            Offer::Next | Offer::PastGroup => ControlFlow::Continue(()),
        })
    }

    /// The next names of a folder in order, and whether those are all: a folder of any size is read
    /// with bounded memory, several times if need be.
    fn names(
        &self,
        folder: &Path,
        beginning: &[u8],
        after: Option<&[u8]>,
    ) -> Result<(Names, bool), StorageError> {
        let mut names = Names::new();
        let mut is_all = true;
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            // removed since its name was read
            Err(error) if is_absent(&error) => return Ok((names, true)),
            Err(error) => return Err(named(error, folder)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| named(error, folder))?;
            let kind = entry.file_type().map_err(|error| named(error, &entry.path()))?;
            let name = entry.file_name();
            // links are not followed, pipes are no objects, and what is no text is no key
            let Some(name) = name.to_str().filter(|_| kind.is_file() || kind.is_dir()) else {
                continue;
            };
            let Some((bytes, kind)) = self.naming.read(name, kind.is_dir()) else { continue };
            let mut sort = [beginning, &bytes].concat();
            if kind == NameKind::Folder {
                sort.push(b'/');
            }
            if after.is_some_and(|after| sort.as_slice() <= after) || !self.page.wants(&sort) {
                continue;
            }
            names.insert(sort, (entry.path(), kind));
            if names.len() > WALK_NAMES {
                names.pop_last();
                is_all = false;
            }
        }
        Ok((names, is_all))
    }
}
