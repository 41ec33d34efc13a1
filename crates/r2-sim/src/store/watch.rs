//! Named moments of a write, so that tests can look at the folder, or break it, at each of them.

use std::io;
#[cfg(test)]
use std::sync::Arc;

/// A moment at which a crash would leave the folder in a state of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Step {
    /// An incoming file exists and is empty.
    BlobCreated,
    /// Some of its bytes are written.
    BlobWritten,
    /// It is whole and on the disk.
    BlobSynced,
    /// Its name is on the disk too; the commit comes next.
    NamesSynced,
    /// The index is about to write.
    IndexWrite,
    /// The index is about to force what it wrote to the disk.
    IndexSync,
    /// The commit is done; the file still has its incoming name.
    Committed,
    /// The file has its final name.
    BlobPlaced,
    /// A file that nothing refers to is about to go.
    BlobRemoved,
    /// The reserve is about to be filled.
    ReserveWrite,
}

#[cfg(test)]
type Hook = Arc<dyn Fn(Step) -> io::Result<()> + Send + Sync>;

/// Tells a test about each step; outside tests it does nothing.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    #[cfg(test)]
    hook: Option<Hook>,
}

impl Watch {
    #[cfg(test)]
    pub(crate) fn new(hook: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> Watch {
        Watch { hook: Some(Arc::new(hook)) }
    }

    /// Fails when the test wants this step to fail.
    pub(crate) fn at(&self, step: Step) -> io::Result<()> {
        #[cfg(test)]
        if let Some(hook) = &self.hook {
            return hook(step);
        }
        let _ = step;
        Ok(())
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}
