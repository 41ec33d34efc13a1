//! Directories: managed, and in place.

use std::fs;
use std::path::Path;

use futures_util::TryStreamExt as _;
use r2_backend::storage::{Capability, ListOptions, PutOptions};
use r2_backend::{LocalBackend, StorageBackend as _, StorageBackendExt as _, StorageErrorKind};

use super::conforms;

async fn names(storage: &LocalBackend, options: ListOptions) -> Vec<String> {
    let entries = storage.list(options).map_ok(|entry| entry.name().to_owned());
    entries.try_collect().await.expect("a listing")
}

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn a_managed_directory_conforms() {
    let directory = tempfile::tempdir().unwrap();
    let storage = LocalBackend::managed(directory.path()).await.unwrap();
    let storage = storage.base_url("http://127.0.0.1:8000/store/").unwrap();
    conforms(storage).await;
    // neither writers that failed nor folders that were emptied leave anything
    assert_eq!(files_below(&directory.path().join("tmp")), 0);
    assert_eq!(fs::read_dir(directory.path().join("objects")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_store_is_found_again_and_nothing_else_is_taken_for_one() {
    let directory = tempfile::tempdir().unwrap();
    let (store, other) = (directory.path().join("store"), directory.path().join("other"));
    let key = "A/b".try_into().unwrap();
    LocalBackend::managed(&store).await.unwrap().put_bytes(&key, "x").await.unwrap();
    let again = LocalBackend::managed(&store).await.unwrap();
    assert_eq!(again.get_bytes(&key, 10).await.unwrap(), "x");

    fs::create_dir(&other).unwrap();
    fs::write(other.join("mine"), "x").unwrap();
    let error = LocalBackend::managed(&other).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Configuration);
    assert!(error.to_string().contains("choose an empty one"), "{error}");
    fs::write(store.join("format"), "r2-backend local 2\n").unwrap();
    let error = LocalBackend::managed(&store).await.unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
}

#[tokio::test]
async fn damage_is_told_and_not_served() {
    let directory = tempfile::tempdir().unwrap();
    let storage = LocalBackend::managed(directory.path()).await.unwrap();
    let (a, b) = ("a".try_into().unwrap(), "b".try_into().unwrap());
    storage.put_bytes(&a, "hello").await.unwrap();
    let file = directory.path().join("objects/a=");
    let whole = fs::read(&file).unwrap();
    for damaged in [&whole[1..], &whole[..whole.len() - 1], &whole[..3], &[]] {
        fs::write(&file, damaged).unwrap();
        let error = storage.get_bytes(&a, 10).await.unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::Corrupt, "{error}");
    }
    // nor is one object served for another
    fs::write(directory.path().join("objects/b="), &whole).unwrap();
    let error = storage.get_bytes(&b, 10).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Corrupt);
    // and writing mends it
    storage.put_bytes(&a, "again").await.unwrap();
    assert_eq!(storage.get_bytes(&a, 10).await.unwrap(), "again");
}

/// As two processes do: each value has its own files open.
#[tokio::test]
async fn two_who_share_a_directory_do_not_harm_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let one = LocalBackend::managed(directory.path()).await.unwrap();
    let other = LocalBackend::managed(directory.path()).await.unwrap();
    for round in 0..10 {
        let key = format!("folder/{round}").try_into().unwrap();
        let (a, b) = tokio::join!(one.create(&key, "one"), other.create(&key, "other"));
        let winner = if a.is_ok() { "one" } else { "other" };
        assert_ne!(a.is_ok(), b.is_ok(), "one of two wins");
        for storage in [&one, &other] {
            assert_eq!(storage.get_bytes(&key, 10).await.unwrap(), winner);
        }
        // the folder goes with its last object while the other makes another in it
        let next = format!("folder/{round}x").try_into().unwrap();
        let (deleted, written) = tokio::join!(one.delete(&key), other.put_bytes(&next, "next"));
        deleted.unwrap();
        written.unwrap();
        assert_eq!(one.get_bytes(&next, 10).await.unwrap(), "next");
        one.delete(&next).await.unwrap();
    }
    assert_eq!(names(&other, ListOptions::new()).await, [""; 0]);
}

/// What a killed writer left is removed once it is old, and never what a live one is writing.
#[tokio::test]
async fn leftovers_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    LocalBackend::managed(directory.path()).await.unwrap();
    let (old, young, live) = ("tmp/old", "tmp/young", "tmp/live");
    let hours_ago = std::time::SystemTime::UNIX_EPOCH;
    for name in [old, young, live] {
        let file = fs::File::create(directory.path().join(name)).unwrap();
        if name != young {
            file.set_modified(hours_ago).unwrap();
        }
    }
    let writing = fs::File::open(directory.path().join(live)).unwrap();
    writing.lock().unwrap();
    LocalBackend::managed(directory.path()).await.unwrap();
    assert!(!directory.path().join(old).exists());
    assert!(directory.path().join(young).exists() && directory.path().join(live).exists());
}

