//! A list that keeps its beginning in memory and the rest in a temporary file.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::disk::BlockFile;
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};
use crate::limits::PLAN_BLOCK_ACTIONS;

/// A list of any length in bounded memory: filled first, then read any number of times.
#[derive(Debug)]
pub(crate) struct Spool<T> {
    directory: Option<PathBuf>,
    head: Vec<T>,
    head_max: usize,
    pending: Vec<T>,
    file: Option<Arc<Mutex<BlockFile>>>,
    length: u64,
}

impl<T: Serialize + DeserializeOwned + Clone + Send + 'static> Spool<T> {
    /// Keeps `head_max` items in memory, and further ones in `directory`.
    pub(crate) fn new(head_max: usize, directory: Option<PathBuf>) -> Self {
        Self { directory, head: Vec::new(), head_max, pending: Vec::new(), file: None, length: 0 }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Adds an item at the end.
    pub(crate) async fn push(&mut self, item: T) -> Result<(), Error> {
        self.length += 1;
        if self.head.len() < self.head_max {
            self.head.push(item);
            return Ok(());
        }
        self.pending.push(item);
        if self.pending.len() >= PLAN_BLOCK_ACTIONS { self.flush().await } else { Ok(()) }
    }

    /// Writes what is still held back; to be called when the list is full.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        let block = std::mem::take(&mut self.pending);
        if block.is_empty() {
            return Ok(());
        }
        let (file, directory) = (self.file.clone(), self.directory.clone());
        let write = move || {
            let file = match file {
                Some(file) => file,
                None => Arc::new(Mutex::new(BlockFile::create(directory.as_deref())?)),
            };
            file.lock().unwrap_or_else(PoisonError::into_inner).append(&block)?;
            Ok(file)
        };
        let file = blocking(write).await;
        self.file = Some(file.map_err(|error| Error::because(ErrorKind::PlanFile, error))?);
        Ok(())
    }

    /// The item at `position`, which moves on; `None` at the end.
    pub(crate) async fn next(&self, position: &mut Position<T>) -> Result<Option<T>, Error> {
        if let Some(item) = self.head.get(position.at) {
            position.at += 1;
            return Ok(Some(item.clone()));
        }
        if position.block.is_empty()
            && let Some(file) = &self.file
        {
            let (file, offset) = (Arc::clone(file), position.offset);
            let read = move || {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.read(offset, PLAN_BLOCK_ACTIONS)
            };
            let read = blocking(read).await;
            let (items, next) = read.map_err(|error| Error::because(ErrorKind::PlanFile, error))?;
            (position.block, position.offset) = (items.into(), next);
        }
        Ok(position.block.pop_front())
    }
}

/// A place in a [`Spool`]; the beginning by default.
#[derive(Debug)]
pub(crate) struct Position<T> {
    at: usize,
    offset: u64,
    block: VecDeque<T>,
}

impl<T> Default for Position<T> {
    fn default() -> Self {
        Self { at: 0, offset: 0, block: VecDeque::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn gives_back_what_was_put_in_from_memory_and_file() {
        for (head_max, length) in [(10, 0), (10, 7), (10, 10), (10, 11), (0, 4_500), (3, 2_003)] {
            let mut spool = Spool::new(head_max, None);
            for item in 0..length {
                spool.push((item, format!("name \n {item}"))).await.unwrap();
            }
            spool.flush().await.unwrap();
            assert_eq!(spool.length(), length);
            for _ in 0..2 {
                let mut position = Position::default();
                for item in 0..length {
                    let got = spool.next(&mut position).await.unwrap();
                    assert_eq!(got, Some((item, format!("name \n {item}"))));
                }
                assert_eq!(spool.next(&mut position).await.unwrap(), None);
            }
        }
    }

    #[tokio::test]
    async fn a_directory_that_is_not_there_is_a_clear_error() {
        let mut spool = Spool::new(0, Some("no/such/directory".into()));
        spool.push(1).await.unwrap();
        assert_eq!(spool.flush().await.unwrap_err().kind(), ErrorKind::PlanFile);
    }
}
