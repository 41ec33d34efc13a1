//! Space kept back, so that a full disk can be emptied through the store itself.
//!
//! The index never overwrites a page that its last commit needs, so even a delete needs room. When
//! a commit finds none, the reserve is given up; new bodies are then refused until it can be filled
//! again, and what it freed is left to deletes.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::folder::Folder;

/// Whether the file of zeros is there.
#[derive(Debug)]
pub(super) struct Reserve {
    is_spent: AtomicBool,
}

impl Reserve {
    /// Fills the reserve, unless the disk is full already. Blocking.
    pub(super) fn new(folder: &Folder) -> Reserve {
        let reserve = Reserve { is_spent: AtomicBool::new(true) };
        if let Err(error) = reserve.fill(folder) {
            tracing::debug!(%error, "no room for the reserve of the local store");
        }
        reserve
    }

    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.load(Ordering::Acquire)
    }

    /// Gives the space to the index. Blocking.
    pub(super) fn spend(&self, folder: &Folder) {
        if !self.is_spent.swap(true, Ordering::AcqRel)
            && let Err(error) = folder.remove_reserve()
        {
            tracing::debug!(%error, "the reserve of the local store cannot be given up");
        }
    }

    /// Takes the space back. Blocking; cheap when nothing was spent.
    pub(super) fn fill(&self, folder: &Folder) -> io::Result<()> {
        if !self.is_spent() {
            return Ok(());
        }
        if let Err(error) = folder.write_reserve() {
            // Half a reserve is only in the way. It may not even exist.
            folder.remove_reserve().ok();
            return Err(error);
        }
        self.is_spent.store(false, Ordering::Release);
        Ok(())
    }
}
