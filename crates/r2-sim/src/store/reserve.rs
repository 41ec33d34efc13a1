//! Space kept back, so that a full disk can be emptied through the store itself.
//!
//! The index never overwrites a page that its last commit needs, so even a delete needs room. When
//! a commit finds none, the reserve is given up; new bodies are then refused until it can be filled
//! again, and what it freed is left to deletes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::watch::{Step, Watch};
use crate::limits::RESERVE_BYTES;

/// A file of zeros, or the lack of it.
#[derive(Debug)]
pub(super) struct Reserve {
    path: PathBuf,
    is_spent: AtomicBool,
    watch: Watch,
}

impl Reserve {
    /// Fills the reserve, unless the disk is full already. Blocking.
    pub(super) fn new(path: PathBuf, watch: Watch) -> Reserve {
        let reserve = Reserve { path, is_spent: AtomicBool::new(true), watch };
        if let Err(error) = reserve.fill() {
            tracing::debug!(%error, "no room for the reserve of the local store");
        }
        reserve
    }

    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.load(Ordering::Acquire)
    }

    /// Gives the space to the index. Blocking.
    pub(super) fn spend(&self) {
        if !self.is_spent.swap(true, Ordering::AcqRel)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::debug!(%error, "the reserve of the local store cannot be given up");
        }
    }

    /// Takes the space back. Blocking; cheap when nothing was spent.
    pub(super) fn fill(&self) -> io::Result<()> {
        if !self.is_spent() {
            return Ok(());
        }
        let filled = self.write();
        if filled.is_err() {
            // Half a reserve is only in the way. It may not even exist.
            fs::remove_file(&self.path).ok();
        }
        filled?;
        self.is_spent.store(false, Ordering::Release);
        Ok(())
    }

    fn write(&self) -> io::Result<()> {
        self.watch.at(Step::ReserveWrite)?;
        let length = fs::metadata(&self.path).map_or(0, |found| found.len());
        if length == RESERVE_BYTES as u64 {
            return Ok(());
        }
        let mut file = File::create(&self.path)?;
        file.write_all(&vec![0; RESERVE_BYTES])?;
        // Some file systems find out only now that there is no room.
        file.sync_all()
    }
}
