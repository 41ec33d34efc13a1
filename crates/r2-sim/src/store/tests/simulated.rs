//! A disk in memory that writes down every step, so that a test can stop time at each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fs::TryLockError;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use super::super::disk::{Create, Disk, Lock, Reading, Sharing, Writing};
use super::super::locked;

/// A step that changes the disk. Files are numbers: names come and go, also on the disk.
#[derive(Clone, Debug)]
pub(super) enum Step {
    MakeFolder(PathBuf),
    Create(PathBuf, u64),
    Write(u64, u64, Arc<[u8]>),
    Resize(u64, u64),
    SyncFile(u64),
    Rename(PathBuf, PathBuf, u64),
    Remove(PathBuf, u64),
    SyncFolder(PathBuf),
}

/// A line of the log: a step, or what the workload says of itself.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Step(Step),
    /// The change of this number was asked for by this lane.
    Begun(usize, usize),
    /// It was acknowledged.
    Done(usize, usize),
}

/// What lies on a disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Image {
    folders: BTreeSet<PathBuf>,
    names: BTreeMap<PathBuf, u64>,
    files: HashMap<u64, Arc<Vec<u8>>>,
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

/// What `Vec::resize` does, which goes byte by byte when it is not optimised.
fn resize(content: &mut Vec<u8>, length: usize) {
    let mut resized = vec![0; length];
    let kept = content.len().min(length);
    resized[..kept].copy_from_slice(&content[..kept]);
    *content = resized;
}

impl Image {
    pub(super) fn with_root() -> Image {
        Image { folders: BTreeSet::from([PathBuf::from("/")]), ..Image::default() }
    }

    /// Takes a step. One that needs a folder which is not there is lost with it.
    pub(super) fn apply(&mut self, step: &Step) {
        let has = |path: &Path| self.folders.contains(folder_of(path));
        match step {
            Step::MakeFolder(path) if has(path) => drop(self.folders.insert(path.clone())),
            Step::Create(path, file) if has(path) => {
                self.names.insert(path.clone(), *file);
                self.files.entry(*file).or_default();
            }
            Step::Rename(from, to, file) if has(to) => {
                self.apply(&Step::Remove(from.clone(), *file));
                self.names.insert(to.clone(), *file);
                self.files.entry(*file).or_default();
            }
            Step::Remove(path, file) if self.names.get(path) == Some(file) => {
                self.names.remove(path);
            }
            Step::Write(file, offset, bytes) => {
                let content = Arc::make_mut(self.files.entry(*file).or_default());
                let (start, end) = (index(*offset), index(*offset) + bytes.len());
                if content.len() < end {
                    resize(content, end);
                }
                content[start..end].copy_from_slice(bytes);
            }
            Step::Resize(file, length) => {
                let content = Arc::make_mut(self.files.entry(*file).or_default());
                resize(content, index(*length));
            }
            _ => {}
        }
    }

    /// Names of files below a folder.
    pub(super) fn below(&self, folder: &Path) -> usize {
        self.names.keys().filter(|path| path.starts_with(folder)).count()
    }
}

#[derive(Debug)]
struct State {
    image: Image,
    log: Vec<Entry>,
    next_file: u64,
}

impl State {
    fn take(&mut self, step: Step) {
        self.image.apply(&step);
        self.log.push(Entry::Step(step));
    }

