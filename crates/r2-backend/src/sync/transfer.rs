//! Sending one item.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use futures_util::TryStreamExt as _;
use r2_multipart::limits::THRESHOLD_BYTES_DEFAULT;
use r2_multipart::{
    CopyOptions, DownloadOptions, ProgressUpdate, Sink, Source, TransferOptions, UploadOptions,
    copy, download, upload,
};
use r2_objects::{Body, GetObject, ObjectAttributes, ObjectInfo, PutObject};
use tokio::sync::{Notify, Semaphore};

use super::disk::{Expected, Obstacle, clear_way, look, set_modified};
use super::entry::Moment;
use super::location::{BucketPlace, Place};
use super::name::{KeyIdentity, local_path};
use super::options::SyncOptions;
use super::plan::Planned;
use super::report::{Event, Watcher};
use super::requests::Cut;
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};

/// Everything that sending an item takes.
pub(crate) struct Sender<'a> {
    pub(crate) source: &'a Place,
    pub(crate) destination: &'a Place,
    pub(crate) options: &'a SyncOptions,
    pub(crate) watcher: Watcher,
    pub(crate) names: NamesInFlight,
    /// One permit for each item that moves in parts.
    pub(crate) large: Semaphore,
}

impl Sender<'_> {
    /// Sends one item.
    pub(crate) async fn send(&self, planned: &Planned) -> Result<(), Error> {
        let threshold = self.options.threshold_bytes.unwrap_or(THRESHOLD_BYTES_DEFAULT);
        let _permit = match planned.source.bytes >= threshold {
            // an error means that the semaphore was closed, which nobody does
            true => self.large.acquire().await.ok(),
            false => None,
        };
        match (self.source, self.destination) {
            (Place::Directory(from), Place::Bucket(to)) => self.upload(from, to, planned).await,
            (Place::Bucket(from), Place::Directory(to)) => self.download(from, to, planned).await,
            (Place::Bucket(from), Place::Bucket(to)) if from.same_endpoint(to) => {
                self.copy(from, to, planned).await
            }
            (Place::Bucket(from), Place::Bucket(to)) => self.relay(from, to, planned).await,
            (Place::Directory(_), Place::Directory(_)) => Err(Error::new(ErrorKind::InvalidInput)),
        }
    }

    async fn upload(&self, from: &Path, to: &BucketPlace, planned: &Planned) -> Result<(), Error> {
        let key = to.key(planned.destination_name())?;
        let path = from.join(&planned.source.name);
        let before = look_at(&path).await?;
        let options = self.upload_options(planned);
        upload(&to.client, &to.bucket, &key, Source::file(&path), options).await?;
        // The object may be younger than a change that it does not hold; the next sync would take
        // the two for the same.
        if look_at(&path).await? == before { Ok(()) } else { Err(Error::new(ErrorKind::Changed)) }
    }

    async fn download(
        &self,
        from: &BucketPlace,
        to: &Path,
        planned: &Planned,
    ) -> Result<(), Error> {
        let name = planned.destination_name();
        let path = local_path(to, name)
            .map_err(|why| Error::new(ErrorKind::InTheWay).detail(format!("its key {why}")))?;
        // Two names that this system takes for one must not both find the place free.
        let _claim = self.names.claim(name).await;
        self.clear_way(to, &path, planned).await?;
        let key = from.key(&planned.source.name)?;
        let options = DownloadOptions::new()
            .transfer(self.transfer_options(planned))
            .expected_bytes(planned.source.bytes);
        let sink = Sink::file(&path);
        let downloaded = download(&from.client, &from.bucket, &key, sink, options).await?;
        let modified = time_of(&downloaded.info, planned);
        blocking(move || set_modified(&path, modified))
            .await
            .map_err(|error| Error::because(ErrorKind::Write, error))
    }

    async fn clear_way(&self, root: &Path, path: &Path, planned: &Planned) -> Result<(), Error> {
        let expected = match planned.destination_name {
            Some(_) => Expected::File,
            None => Expected::Nothing,
        };
        let (root, path): (PathBuf, PathBuf) = (root.into(), path.into());
        let symlinks = self.options.symlinks;
        let cleared = blocking(move || Ok(clear_way(&root, &path, expected, symlinks))).await;
        match cleared {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Obstacle::InTheWay(what))) => Err(Error::new(ErrorKind::InTheWay).detail(what)),
            Ok(Err(Obstacle::Refused(error))) | Err(error) => {
                Err(Error::because(ErrorKind::Write, error))
            }
        }
    }

    /// Inside the server: no byte comes here.
    async fn copy(
        &self,
        from: &BucketPlace,
        to: &BucketPlace,
        planned: &Planned,
    ) -> Result<(), Error> {
        let source = from.key(&planned.source.name)?;
        let destination = to.key(planned.destination_name())?;
        let options = CopyOptions::new()
            .transfer(self.transfer_options(planned))
            .expected_bytes(planned.source.bytes);
        let (source, destination) = ((&from.bucket, &source), (&to.bucket, &destination));
        copy(&to.client, source, destination, options).await?;
        Ok(())
    }

    /// Between two servers: through this machine, and not onto its disk.
    async fn relay(
        &self,
        from: &BucketPlace,
        to: &BucketPlace,
        planned: &Planned,
    ) -> Result<(), Error> {
        let key = to.key(planned.destination_name())?;
        let get = GetObject::new(from.bucket.clone(), from.key(&planned.source.name)?);
        let stream = from.client.objects().get_stream(get).await?;
        let attributes = stream.info().attributes.clone();
        match stream.info().size {
            Some(size) if size < Cut::new(Some(&to.client), self.options).threshold_bytes => {
                let body = Body::one_shot(stream, Some(size));
                let put = PutObject::new(to.bucket.clone(), key, body).attributes(attributes);
                to.client.send(put).await?;
            }
            Some(_) | None => {
                let source = Source::stream(stream.map_err(io::Error::other));
                let options = self.upload_options(planned).attributes(attributes);
                upload(&to.client, &to.bucket, &key, source, options).await?;
            }
        }
        Ok(())
    }

    fn upload_options(&self, planned: &Planned) -> UploadOptions {
        let options = UploadOptions::new()
            .transfer(self.transfer_options(planned))
            .attributes(self.attributes(planned));
        let threshold = self.options.threshold_bytes.into_iter();
        let options = threshold.fold(options, UploadOptions::threshold_bytes);
        match &self.options.resume {
            Some(store) => options.resume(Arc::clone(store)),
            None => options,
        }
    }

    fn attributes(&self, planned: &Planned) -> ObjectAttributes {
        let attributes = self.options.attributes.clone();
        let guessed = self.options.content_type.and_then(|of| of(planned.destination_name()));
        match guessed {
            Some(guessed) if attributes.content_type.is_none() => attributes.content_type(guessed),
            _ => attributes,
        }
    }

    fn transfer_options(&self, planned: &Planned) -> TransferOptions {
        let watcher = Arc::clone(&self.watcher);
        let name = planned.destination_name().to_owned();
        let options = TransferOptions::new().progress(move |update: &ProgressUpdate| {
            if update.bytes_advanced != 0 {
                watcher(&Event::Moved { name: &name, bytes: update.bytes_advanced });
            }
        });
        let options = self.options.part_size.into_iter().fold(options, TransferOptions::part_size);
        match &self.options.stop {
            Some(stop) => options.stop(stop),
            None => options,
        }
    }
}

