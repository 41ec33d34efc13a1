//! Laws of the store: what a crash or a full disk may do to it, moment by moment.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::super::disk::System;
use super::super::*;
use super::hooked::{Step as Moment, hooked};
use crate::checksum::Hashers;
use crate::error::ErrorKind;

const BUCKET: u32 = 1;
const SMALL: usize = 100;
const LARGE: usize = 300_000;

/// Bytes that tell which version of which key they are.
fn content(key: &str, version: u32, length: usize) -> Bytes {
    let line = format!("{key} {version};");
    line.bytes().cycle().take(length).collect()
}

async fn put(store: &Store, key: &str, body: Bytes) -> Result<(), StoreError> {
    let mut sink = store.sink(Hashers::new([]));
    let size = body.len() as u64;
    sink.push(body).await?;
    let (body, _) = sink.finish().await?;
    let key = key.to_owned();
    let change = move |txn: &mut Txn<'_>| -> Result<(), Halt<()>> {
        let segments = txn.adopt(body)?;
        let row = ObjectRecord { size, segments, ..ObjectRecord::default() };
        Ok(txn.put_object(BUCKET, &key, &row)?)
    };
    store.write(change).await.map_err(failed)
}

async fn delete(store: &Store, key: &str) -> Result<(), StoreError> {
    let key = key.to_owned();
    let change = move |txn: &mut Txn<'_>| -> Result<(), Halt<()>> {
        txn.remove_object(BUCKET, &key)?;
        Ok(())
    };
    store.write(change).await.map_err(failed)
}

async fn get(store: &Store, key: &str) -> Result<Option<Bytes>, StoreError> {
    let key = key.to_owned();
    let find = move |snapshot: &Snapshot<'_>| -> Result<_, Halt<()>> {
        let row = snapshot.object(BUCKET, &key)?;
        let segments = row.as_ref().map(|row| row.segments.clone()).unwrap_or_default();
        Ok((row.is_some(), segments))
    };
    let (found, bytes) = store.open(find).await.map_err(failed)?;
    let bytes: Vec<Bytes> = bytes.stream().try_collect().await?;
    Ok(found.then(|| bytes.concat().into()))
}

fn failed(halt: Halt<()>) -> StoreError {
    match halt {
        Halt::Failed(error) => error,
        Halt::Refused(()) => unreachable!("these changes never refuse"),
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| if e.path().is_dir() { files_below(&e.path()) } else { 1 }).sum()
}

/// Fails every write of one kind until the disk has room again.
#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_survived() {
    for moment in [
        Moment::Create,
        Moment::Write,
        Moment::Sync,
        Moment::SyncFolder,
        Moment::IndexWrite,
        Moment::IndexSync,
    ] {
        let root = tempfile::tempdir().unwrap();
        let full = Arc::new(Mutex::new(false));
        let disk = {
            let full = Arc::clone(&full);
            hooked(System, move |now, _| {
                let fails = *locked(&full) && now == moment;
                if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
            })
        };
        let store = Store::on_disk(disk, root.path(), 1, Durability::Disk).unwrap();
        let before = content("large", 1, LARGE);
        put(&store, "large", before.clone()).await.unwrap();
        put(&store, "small", before.clone()).await.unwrap();

        *locked(&full) = true;
        let error = put(&store, "large", content("large", 2, LARGE)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Full, "{moment:?}: {error:?}");
        // Reading goes on, or fails as full, but never shows anything else.
        if let Ok(found) = get(&store, "large").await {
            assert_eq!(found, Some(before.clone()), "{moment:?}");
        }

        *locked(&full) = false;
        assert_eq!(get(&store, "large").await.unwrap(), Some(before.clone()), "{moment:?}");
        let after = content("large", 3, LARGE);
        put(&store, "large", after.clone()).await.unwrap();
        assert_eq!(get(&store, "large").await.unwrap(), Some(after), "{moment:?}");
        assert_eq!(get(&store, "small").await.unwrap(), Some(before), "{moment:?}");
        settled(root.path(), 2).await;
    }
}

/// A disk on which the index finds room only in what the reserve gave up.
#[tokio::test]
async fn a_full_disk_can_be_emptied() {
    let root = tempfile::tempdir().unwrap();
    let (full, reserve) = (Arc::new(Mutex::new(false)), root.path().join("reserve"));
    let disk = {
        let (full, reserve) = (Arc::clone(&full), reserve.clone());
        hooked(System, move |now, path| {
            let fails = match now {
                Moment::IndexWrite | Moment::IndexResize => reserve.exists(),
                Moment::Create => path == reserve,
                Moment::Write => true,
                _ => false,
            };
            let is_full = *locked(&full);
            if is_full && fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        })
    };
    let store = Store::on_disk(disk, root.path(), 1, Durability::Disk).unwrap();
    put(&store, "small", content("small", 1, SMALL)).await.unwrap();
    put(&store, "large", content("large", 1, LARGE)).await.unwrap();
    *locked(&full) = true;
    assert_eq!(delete(&store, "large").await.unwrap_err().kind(), StoreErrorKind::Full);
    // The reserve is gone: deletes have room, bodies of any size have not.
    assert!(!reserve.exists());
    delete(&store, "large").await.unwrap();
    for length in [SMALL, LARGE] {
        let error = put(&store, "new", content("new", 1, length)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Full);
    }
    *locked(&full) = false;
    put(&store, "new", content("new", 2, LARGE)).await.unwrap();
    assert!(reserve.exists());
    assert_eq!(get(&store, "small").await.unwrap(), Some(content("small", 1, SMALL)));
    assert_eq!(get(&store, "large").await.unwrap(), None);
    assert_eq!(get(&store, "new").await.unwrap(), Some(content("new", 2, LARGE)));
}

