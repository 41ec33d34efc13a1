//! Laws of the store.

use std::sync::Arc;
use std::time::Instant;

use super::*;
use crate::checksum::Hashers;

#[expect(clippy::disallowed_methods, reason = "measures")]
fn now() -> Instant {
    Instant::now()
}

async fn put(store: Store, key: String, body: Vec<u8>) {
    let mut sink = store.sink(Hashers::new([]));
    sink.push(body.into()).await.unwrap();
    let (body, digests) = sink.finish().await.unwrap();
    store
        .write(move |txn| -> Result<(), Halt<()>> {
            let segments = txn.adopt(body)?;
            let row = ObjectRecord {
                size: 4096,
                etag: crate::checksum::hex(&digests.md5),
                class: "STANDARD".into(),
                version: "x".repeat(32),
                segments,
                ..Default::default()
            };
            Ok(txn.put_object(1, &key, &row)?)
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore]
async fn speed() {
    let count = 10_000usize;
    for (mode, size) in [("disk", 4096usize), ("disk", 65536), ("mem", 4096)] {
        let dir = tempfile::tempdir_in("/tmp").unwrap();
        let store = if mode == "disk" {
            Store::directory(dir.path(), 1, Durability::Disk).unwrap()
        } else {
            Store::memory(1).unwrap()
        };
        let t = now();
        let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut set = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (store, next) = (store.clone(), next.clone());
            set.spawn(async move {
                loop {
                    let i = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if i >= count {
                        break;
                    }
                    put(store.clone(), format!("some/folder/file-{i:08}"), vec![7; size]).await;
                }
            });
        }
        set.join_all().await;
        eprintln!("{mode} {size}: {:?}", t.elapsed());
        if mode == "disk" {
            eprintln!(
                "index {} MB",
                std::fs::metadata(dir.path().join("index.redb")).unwrap().len() >> 20
            );
            let t = now();
            drop(store);
            eprintln!("close {:?}", t.elapsed());
            let t = now();
            Store::directory(dir.path(), 1, Durability::Disk).unwrap();
            eprintln!("open {:?}", t.elapsed());
        }
    }
}
