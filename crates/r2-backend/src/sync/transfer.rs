//! Sending one item.

use std::path::Path;
use std::sync::Arc;

use r2_objects::{CopyObject, GetObject, Payload};
use r2_transport::Body;

use super::disk::{Expected, Obstacle, clear_way, set_modified};
use super::location::{BucketPlace, Place};
use super::name::local_path;
use super::plan::{Plan, Planned};
use super::run::Watcher;
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};

/// Sends one item of the plan.
pub(crate) async fn send(plan: &Plan, planned: &Planned, _watcher: &Watcher) -> Result<(), Error> {
    match (&plan.source, &plan.destination) {
        (Place::Directory(root), Place::Bucket(place)) => upload(root, place, planned).await,
        (Place::Bucket(place), Place::Directory(root)) => {
            download(place, root, planned, plan).await
        }
        (Place::Bucket(from), Place::Bucket(to)) => copy(from, to, planned).await,
        (Place::Directory(_), Place::Directory(_)) => Err(Error::new(ErrorKind::InvalidInput)),
    }
}

async fn upload(root: &Path, place: &BucketPlace, planned: &Planned) -> Result<(), Error> {
    let key = place.key(planned.destination_name())?;
    let path = root.join(&planned.source.name);
    let file = blocking(move || {
        let file = std::fs::File::open(path)?;
        let bytes = file.metadata()?.len();
        Ok((Arc::new(file), bytes))
    });
    let (file, bytes) = file.await.map_err(|error| Error::because(ErrorKind::Read, error))?;
    let payload = Payload::from(Body::file(file, 0..bytes));
    place.client.objects().put(place.bucket.clone(), key, payload).await?;
    Ok(())
}

async fn download(
    place: &BucketPlace,
    root: &Path,
    planned: &Planned,
    plan: &Plan,
) -> Result<(), Error> {
    let name = planned.destination_name();
    let path = local_path(root, name)
        .map_err(|why| Error::new(ErrorKind::InTheWay).detail(format!("{name:?} {why}")))?;
    let expected = match planned.destination_name {
        Some(_) => Expected::File,
        None => Expected::Nothing,
    };
    let (root, target, symlinks) = (root.to_path_buf(), path.clone(), plan.options.symlinks);
    blocking(move || Ok(clear_way(&root, &target, expected, symlinks)))
        .await
        .and_then(|cleared| match cleared {
            Err(Obstacle::Refused(error)) => Err(error),
            cleared => Ok(cleared),
        })
        .map_err(|error| Error::because(ErrorKind::Write, error))?
        .map_err(|obstacle| Error::new(ErrorKind::InTheWay).detail(format!("{obstacle:?}")))?;
    let get = GetObject::new(place.bucket.clone(), place.key(&planned.source.name)?);
    let stream = place.client.objects().get_stream(get).await?;
    let time =
        stream.info().last_modified.map_or_else(|| planned.source.modified.time(), |m| m.time());
    let content = stream.collect(1 << 30).await?;
    blocking(move || {
        std::fs::write(&path, content)?;
        set_modified(&path, time)
    })
    .await
    .map_err(|error| Error::because(ErrorKind::Write, error))
}

async fn copy(from: &BucketPlace, to: &BucketPlace, planned: &Planned) -> Result<(), Error> {
    let copy = CopyObject::new(
        from.bucket.clone(),
        from.key(&planned.source.name)?,
        to.bucket.clone(),
        to.key(planned.destination_name())?,
    );
    to.client.objects().copy(copy).await?;
    Ok(())
}