/// When the object that came was written. The listing says it to the millisecond, so that two
/// versions of one second can be told apart; if it spoke of another version, the header says it.
fn time_of(info: &ObjectInfo, planned: &Planned) -> SystemTime {
    let listed = planned.source.modified.time();
    match info.last_modified {
        Some(modified) if planned.source.etag().as_ref() != Some(&info.etag) => modified.time(),
        Some(_) | None => listed,
    }
}

async fn look_at(path: &Path) -> Result<(u64, Moment), Error> {
    let path = path.to_path_buf();
    blocking(move || look(&path)).await.map_err(|error| Error::because(ErrorKind::Read, error))
}

/// The names that are being written, by a form that is the same for all names which some file
/// system takes for one.
#[derive(Debug, Default)]
pub(crate) struct NamesInFlight {
    names: Mutex<HashSet<String>>,
    freed: Notify,
}

/// The right to write a name.
struct Claim<'a> {
    names: &'a NamesInFlight,
    folded: String,
}

impl NamesInFlight {
    /// Waits until no other transfer writes the name.
    async fn claim(&self, name: &str) -> Claim<'_> {
        let folded = KeyIdentity::Nfc.of(name).to_lowercase();
        loop {
            let mut freed = pin!(self.freed.notified());
            // Registered before the question, so that a name freed in between is not missed.
            freed.as_mut().enable();
            if self.set().insert(folded.clone()) {
                return Claim { names: self, folded };
            }
            freed.await;
        }
    }

    fn set(&self) -> MutexGuard<'_, HashSet<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.names.set().remove(&self.folded);
        self.names.freed.notify_waiters();
    }
}
