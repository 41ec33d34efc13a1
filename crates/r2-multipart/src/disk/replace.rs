//! Making what a directory says survive a power failure.

use std::io;
use std::path::Path;

/// Syncs the directory that holds `path`, so that a rename in it lasts.
#[cfg(unix)]
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    std::fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// Directories cannot be synced on this system.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
pub(super) fn sync_parent(_: &Path) -> io::Result<()> {
    Ok(())
}
