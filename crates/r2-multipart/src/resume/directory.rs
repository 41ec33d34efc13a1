//! Tokens as files in a directory: what a command-line program uses.

use std::io;
use std::path::PathBuf;

use r2_transport::BoxFuture;

use super::{ResumeStore, ResumeToken, TransferId};
use crate::blocking::blocking;
use crate::disk::{read_token, remove_token, write_token};

/// Keeps each token in a small JSON file, replaced in one step and synced.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use r2_multipart::{
///     Fingerprint, PartSize, ResumeDirectory, ResumeStore, ResumeToken, TokenChecksum, TransferId,
/// };
///
/// let directory = tempfile::tempdir()?;
/// let transfer = TransferId::new("http://r2.local", "bucket", "key");
/// let source = Fingerprint::of_bytes(b"content");
/// let checksum = TokenChecksum::None;
/// let token =
///     ResumeToken::new(transfer.clone(), "upload", PartSize::default(), source, checksum);
/// ResumeDirectory::new(directory.path()).save(&token).await?;
/// // another process
/// assert_eq!(ResumeDirectory::new(directory.path()).load(&transfer).await?, Some(token));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ResumeDirectory {
    directory: PathBuf,
}

impl ResumeDirectory {
    /// Tokens in `directory`, which is created when the first is saved.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    fn path(&self, transfer: &TransferId) -> PathBuf {
        self.directory.join(format!("upload-{}.json", transfer.short_name()))
    }
}

impl ResumeStore for ResumeDirectory {
    fn load<'a>(
        &'a self,
        transfer: &'a TransferId,
    ) -> BoxFuture<'a, io::Result<Option<ResumeToken>>> {
        let path = self.path(transfer);
        Box::pin(async move {
            let token = blocking(move || read_token(&path)).await?;
            Ok(token.filter(|token| token.transfer == *transfer))
        })
    }

    fn save<'a>(&'a self, token: &'a ResumeToken) -> BoxFuture<'a, io::Result<()>> {
        let path = self.path(&token.transfer);
        let json = token.to_json();
        Box::pin(blocking(move || write_token(&path, &json)))
    }

    fn remove<'a>(&'a self, transfer: &'a TransferId) -> BoxFuture<'a, io::Result<()>> {
        let path = self.path(transfer);
        Box::pin(blocking(move || remove_token(&path)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Fingerprint, PartSize, TokenChecksum};

    #[tokio::test]
    async fn damaged_and_foreign_tokens_count_as_none() {
        let directory = tempfile::tempdir().unwrap();
        let store = ResumeDirectory::new(directory.path().join("made/on/demand"));
        let mine = TransferId::new("http://r2.local", "bucket", "mine");
        assert_eq!(store.load(&mine).await.unwrap(), None);
        store.remove(&mine).await.unwrap();

        let other = TransferId::new("http://r2.local", "bucket", "other");
        let source = Fingerprint::of_bytes(b"x");
        let token = ResumeToken::new(other, "id", PartSize::default(), source, TokenChecksum::None);
        store.save(&token).await.unwrap();
        fs::rename(store.path(&token.transfer), store.path(&mine)).unwrap();
        assert_eq!(store.load(&mine).await.unwrap(), None, "a name that two transfers share");

        fs::write(store.path(&mine), "{\"version\":1").unwrap();
        assert_eq!(store.load(&mine).await.unwrap(), None);
        fs::write(store.path(&mine), vec![b' '; 1 << 20]).unwrap();
        assert_eq!(store.load(&mine).await.unwrap(), None);
    }

    #[tokio::test]
    async fn saving_leaves_one_file_and_replaces_it() {
        let directory = tempfile::tempdir().unwrap();
        let store = ResumeDirectory::new(directory.path());
        let transfer = TransferId::new("http://r2.local", "bucket", "key");
        for id in ["first", "second"] {
            let source = Fingerprint::of_bytes(b"x");
            let checksum = TokenChecksum::Crc64Nvme;
            let token =
                ResumeToken::new(transfer.clone(), id, PartSize::default(), source, checksum);
            store.save(&token).await.unwrap();
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert_eq!(store.load(&transfer).await.unwrap().unwrap().upload_id, "second");
        store.remove(&transfer).await.unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
