//! An application that publishes a folder, and does not know where.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use r2_backend::storage::{
    Capability, Entry, ListOptions, ListedObject, PresignMethod, PutOptions,
};
use r2_backend::{StorageBackend, StorageBackendExt as _};
use r2_objects::{ObjectAttributes, ObjectKey};

const LINK_LIFE: Duration = Duration::from_secs(3_600);
/// Files uploaded at one time.
const UPLOADS: usize = 4;

/// What was published: each object, and a link to it where the storage has any.
pub(crate) struct Published {
    pub(crate) objects: Vec<ListedObject>,
    pub(crate) links: Vec<String>,
}

/// Uploads all files of a folder, lists them, and makes a link to each.
pub(crate) async fn publish(
    storage: &dyn StorageBackend,
    folder: &Path,
    prefix: &str,
) -> Result<Published, Box<dyn Error>> {
    let files = files_below(folder, prefix)?;
    let uploads = stream::iter(files.iter().map(Ok::<_, Box<dyn Error>>));
    let upload = |(key, path): &(ObjectKey, PathBuf)| {
        let attributes = ObjectAttributes::new().content_type(content_type(path));
        let (key, path) = (key.clone(), path.clone());
        async move {
            let options = PutOptions::new().attributes(attributes);
            storage.upload_file(&key, &path, options).await?;
            Ok(())
        }
    };
    uploads.try_for_each_concurrent(UPLOADS, upload).await?;

    let entries = storage.list(ListOptions::new().prefix(prefix));
    let objects: Vec<ListedObject> =
        entries.try_filter_map(|entry| async { Ok(Entry::object(entry)) }).try_collect().await?;
    let links = objects.iter().map(|object| link(storage, &object.key));
    let links = links.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(Published { objects, links })
}

/// A link that ends, else the public one, else none.
fn link(storage: &dyn StorageBackend, key: &ObjectKey) -> Result<Option<String>, Box<dyn Error>> {
    let can = storage.capabilities();
    if can.has(Capability::Presign) {
        let request = storage.presign(PresignMethod::Get, key, LINK_LIFE)?;
        return Ok(Some(request.url().to_owned()));
    }
    if can.has(Capability::PublicUrl) { Ok(Some(storage.get_url(key)?)) } else { Ok(None) }
}

/// Deletes what was published; says how many objects could not be.
pub(crate) async fn unpublish(
    storage: &dyn StorageBackend,
    published: Published,
) -> Result<usize, Box<dyn Error>> {
    let keys = published.objects.into_iter().map(|object| object.key).collect();
    Ok(storage.delete_many(keys).await?.len())
}

/// Is there an object below the prefix?
pub(crate) async fn is_empty(
    storage: &dyn StorageBackend,
    prefix: &str,
) -> Result<bool, Box<dyn Error>> {
    let mut entries = storage.list(ListOptions::new().prefix(prefix));
    Ok(entries.next().await.transpose()?.is_none())
}

fn files_below(
    folder: &Path,
    beginning: &str,
) -> Result<Vec<(ObjectKey, PathBuf)>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().ok_or("the name of a file is no text")?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path(), &format!("{beginning}{name}/"))?);
        } else if kind.is_file() {
            files.push((ObjectKey::new(format!("{beginning}{name}"))?, entry.path()));
        }
    }
    Ok(files)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
