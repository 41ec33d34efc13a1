//! Laws of the store: what a crash or a full disk may do to it, moment by moment.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use super::watch::{Step as Moment, Watch};
use super::*;
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

async fn copy(store: &Store, from: &str, to: &str) -> Result<(), StoreError> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let change = move |txn: &mut Txn<'_>| -> Result<(), Halt<()>> {
        let Some(row) = txn.object(BUCKET, &from)? else { return Ok(()) };
        txn.retain(&row.segments)?;
        Ok(txn.put_object(BUCKET, &to, &row)?)
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

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|e| if e.path().is_dir() { files_below(&e.path()) } else { 1 }).sum()
}

type Model = BTreeMap<&'static str, Bytes>;

/// What was promised when an image was taken.
#[derive(Clone, Debug, Default)]
struct Promise {
    kept: Model,
    /// A change under way: the key, and what it will hold.
    pending: Option<(&'static str, Option<Bytes>)>,
}

#[derive(Clone, Debug)]
enum Change {
    Put(&'static str, Bytes),
    Delete(&'static str),
    Copy(&'static str, &'static str),
}

fn changes() -> Vec<Change> {
    let put = |key, version, length| Change::Put(key, content(key, version, length));
    vec![
        put("small", 1, SMALL),
        put("large", 1, LARGE),
        Change::Copy("large", "twin"),
        put("large", 2, LARGE + 1),
        put("small", 2, LARGE),
        Change::Delete("twin"),
        put("empty", 1, 0),
        Change::Delete("large"),
    ]
}

async fn apply(store: &Store, change: &Change, promise: &Mutex<Promise>) -> Result<(), StoreError> {
    let (key, after) = match change {
        Change::Put(key, body) => (*key, Some(body.clone())),
        Change::Delete(key) => (*key, None),
        Change::Copy(from, to) => (*to, locked(promise).kept.get(from).cloned()),
    };
    locked(promise).pending = Some((key, after.clone()));
    match change {
        Change::Put(key, body) => put(store, key, body.clone()).await?,
        Change::Delete(key) => delete(store, key).await?,
        Change::Copy(from, to) => copy(store, from, to).await?,
    }
    let mut promise = locked(promise);
    promise.pending = None;
    match after {
        Some(body) => promise.kept.insert(key, body),
        None => promise.kept.remove(key),
    };
    Ok(())
}

/// Opens a folder and compares it with what was promised.
async fn check(folder: &Path, promise: &Promise, what: &str) {
    let store = Store::directory(folder, 1, Durability::System).unwrap();
    let mut files = 0;
    for key in ["small", "large", "twin", "empty"] {
        let found = get(&store, key).await.unwrap();
        let kept = promise.kept.get(key);
        let pending = promise.pending.as_ref().filter(|(pending, _)| *pending == key);
        let allowed = found.as_ref() == kept
            || pending.is_some_and(|(_, after)| found.as_ref() == after.as_ref());
        assert!(allowed, "{what}: {key} has {:?} bytes", found.map(|bytes| bytes.len()));
        files += usize::from(found.is_some_and(|bytes| bytes.len() == LARGE + 1));
    }
    assert_eq!(files_below(&folder.join("incoming")), 0, "{what}");
    // Blobs of equal length are shared between `large` and `twin`; the rest is one file each.
    let placed = files_below(&folder.join("blobs"));
    assert!(placed <= 4 && placed >= files, "{what}: {placed} files");
}

/// Takes an image of the folder at every moment of every change: what `kill -9` would leave.
#[tokio::test]
async fn killed_at_any_moment_the_store_keeps_its_promises() {
    let root = tempfile::tempdir().unwrap();
    let (folder, images) = (root.path().join("store"), root.path().join("images"));
    let promise = Arc::new(Mutex::new(Promise::default()));
    let taken: Arc<Mutex<Vec<(PathBuf, Promise, Moment)>>> = Arc::default();
    let over = Arc::new(Mutex::new(false));
    let watch = {
        let (folder, promise, taken) = (folder.clone(), Arc::clone(&promise), Arc::clone(&taken));
        let over = Arc::clone(&over);
        Watch::new(move |moment| {
            let mut taken = locked(&taken);
            if *locked(&over) {
                // The store is closing; the images are being looked at.
                return Ok(());
            }
            let image = images.join(taken.len().to_string());
            copy_folder(&folder, &image);
            taken.push((image, locked(&promise).clone(), moment));
            Ok(())
        })
    };
    let store = Store::watched(&folder, 1, Durability::Disk, watch).unwrap();
    for change in changes() {
        apply(&store, &change, &promise).await.unwrap();
    }
    settled(&folder, 1).await;
    drop(store);
    let taken = {
        let mut taken = locked(&taken);
        *locked(&over) = true;
        std::mem::take(&mut *taken)
    };
    let mut moments: HashMap<Moment, usize> = HashMap::new();
    for (image, promise, moment) in &taken {
        *moments.entry(*moment).or_default() += 1;
        check(image, promise, &format!("{moment:?} in {}", image.display())).await;
    }
    for moment in [
        Moment::BlobCreated,
        Moment::BlobWritten,
        Moment::BlobSynced,
        Moment::NamesSynced,
        Moment::IndexWrite,
        Moment::IndexSync,
        Moment::Committed,
        Moment::BlobPlaced,
        Moment::BlobRemoved,
    ] {
        assert!(moments.contains_key(&moment), "{moment:?} was never seen: {moments:?}");
    }
}

/// Fails every write of one kind until the disk has room again.
#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_survived() {
    for moment in [
        Moment::BlobCreated,
        Moment::BlobWritten,
        Moment::BlobSynced,
        Moment::NamesSynced,
        Moment::IndexWrite,
        Moment::IndexSync,
    ] {
        let root = tempfile::tempdir().unwrap();
        let full = Arc::new(Mutex::new(false));
        let watch = {
            let full = Arc::clone(&full);
            Watch::new(move |now| {
                let fails = *locked(&full) && now == moment;
                if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
            })
        };
        let store = Store::watched(root.path(), 1, Durability::Disk, watch).unwrap();
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
    let watch = {
        let (full, reserve) = (Arc::clone(&full), reserve.clone());
        Watch::new(move |now| {
            let fails = match now {
                Moment::IndexWrite => reserve.exists(),
                Moment::ReserveWrite | Moment::BlobWritten => true,
                _ => false,
            };
            let is_full = *locked(&full);
            if is_full && fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        })
    };
    let store = Store::watched(root.path(), 1, Durability::Disk, watch).unwrap();
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
    let fork = store.fork().unwrap().unwrap();
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
