//! Snapshots and copies: each goes its own way, and none has half of a change.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use r2_sim::{Durability, Emulator, ErrorKind};
use r2_transport::{Body, Transport as _};

/// Stored as a file.
const LARGE: usize = 50_000;

async fn send(r2: &Emulator, method: Method, path: &str, body: Bytes) -> (StatusCode, Bytes) {
    let request = Request::builder().method(method).uri(format!("http://r2.local{path}"));
    let response = r2.send(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect(1 << 20).await.unwrap())
}

async fn put(r2: &Emulator, path: &str, body: Bytes) {
    let (status, said) = send(r2, Method::PUT, path, body).await;
    assert_eq!(status, 200, "{said:?}");
}

async fn get(r2: &Emulator, path: &str) -> Option<Bytes> {
    let (status, body) = send(r2, Method::GET, path, Bytes::new()).await;
    (status == StatusCode::OK).then_some(body)
}

fn content(text: &str, length: usize) -> Bytes {
    text.bytes().cycle().take(length).collect()
}

async fn whole(r2: &Emulator) -> u64 {
    let report = r2.check().await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    report.objects
}

fn open(path: &Path) -> Emulator {
    Emulator::builder().durability(Durability::System).directory(path).unwrap()
}

#[tokio::test]
async fn a_state_in_memory_is_kept_and_gone_back_to() {
    let r2 = Emulator::memory();
    put(&r2, "/bucket", Bytes::new()).await;
    put(&r2, "/bucket/large", content("first", LARGE)).await;
    put(&r2, "/bucket/small", "first".into()).await;
    let first = r2.snapshot().unwrap();

    put(&r2, "/bucket/large", content("second", LARGE)).await;
    assert_eq!(send(&r2, Method::DELETE, "/bucket/small", Bytes::new()).await.0, 204);
    let second = r2.snapshot().unwrap();
    let clone = r2.clone();
    for _ in 0..3 {
        clone.restore(&first).unwrap();
        assert_eq!(get(&r2, "/bucket/large").await, Some(content("first", LARGE)));
        put(&r2, "/bucket/third", "third".into()).await;
        assert_eq!(whole(&r2).await, 3);
        // Another one of the same state knows nothing of it.
        let other = first.emulator();
        assert_eq!((get(&other, "/bucket/third").await, whole(&other).await), (None, 2));
    }
    r2.restore(&second).unwrap();
    assert_eq!(get(&r2, "/bucket/small").await, None);
    assert_eq!(get(&r2, "/bucket/large").await, Some(content("second", LARGE)));
}

#[tokio::test]
async fn what_is_read_during_a_restore_is_read_to_its_end() {
    let r2 = Emulator::memory();
    let empty = r2.snapshot().unwrap();
    put(&r2, "/bucket", Bytes::new()).await;
    put(&r2, "/bucket/k", content("k", 1_000_000)).await;
    let request = Request::get("http://r2.local/bucket/k").body(Body::empty()).unwrap();
    let reading = r2.send(request).await.unwrap();
    r2.restore(&empty).unwrap();
    assert_eq!(get(&r2, "/bucket/k").await, None);
    let bytes = reading.into_body().collect(1 << 20).await.unwrap();
    assert_eq!(bytes, content("k", 1_000_000));
}

#[tokio::test]
async fn a_folder_is_copied_while_it_is_open() {
    let root = tempfile::tempdir().unwrap();
    let (here, there) = (root.path().join("here"), root.path().join("there"));
    let r2 = open(&here);
    put(&r2, "/bucket", Bytes::new()).await;
    put(&r2, "/bucket/large", content("first", LARGE)).await;
    put(&r2, "/bucket/small", "first".into()).await;
    r2.copy_to(&there).await.unwrap();
    put(&r2, "/bucket/large", content("second", LARGE)).await;
    put(&r2, "/bucket/new", content("new", LARGE)).await;

    let copy = open(&there);
    assert_eq!(whole(&copy).await, 2);
    assert_eq!(get(&copy, "/bucket/large").await, Some(content("first", LARGE)));
    assert_eq!(send(&copy, Method::DELETE, "/bucket/large", Bytes::new()).await.0, 204);
    put(&copy, "/bucket/only-there", "there".into()).await;
    assert_eq!(whole(&copy).await, 2);
    assert_eq!((get(&r2, "/bucket/only-there").await, whole(&r2).await), (None, 3));
    assert_eq!(get(&r2, "/bucket/large").await, Some(content("second", LARGE)));
}

#[tokio::test]
async fn a_closed_folder_is_copied_again_and_again() {
    let root = tempfile::tempdir().unwrap();
    let kept = root.path().join("kept");
    let r2 = open(&kept);
    put(&r2, "/bucket", Bytes::new()).await;
    put(&r2, "/bucket/k", content("k", LARGE)).await;
    drop(r2);
    for number in 0..3 {
        let fresh = root.path().join(number.to_string());
        let builder = Emulator::builder().durability(Durability::System);
        let r2 = builder.directory_copy(&kept, &fresh).unwrap();
        assert_eq!(get(&r2, "/bucket/k").await, Some(content("k", LARGE)));
        put(&r2, "/bucket/k", content("other", LARGE)).await;
        assert_eq!(whole(&r2).await, 1);
    }
    let builder = Emulator::builder();
    let error = builder.directory_copy(&kept, root.path().join("0")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAStore, "{error}");
    let error = Emulator::builder().directory_copy(root.path(), root.path().join("x"));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Io);
    let kept = open(&kept);
    assert_eq!(get(&kept, "/bucket/k").await, Some(content("k", LARGE)));
}

/// Writers go on while the folder is copied; no copy has half of what they wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_has_whole_changes_only() {
    let root = tempfile::tempdir().unwrap();
    let r2 = open(&root.path().join("here"));
    put(&r2, "/bucket", Bytes::new()).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let (r2, over) = (r2.clone(), Arc::clone(&over));
        writers.spawn(async move {
            let path = format!("/bucket/{writer}");
            for version in 0.. {
                put(&r2, &path, content(&format!("{version};"), LARGE)).await;
                if over.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
    }
    for number in 0..5 {
        let there = root.path().join(number.to_string());
        r2.copy_to(&there).await.unwrap();
        let copy = open(&there);
        assert!(whole(&copy).await <= 4);
        for writer in 0..4 {
            let Some(body) = get(&copy, &format!("/bucket/{writer}")).await else { continue };
            let version = body.split(|byte| *byte == b';').next().unwrap();
            let version = std::str::from_utf8(version).unwrap();
            assert_eq!(body, content(&format!("{version};"), LARGE));
        }
        drop(copy);
        assert_eq!(fs::read_dir(there.join("incoming")).unwrap().count(), 0);
    }
    over.store(true, Ordering::Relaxed);
    writers.join_all().await;
    assert_eq!(whole(&r2).await, 4);
}

#[tokio::test]
async fn each_kind_says_what_it_cannot() {
    let root = tempfile::tempdir().unwrap();
    let (memory, folder) = (Emulator::memory(), open(&root.path().join("store")));
    assert!(folder.snapshot().is_none() && folder.fork().is_none());
    let error = folder.restore(&memory.snapshot().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("restore the local store in `"), "{error}");
    let error = memory.copy_to(root.path().join("other")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("copy the local store in memory: "), "{error}");
}