    fn file(&self, path: &Path) -> io::Result<u64> {
        self.image.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn need_folder(&self, path: &Path) -> io::Result<()> {
        let found = self.image.folders.contains(folder_of(path));
        if found { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn make(&mut self, path: &Path) -> u64 {
        let file = self.next_file;
        self.next_file += 1;
        self.take(Step::Create(path.to_owned(), file));
        file
    }

    fn content(&self, file: u64) -> Arc<Vec<u8>> {
        self.image.files.get(&file).cloned().unwrap_or_default()
    }
}

/// The disk; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Simulated(Arc<Mutex<State>>);

impl Simulated {
    /// A disk on which this lies, durably.
    pub(super) fn new(image: Image) -> Simulated {
        let next_file = image.files.keys().max().map_or(1, |last| last + 1);
        Simulated(Arc::new(Mutex::new(State { image, log: Vec::new(), next_file })))
    }

    pub(super) fn note(&self, entry: Entry) {
        locked(&self.0).log.push(entry);
    }

    /// Everything that happened so far.
    pub(super) fn log(&self) -> Vec<Entry> {
        locked(&self.0).log.clone()
    }

    pub(super) fn image(&self) -> Image {
        locked(&self.0).image.clone()
    }
}

impl Disk for Simulated {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        state.need_folder(path)?;
        if state.image.names.contains_key(path) {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        if !state.image.folders.contains(path) {
            state.take(Step::MakeFolder(path.to_owned()));
        }
        Ok(())
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let state = locked(&self.0);
        Ok(state.image.names.contains_key(path) || state.image.folders.contains(path))
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        let state = locked(&self.0);
        let file = state.file(path)?;
        Ok(state.content(file).len() as u64)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let state = locked(&self.0);
        let all = state.image.names.keys().chain(&state.image.folders);
        let inside = all.filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| path.file_name()).map(OsString::from).collect())
    }

    fn create(&self, path: &Path, create: Create) -> io::Result<Box<dyn Writing>> {
        let mut state = locked(&self.0);
        state.need_folder(path)?;
        let file = match (state.file(path), create) {
            (Ok(_), Create::New) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Ok(file), Create::Replace) => {
                state.take(Step::Resize(file, 0));
                file
            }
            (Err(_), _) => state.make(path),
        };
        Ok(Box::new(Appending { disk: self.clone(), file, length: 0 }))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut state = locked(&self.0);
        let file = state.file(path)?;
        state.take(Step::Write(file, 0, bytes.into()));
        state.take(Step::SyncFile(file));
        Ok(())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Reading>> {
        let state = locked(&self.0);
        let file = state.file(path)?;
        Ok(Box::new(Cursor::new(state.content(file).to_vec())))
    }

    fn index(&self, path: &Path) -> io::Result<Box<dyn StorageBackend>> {
        let mut state = locked(&self.0);
        state.need_folder(path)?;
        let file = state.file(path).unwrap_or_else(|_| state.make(path));
        Ok(Box::new(Index { disk: self.clone(), file }))
    }

    fn lock(&self, path: &Path, _: Sharing) -> Result<Box<dyn Lock>, TryLockError> {
        locked(&self.0).file(path).map_err(TryLockError::Error)?;
        Ok(Box::new(NoLock))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        state.need_folder(to)?;
        let file = state.file(from)?;
        state.take(Step::Create(to.to_owned(), file));
        Ok(())
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        state.need_folder(to)?;
        let from = state.file(from)?;
        let (content, file) = (state.content(from), state.make(to));
        state.take(Step::Write(file, 0, content.as_slice().into()));
        Ok(())
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        let file = state.file(path)?;
        state.take(Step::SyncFile(file));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        state.need_folder(to)?;
        let file = state.file(from)?;
        state.take(Step::Rename(from.to_owned(), to.to_owned(), file));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = locked(&self.0);
        let file = state.file(path)?;
        state.take(Step::Remove(path.to_owned(), file));
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        locked(&self.0).take(Step::SyncFolder(path.to_owned()));
        Ok(())
    }
}

#[derive(Debug)]
struct NoLock;

impl Lock for NoLock {}

#[derive(Debug)]
struct Appending {
    disk: Simulated,
    file: u64,
    length: u64,
}

impl Write for Appending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.disk.0).take(Step::Write(self.file, self.length, bytes.into()));
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Writing for Appending {
    fn sync(&self) -> io::Result<()> {
        locked(&self.disk.0).take(Step::SyncFile(self.file));
        Ok(())
    }
}

#[derive(Debug)]
struct Index {
    disk: Simulated,
    file: u64,
}

impl StorageBackend for Index {
    fn len(&self) -> io::Result<u64> {
        Ok(locked(&self.disk.0).content(self.file).len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let content = locked(&self.disk.0).content(self.file);
        let bytes = content.get(index(offset)..index(offset) + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        locked(&self.disk.0).take(Step::Resize(self.file, len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        locked(&self.disk.0).take(Step::SyncFile(self.file));
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        locked(&self.disk.0).take(Step::Write(self.file, offset, data.into()));
        Ok(())
    }
}
