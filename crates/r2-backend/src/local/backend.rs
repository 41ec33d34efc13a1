//! A back end that is a directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use r2_objects::ObjectKey;
use r2_transport::{Body, BoxFuture, Clock, SystemClock};

use super::in_place::InPlace;
use super::managed::Managed;
use crate::s3::{check_base_url, url_of};
use crate::storage::{
    Capabilities, Capability, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions,
    ObjectMeta, Page, PageToken, PutOptions, StorageBackend, StorageError, StorageErrorKind,
    StorageOperation, Stored,
};

/// Objects in a directory, in one of two ways.
///
/// [`managed`](Self::managed): the directory is a store that keeps every promise. A write is one
/// file that is synced and renamed into its place, so that a reader, and whoever comes after a
/// crash, sees the old object or the new one; several processes may use one store. Names of files
/// are escaped so that every key has its own on every file system; nobody else writes in the
/// directory. Symbolic links in it are not followed.
///
/// [`in_place`](Self::in_place): the files are there already, and something else serves them at a
/// URL. Uploading checks that the file is there and deleting does nothing; keys are paths below the
/// directory, and no key and no symbolic link leads out of it.
///
/// ```
/// use r2_backend::{LocalBackend, StorageBackend as _, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let (store, site) = (directory.path().join("store"), directory.path().join("site"));
/// let managed = LocalBackend::managed(&store).await?;
/// let key = "Reports/2026?.txt".try_into()?;
/// managed.create(&key, "hello").await?;
/// assert_eq!(managed.get_range(&key, 1..3).await?, "el");
///
/// std::fs::create_dir(&site)?;
/// std::fs::write(site.join("index.html"), "<h1>hello</h1>")?;
/// let in_place = LocalBackend::in_place(&site, "http://127.0.0.1:8000")?;
/// let key = "index.html".try_into()?;
/// in_place.upload_file(&key, &site.join("index.html"), Default::default()).await?;
/// assert_eq!(in_place.get_url(&key)?, "http://127.0.0.1:8000/index.html");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LocalBackend {
    mode: Mode,
    name: Arc<str>,
    base_url: Option<String>,
}

#[derive(Debug, Clone)]
enum Mode {
    Managed(Arc<Managed>),
    InPlace(Arc<InPlace>),
}

impl LocalBackend {
    /// Opens a store, or makes one of an empty or missing directory.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] for a directory that holds something else, or a store of
    /// another version; what the file system says.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves a store, or the beginning of one that the next call finishes.
    pub async fn managed(directory: impl Into<PathBuf>) -> Result<Self, StorageError> {
        Self::managed_with(directory, Arc::new(SystemClock)).await
    }

    /// As [`managed`](Self::managed), with the clock that dates objects.
    ///
    /// # Errors
    ///
    /// As [`managed`](Self::managed).
    ///
    /// # Cancel safety
    ///
    /// As [`managed`](Self::managed).
    pub async fn managed_with(
        directory: impl Into<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StorageError> {
        let directory = directory.into();
        let name: Arc<str> = format!("directory {}", directory.display()).into();
        let opened = Managed::open(&directory, clock).await;
        let managed =
            opened.map_err(|error| error.at(Arc::clone(&name), StorageOperation::Open))?;
        Ok(Self { mode: Mode::Managed(Arc::new(managed)), name, base_url: None })
    }

    /// The files of a directory, served at `base_url`. Nothing is looked at yet.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] for a base that is no URL.
    pub fn in_place(directory: impl Into<PathBuf>, base_url: &str) -> Result<Self, StorageError> {
        let directory = directory.into();
        let name: Arc<str> = format!("directory {} in place", directory.display()).into();
        let mode = Mode::InPlace(Arc::new(InPlace::new(directory)));
        Self { mode, name, base_url: None }.base_url(base_url)
    }

    /// Where something serves the objects; a managed store is served by a gateway, because its
    /// files have other names.
    ///
    /// # Errors
    ///
    /// [`StorageErrorKind::Configuration`] for a base that is no URL.
    pub fn base_url(mut self, url: &str) -> Result<Self, StorageError> {
        let base = check_base_url("base_url", url);
        let base = base.map_err(|error| error.at(self.name(), StorageOperation::Open))?;
        self.base_url = Some(base);
        Ok(self)
    }

    fn only_managed(&self) -> Result<&Managed, StorageError> {
        match &self.mode {
            Mode::Managed(managed) => Ok(managed),
            Mode::InPlace(_) => {
                let message = "files in place are not changed: use a managed directory";
                Err(StorageError::new(StorageErrorKind::Unsupported, message))
            }
        }
    }
}

impl StorageBackend for LocalBackend {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        let can = match self.mode {
            Mode::InPlace(_) => Capabilities::none().with(Capability::ExactKeys),
            Mode::Managed(_) => Capabilities::none()
                .with(Capability::Write)
                .with(Capability::Attributes)
                .with(Capability::CreateOnly)
                .with(Capability::ReplaceMatching)
                .with(Capability::ConditionalCopy)
                .with(Capability::ServerSideCopy)
                .with(Capability::ExactKeys),
        };
        if self.base_url.is_some() { can.with(Capability::PublicUrl) } else { can }
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = match &self.mode {
                Mode::Managed(managed) => managed.put(key, content, options).await,
                Mode::InPlace(files) => files.put(key).await,
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Put, key))
        })
    }

    fn upload_file<'a>(
        &'a self,
        key: &'a ObjectKey,
        path: &'a Path,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let opened = match &self.mode {
                Mode::InPlace(files) => {
                    let result = files.put(key).await;
                    return result.map_err(|error| {
                        error.about(&self.name, StorageOperation::UploadFile, key)
                    });
                }
                Mode::Managed(_) => crate::storage::open_body(path).await,
            };
            let content = opened
                .map_err(|error| error.about(&self.name, StorageOperation::UploadFile, key))?;
            self.put(key, content, options).await
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let result = match &self.mode {
                Mode::Managed(managed) => managed.get(key, options, self.name()).await,
                Mode::InPlace(files) => files.get(key, options, self.name()).await,
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Get, key))
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let result = match &self.mode {
                Mode::Managed(managed) => managed.head(key, options, self.name()).await,
                Mode::InPlace(files) => files.head(key, options, self.name()).await,
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Head, key))
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            let result = match &self.mode {
                Mode::Managed(managed) => managed.list(options, token, self.name()).await,
                Mode::InPlace(files) => files.list(options, token, self.name()).await,
            };
            result.map_err(|error| error.at(self.name(), StorageOperation::List))
        })
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = match self.only_managed() {
                Ok(managed) => managed.copy(from, to, options).await,
                Err(error) => Err(error),
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Copy, to))
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let result = match &self.mode {
                Mode::Managed(managed) => managed.delete(key).await,
                Mode::InPlace(_) => Ok(()),
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Delete, key))
        })
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        let url = match &self.base_url {
            Some(base) => url_of(base, key.as_str()),
            None => {
                let message = "objects have no URL: set base_url to where they are served";
                Err(StorageError::new(StorageErrorKind::Unsupported, message))
            }
        };
        url.map_err(|error| error.about(&self.name, StorageOperation::Url, key))
    }
}
