//! A process that is killed at each step of its writing, one step after another.
//!
//! The test starts itself again as a process that ends, without cleaning up, at the step whose
//! number it is told. What it leaves is then opened by another mirror.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use r2_objects::ObjectKey;

use crate::disk::Seam;
use crate::mirror::{Freshness, Inspect, Mirror, MirrorOptions};
use crate::storage::{StorageBackend as _, StorageBackendExt as _};
use crate::{LocalBackend, StorageErrorKind};

const FOLDER: &str = "R2_TEST_MIRROR_FOLDER";
const STEP: &str = "R2_TEST_MIRROR_STEP";
const CHILD: &str = "mirror::tests::crash::child";
const KEYS: [&str; 3] = ["replaced", "a/new", "deleted"];

fn key(name: &str) -> ObjectKey {
    name.try_into().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "so the test tells its process what to do")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn open(folder: &Path) -> Mirror<LocalBackend> {
    let origin = LocalBackend::managed(folder.join("origin")).await.unwrap();
    let options = MirrorOptions::new().freshness(Freshness::Trust);
    Mirror::open(origin, folder.join("mirror"), options).await.unwrap()
}

/// Writes a file as whoever works on the directory without the origin.
async fn work(folder: &Path, name: &str, content: &'static str) {
    let local = LocalBackend::managed(folder.join("mirror")).await.unwrap();
    local.put_bytes(&key(name), content).await.unwrap();
}

/// What the process does: every kind of write, a fill, a conflict, and a repair. After each write
/// it leaves word of it.
async fn story(mirror: &Mirror<LocalBackend>, folder: &Path) {
    let done = |name: &str| std::fs::write(folder.join(format!("done {name}")), "").unwrap();
    mirror.put_bytes(&key("replaced"), "second").await.unwrap();
    done("replaced");
    mirror.put_bytes(&key("a/new"), "new").await.unwrap();
    done("new");
    mirror.delete(&key("deleted")).await.unwrap();
    done("deleted");
    assert_eq!(mirror.get_bytes(&key("foreign"), 100).await.unwrap(), "foreign");
    mirror.repair(Inspect::Tags).await.unwrap();
    done("repair");
}

#[tokio::test]
async fn child() {
    let (Some(folder), Some(step)) = (told(FOLDER), told(STEP)) else { return };
    let step: usize = step.parse().unwrap();
    let mut mirror = open(Path::new(&folder)).await;
    let passed = Arc::new(AtomicUsize::new(0));
    let seam = Seam::new(move |_| {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == step {
            // no destructor runs and no buffer is written: as `kill -9` has it
            std::process::abort();
        }
    });
    let copies = Arc::into_inner(mirror.copies).unwrap();
    mirror.copies = Arc::new(copies.with_seam(seam));
    story(&mirror, Path::new(&folder)).await;
}

async fn prepare(folder: &Path) {
    let mirror = open(folder).await;
    for name in ["replaced", "deleted"] {
        mirror.put_bytes(&key(name), "first").await.unwrap();
    }
    for name in ["foreign", "both"] {
        mirror.origin().put_bytes(&key(name), name.to_owned()).await.unwrap();
    }
    work(folder, "both", "ours").await;
    work(folder, "ours", "only ours").await;
}

async fn look(folder: &Path, step: usize) {
    let mirror = open(folder).await;
    let done = |name: &str| folder.join(format!("done {name}")).exists();
    // a reader that trusts sees what the origin has, wherever the process ended
    for name in KEYS {
        let there = mirror.origin().get_bytes(&key(name), 100).await;
        let here = mirror.get_bytes(&key(name), 100).await;
        match (there, here) {
            (Ok(there), Ok(here)) => assert_eq!(there, here, "{name} at step {step}"),
            (Err(there), Err(here)) => {
                assert_eq!(there.kind(), StorageErrorKind::NotFound, "{name} at step {step}");
                assert_eq!(here.kind(), there.kind(), "{name} at step {step}");
            }
            (there, here) => panic!("{name} at step {step}: {there:?}, but {here:?}"),
        }
    }
    // what was acknowledged is there
    let read = |name| {
        let mirror = mirror.clone();
        async move { mirror.get_bytes(&key(name), 100).await.ok() }
    };
    if done("replaced") {
        assert_eq!(read("replaced").await.unwrap(), "second", "step {step}");
    }
    if done("new") {
        assert_eq!(read("a/new").await.unwrap(), "new", "step {step}");
    }
    if done("deleted") {
        assert_eq!(read("deleted").await, None, "step {step}");
    }
    // and no version of a conflict is lost, however often it is mended
    mirror.repair(Inspect::Content).await.unwrap();
    let again = mirror.repair(Inspect::Content).await.unwrap();
    assert!(again.failed.is_empty(), "step {step}: {again:?}");
    let mut contents = Vec::new();
    let listed = mirror.list(Default::default());
    let listed: Vec<_> = futures_util::TryStreamExt::try_collect(listed).await.unwrap();
    for entry in listed {
        contents.push(mirror.get_bytes(&key(entry.name()), 100).await.unwrap());
    }
    for content in ["both", "ours", "only ours", "foreign"] {
        assert!(contents.iter().any(|kept| kept == content), "{content} is lost at step {step}");
    }
    let drift: Vec<_> = futures_util::StreamExt::collect(mirror.check(Inspect::Content)).await;
    assert!(drift.is_empty(), "step {step}: {drift:?}");
}

#[tokio::test]
async fn a_process_that_ends_at_any_step_leaves_what_the_origin_has() {
    if told(STEP).is_some() {
        return;
    }
    let mut step = 0;
    loop {
        step += 1;
        assert!(step < 500, "the story has no end");
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path()).await;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", CHILD]).env(FOLDER, folder.path()).env(STEP, step.to_string());
        let ended = child.output().unwrap();
        look(folder.path(), step).await;
        if ended.status.success() {
            break;
        }
        let text = String::from_utf8_lossy(&ended.stdout);
        assert!(!text.contains("panicked"), "step {step}: {text}");
    }
    assert!(step > 40, "only {step} steps are told");
}
