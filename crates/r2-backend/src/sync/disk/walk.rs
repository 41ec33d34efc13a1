//! The files below a directory, in the order of their keys, in bounded memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use super::super::entry::{Entry, Found, SkipReason};
use super::super::name::{KeyIdentity, is_unfinished};
use super::super::options::Symlinks;
use super::super::rules::Rules;
use crate::limits::DIRECTORY_NAMES;

/// No key is longer, so nothing below such a folder has one.
const NAME_BYTES_MAX: usize = r2_objects::limits::KEY_BYTES_MAX;

/// How to walk.
#[derive(Debug, Clone)]
pub(crate) struct WalkOptions {
    pub(crate) symlinks: Symlinks,
    pub(crate) identity: KeyIdentity,
    pub(crate) rules: Rules,
    /// Names of one directory held at a time.
    pub(crate) directory_names: usize,
}

impl WalkOptions {
    pub(crate) fn new(symlinks: Symlinks, identity: KeyIdentity, rules: Rules) -> Self {
        Self { symlinks, identity, rules, directory_names: DIRECTORY_NAMES }
    }
}

/// Walks a directory depth first, handing out files in the order of their names below it.
///
/// A folder stands where its name with a slash stands: `a.txt` comes before `a/b`, as it does in a
/// bucket's listing. What happens to the tree meanwhile may or may not be seen.
#[derive(Debug)]
pub(crate) struct Walker {
    options: WalkOptions,
    levels: Vec<Level>,
    found: Vec<Found>,
}

/// One directory under way. No handle stays open between steps.
#[derive(Debug)]
struct Level {
    path: PathBuf,
    /// Below the root: empty, or ending with a slash.
    name: String,
    children: vec::IntoIter<Child>,
    /// The last of `children`, if the directory has more after it.
    more_after: Option<Child>,
    /// The last folder gone into, by identity.
    last_folder: Option<String>,
    /// Where the directory really is; known only when links are followed.
    real_path: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Child {
    /// The name by identity, with a slash after a folder's.
    order: String,
    name: String,
    kind: ChildKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChildKind {
    File,
    Folder,
    Link,
    BrokenLink,
    Special,
}

impl Ord for Child {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.order, &self.name).cmp(&(&other.order, &other.name))
    }
}

impl PartialOrd for Child {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Walker {
    /// Opens the root. A root that is not there, cannot be read, or is no directory is an error.
    pub(crate) fn open(root: &Path, options: WalkOptions) -> io::Result<Self> {
        if !fs::metadata(root)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let mut walker = Self { options, levels: Vec::new(), found: Vec::new() };
        walker.enter(root.to_path_buf(), String::new())?;
        Ok(walker)
    }

    /// The next things found, at least `wanted` of them unless the walk is over.
    pub(crate) fn next_batch(&mut self, wanted: usize) -> Vec<Found> {
        while self.found.len() < wanted && self.step() {}
        std::mem::take(&mut self.found)
    }

    fn step(&mut self) -> bool {
        let Some(level) = self.levels.last_mut() else { return false };
        if let Some(child) = level.children.next() {
            let path = level.path.join(&child.name);
            let name = format!("{}{}", level.name, child.name);
            self.visit(&child, path, name);
            return true;
        }
        let Some(last) = level.more_after.take() else {
            self.levels.pop();
            return true;
        };
        let (path, name) = (level.path.clone(), level.name.clone());
        match self.scan(&path, &name, Some(&last)) {
            Ok((children, more_after)) => {
                if let Some(level) = self.levels.last_mut() {
                    (level.children, level.more_after) = (children, more_after);
                }
            }
            Err(error) => {
                self.levels.pop();
                self.hide(name, SkipReason::Unreadable(error.to_string()));
            }
        }
        true
    }