#[cfg(unix)]
#[tokio::test]
async fn no_link_leads_out() {
    use std::os::unix::fs::symlink;
    let directory = tempfile::tempdir().unwrap();
    let (store, site, outside) = (
        directory.path().join("store"),
        directory.path().join("site"),
        directory.path().join("outside"),
    );
    fs::create_dir_all(&outside).unwrap();
    fs::create_dir_all(site.join("real")).unwrap();
    fs::write(outside.join("secret="), "secret").unwrap();
    fs::write(outside.join("secret"), "secret").unwrap();
    let managed = LocalBackend::managed(&store).await.unwrap();
    symlink(&outside, store.join("objects/link")).unwrap();
    symlink(outside.join("secret="), store.join("objects/file=")).unwrap();
    let in_place = LocalBackend::in_place(&site, "http://127.0.0.1:1").unwrap();
    symlink(&outside, site.join("link")).unwrap();
    symlink(outside.join("secret"), site.join("file")).unwrap();
    for storage in [&managed, &in_place] {
        for name in ["link/secret", "file", "link/new", "link/a/b"] {
            let key = name.try_into().unwrap();
            let error = storage.get_bytes(&key, 100).await.unwrap_err();
            assert_eq!(error.kind(), StorageErrorKind::InTheWay, "{name}: {error}");
            assert!(storage.put_bytes(&key, "x").await.is_err(), "{name}");
        }
        assert_eq!(names(storage, ListOptions::new()).await, [""; 0]);
    }
    for name in ["link/secret", "file"] {
        let error = managed.delete(&name.try_into().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::InTheWay);
        in_place.delete(&name.try_into().unwrap()).await.unwrap();
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 2);
    assert_eq!(fs::read_to_string(outside.join("secret=")).unwrap(), "secret");
}

#[tokio::test]
async fn in_place_nothing_is_changed() {
    let directory = tempfile::tempdir().unwrap();
    let site = directory.path();
    fs::create_dir_all(site.join("a/b")).unwrap();
    for name in ["index.html", "a/1", "a/2", "a/b/3", "a.txt"] {
        fs::write(site.join(name), name).unwrap();
    }
    let storage = LocalBackend::in_place(site, "http://127.0.0.1:8000/").unwrap();
    assert!(!storage.is_remote() && !storage.capabilities().has(Capability::Write));
    let all = names(&storage, ListOptions::new().page_size(2)).await;
    assert_eq!(all, ["a.txt", "a/1", "a/2", "a/b/3", "index.html"]);
    let grouped = names(&storage, ListOptions::new().prefix("a/").delimiter("/")).await;
    assert_eq!(grouped, ["a/1", "a/2", "a/b/"]);

    let key = "a/1".try_into().unwrap();
    assert_eq!(storage.get_range(&key, 2..3).await.unwrap(), "1");
    let other = site.join("a/2");
    storage.upload_file(&key, &other, PutOptions::new()).await.unwrap();
    storage.put_bytes(&key, "other").await.unwrap();
    storage.delete_file(&key).await.unwrap();
    assert_eq!(storage.get_bytes(&key, 10).await.unwrap(), "a/1");
    assert_eq!(storage.get_url(&key).unwrap(), "http://127.0.0.1:8000/a/1");
    let gone = "a/9".try_into().unwrap();
    let error = storage.put_bytes(&gone, "x").await.unwrap_err();
    assert!(error.to_string().contains("use a managed directory"), "{error}");
    let copied = storage.copy(&key, &gone, Default::default()).await.unwrap_err();
    assert_eq!(copied.kind(), StorageErrorKind::Unsupported);

    // another content is another version
    let before = storage.find(&key).await.unwrap().unwrap().etag;
    fs::write(site.join("a/1"), "longer than before").unwrap();
    assert_ne!(storage.find(&key).await.unwrap().unwrap().etag, before);

    for name in ["../x", "a/../../x", "/etc/passwd", "a//1", "a/./1", "a/1\0", "a/1/"] {
        let result = storage.get_bytes(&name.try_into().unwrap(), 100).await;
        assert_eq!(result.unwrap_err().kind(), StorageErrorKind::InvalidInput, "{name}");
    }
    for folder in ["a", "a/b"] {
        assert!(storage.find(&folder.try_into().unwrap()).await.unwrap().is_none());
    }
}