/// Waits until the leader of the last commit has placed and removed everything.
async fn settled(store: &Path, placed: usize) {
    let (incoming, blobs) = (store.join("incoming"), store.join("blobs"));
    for _ in 0..2000 {
        if files_below(&incoming) == 0 && files_below(&blobs) == placed {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("{} incoming and {} placed files", files_below(&incoming), files_below(&blobs));
}

#[tokio::test]
async fn a_reader_keeps_what_it_reads() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path(), 1, Durability::System).unwrap();
    let body = content("k", 1, 3_000_000);
    put(&store, "k", body.clone()).await.unwrap();
    let find = |snapshot: &Snapshot<'_>| -> Result<_, Halt<()>> {
        Ok(((), snapshot.object(BUCKET, "k")?.unwrap().segments))
    };
    let ((), reading) = store.open(find).await.map_err(failed).unwrap();
    // Not one byte is read yet; the object goes, twice.
    put(&store, "k", content("k", 2, LARGE)).await.unwrap();
    delete(&store, "k").await.unwrap();
    settled(root.path(), 1).await;
    let bytes: Vec<Bytes> = reading.stream().try_collect().await.unwrap();
    assert_eq!(bytes.concat(), body);
    // The file goes with the next change.
    put(&store, "other", Bytes::new()).await.unwrap();
    settled(root.path(), 0).await;
}

#[tokio::test]
async fn abandoned_bodies_leave_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::directory(root.path(), 1, Durability::System).unwrap();
    let mut sink = store.sink(Hashers::new([]));
    sink.push(content("k", 1, 1_000_000)).await.unwrap();
    drop(sink);
    let mut sink = store.sink(Hashers::new([]));
    sink.push(content("k", 1, 1_000_000)).await.unwrap();
    drop(sink.finish().await.unwrap());
    // A step may still be under way when its sink is dropped; a later commit finds what it left.
    for version in 0..1000 {
        put(&store, "k", content("k", version, SMALL)).await.unwrap();
        if files_below(root.path()) == 3 {
            return;
        }
    }
    panic!("{} files are left", files_below(root.path()));
}

#[tokio::test]
async fn a_refused_change_must_not_have_written() {
    let store = Store::memory(1).unwrap();
    let refuse = |txn: &mut Txn<'_>| -> Result<(), Halt<&'static str>> {
        txn.next(Counter::Upload)?;
        Err(Halt::Refused("too late"))
    };
    assert!(matches!(store.write(refuse).await, Err(Halt::Failed(_))));
    let refuse = |_: &mut Txn<'_>| -> Result<(), Halt<&'static str>> { Err(Halt::Refused("no")) };
    assert!(matches!(store.write(refuse).await, Err(Halt::Refused("no"))));
    let read = |snapshot: &Snapshot<'_>| -> Result<u64, Halt<()>> {
        Ok(snapshot.counter(Counter::Upload)?)
    };
    assert_eq!(store.read(read).await.map_err(failed).unwrap(), 0);
}

#[tokio::test]
async fn forks_go_their_own_ways() {
    let store = Store::memory(1).unwrap();
    put(&store, "k", content("k", 1, LARGE)).await.unwrap();
    let fork = Store::from_kept(&store.keep().unwrap().unwrap()).unwrap();
    delete(&store, "k").await.unwrap();
    put(&fork, "other", content("other", 1, LARGE)).await.unwrap();
    assert_eq!(get(&fork, "k").await.unwrap(), Some(content("k", 1, LARGE)));
    assert_eq!(get(&store, "k").await.unwrap(), None);
    assert_eq!(get(&store, "other").await.unwrap(), None);
}

#[test]
fn folders_that_are_not_ours() {
    let root = tempfile::tempdir().unwrap();
    let open = |path: &Path| Store::directory(path, 1, Durability::System);
    let kind = |path: &Path| open(path).unwrap_err().kind();

    let foreign = root.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("letter.txt"), "dear").unwrap();
    assert_eq!(kind(&foreign), ErrorKind::NotAStore);
    assert_eq!(kind(&foreign.join("letter.txt")), ErrorKind::NotAStore);
    assert_eq!(files_below(&foreign), 1, "nothing was left in it");

    let ours = root.path().join("deep/er/ours");
    let first = open(&ours).unwrap();
    let error = open(&ours).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    drop(first);
    drop(open(&ours).unwrap());

    fs::write(ours.join("r2-local-store"), "r2-local-store 3\n").unwrap();
    assert_eq!(kind(&ours), ErrorKind::NewerFormat);
    fs::write(ours.join("r2-local-store"), "something else").unwrap();
    assert_eq!(kind(&ours), ErrorKind::Damaged);
    // An older store is taken over, and keeps older programs out from then on.
    fs::write(ours.join("r2-local-store"), "r2-local-store 1\nold\n").unwrap();
    drop(open(&ours).unwrap());
    let marker = fs::read_to_string(ours.join("r2-local-store")).unwrap();
    assert_eq!(marker, "r2-local-store 2\nold\n");
    fs::write(ours.join("index.redb"), "not a database at all").unwrap();
    let error = open(&ours).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged, "{error:?}");

    // A process that died while it claimed the folder.
    let claimed = root.path().join("claimed");
    fs::create_dir(&claimed).unwrap();
    fs::write(claimed.join("r2-local-store.new"), "r2-lo").unwrap();
    drop(open(&claimed).unwrap());
}