    fn visit(&mut self, child: &Child, path: PathBuf, name: String) {
        match child.kind {
            ChildKind::File if is_unfinished(&name) => self.hide(name, SkipReason::Unfinished),
            ChildKind::File => self.visit_file(&path, name),
            ChildKind::Link => self.hide(name, SkipReason::Symlink),
            ChildKind::BrokenLink => self.hide(name, SkipReason::BrokenLink),
            ChildKind::Special => self.hide(name, SkipReason::SpecialFile),
            ChildKind::Folder => {
                let folder = format!("{name}/");
                if self.options.rules.prunes(&self.options.identity.of(&name)) {
                    return;
                }
                let twin = self.levels.last_mut().and_then(|level| {
                    level
                        .last_folder
                        .replace(child.order.clone())
                        .filter(|last| *last == child.order)
                });
                if let Some(twin) = twin {
                    // Going into both would hand out their files in no order.
                    self.nameless(folder, SkipReason::SameName(twin));
                } else if folder.len() > NAME_BYTES_MAX {
                    self.hide(folder, SkipReason::KeyTooLong);
                } else if self.leads_around(&path) {
                    self.hide(folder, SkipReason::BrokenLink);
                } else {
                    match self.enter(path, folder.clone()) {
                        Ok(()) => {}
                        // It was there a moment ago, and now it holds nothing.
                        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                        Err(error) => {
                            self.hide(folder, SkipReason::Unreadable(error.to_string()));
                        }
                    }
                }
            }
        }
    }

    fn visit_file(&mut self, path: &Path, name: String) {
        if !self.options.rules.includes(&self.options.identity.of(&name)) {
            return;
        }
        let metadata = match self.options.symlinks {
            Symlinks::Skip => fs::symlink_metadata(path),
            Symlinks::Follow => fs::metadata(path),
        };
        let modified = metadata.and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
        match modified {
            Ok((bytes, modified)) => {
                let entry =
                    Entry { name, bytes, modified: modified.into(), etag: None, infrequent: false };
                self.found.push(Found::Entry(entry));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.hide(name, SkipReason::Unreadable(error.to_string())),
        }
    }

    fn enter(&mut self, path: PathBuf, name: String) -> io::Result<()> {
        let real_path = match self.options.symlinks {
            Symlinks::Skip => None,
            Symlinks::Follow => Some(fs::canonicalize(&path)?),
        };
        let (children, more_after) = self.scan(&path, &name, None)?;
        let level = Level { path, name, children, more_after, last_folder: None, real_path };
        self.levels.push(level);
        Ok(())
    }

    /// Is it a link to a folder that we are in? Only links can lead there.
    fn leads_around(&self, path: &Path) -> bool {
        self.options.symlinks == Symlinks::Follow
            && fs::canonicalize(path).is_ok_and(|real_path| {
                self.levels.iter().any(|level| level.real_path.as_ref() == Some(&real_path))
            })
    }

    /// The first children after `after`, in order, and the last of them if there are more.
    fn scan(
        &mut self,
        path: &Path,
        folder: &str,
        after: Option<&Child>,
    ) -> io::Result<(vec::IntoIter<Child>, Option<Child>)> {
        let mut first = BinaryHeap::new();
        let mut more = false;
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let child = match self.child(&entry) {
                Ok(child) => child,
                Err(name) => {
                    if after.is_none() {
                        let name = format!("{folder}{}", name.to_string_lossy());
                        self.nameless(name, SkipReason::NotUnicode);
                    }
                    continue;
                }
            };
            if after.is_some_and(|after| child <= *after) {
                continue;
            }
            first.push(child);
            if first.len() > self.options.directory_names {
                first.pop();
                more = true;
            }
        }
        let children = first.into_sorted_vec();
        let more_after = if more { children.last().cloned() } else { None };
        Ok((children.into_iter(), more_after))
    }

    fn child(&self, entry: &DirEntry) -> Result<Child, OsString> {
        let name = entry.file_name().into_string()?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => match self.options.symlinks {
                Symlinks::Skip => ChildKind::Link,
                Symlinks::Follow => match fs::metadata(entry.path()) {
                    Ok(target) => ChildKind::of(target.file_type()),
                    Err(_) => ChildKind::BrokenLink,
                },
            },
            Ok(kind) => ChildKind::of(kind),
            // Looking at the file itself will say why.
            Err(_) => ChildKind::File,
        };
        let mut order = self.options.identity.of(&name).into_owned();
        if kind == ChildKind::Folder {
            order.push('/');
        }
        Ok(Child { order, name, kind })
    }

    fn hide(&mut self, name: String, reason: SkipReason) {
        if self.options.rules.includes(&self.options.identity.of(&name)) {
            self.found.push(Found::Hidden { name, reason });
        }
    }

    fn nameless(&mut self, name: String, reason: SkipReason) {
        if self.options.rules.includes(&self.options.identity.of(&name)) {
            self.found.push(Found::Nameless { name, reason });
        }
    }
}

impl ChildKind {
    fn of(kind: fs::FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Folder
        } else {
            Self::Special
        }
    }
}
