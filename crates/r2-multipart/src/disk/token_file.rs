//! A resume token in a file: replaced in one step, synced, read with a bound.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::replace::sync_parent;
use crate::limits::TOKEN_BYTES_MAX;
use crate::resume::ResumeToken;

/// The token in `path`; nothing when there is no file or nothing readable in it.
pub(crate) fn read_token(path: &Path) -> io::Result<Option<ResumeToken>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut json = Vec::new();
    file.take(TOKEN_BYTES_MAX + 1).read_to_end(&mut json)?;
    let token = std::str::from_utf8(&json)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        .and_then(ResumeToken::from_json);
    if let Err(error) = &token {
        let path = path.display();
        tracing::warn!(%path, %error, "resume token is not readable, starting anew");
    }
    Ok(token.ok())
}

pub(crate) fn write_token(path: &Path, json: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    // the name is this process's own, so two processes never write into one temporary file
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = File::create(&temporary)?;
    file.write_all(json.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_parent(path)
}

pub(crate) fn remove_token(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
