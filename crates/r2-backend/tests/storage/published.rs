//! The application of the example, unchanged, on each back end.

use std::path::Path;

use r2_backend::{LocalBackend, MemoryBackend, StorageBackend};

#[path = "../../examples/publish/app.rs"]
mod app;

const FILES: [(&str, &str); 3] =
    [("index.html", "<h1>hello</h1>"), ("a b/ü.txt", "text"), ("a b/empty", "")];

fn site() -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(site.path().join("a b")).expect("a folder");
    for (name, content) in FILES {
        std::fs::write(site.path().join(name), content).expect("a file");
    }
    site
}

/// Publishes and deletes; says what the links were.
pub(crate) async fn published(storage: &dyn StorageBackend) -> Vec<String> {
    let site = site();
    publish(storage, site.path(), "published/").await
}

async fn publish(storage: &dyn StorageBackend, folder: &Path, prefix: &str) -> Vec<String> {
    let published = app::publish(storage, folder, prefix).await.expect("it is published");
    let names: Vec<_> = published.objects.iter().map(|object| object.key.as_str()).collect();
    let expected = ["a b/empty", "a b/ü.txt", "index.html"].map(|name| format!("{prefix}{name}"));
    assert_eq!(names, expected);
    assert_eq!(published.objects[2].size, 14);
    let links = published.links.clone();
    assert_eq!(app::unpublish(storage, published).await.expect("it is deleted"), 0);
    links
}

#[tokio::test]
async fn in_memory_and_in_a_managed_directory() {
    let directory = tempfile::tempdir().unwrap();
    let local = LocalBackend::managed(directory.path()).await.unwrap();
    let backends: [&dyn StorageBackend; 2] = [&MemoryBackend::new(), &local];
    for storage in backends {
        assert_eq!(published(storage).await, [""; 0]);
        assert!(app::is_empty(storage, "").await.unwrap());
    }
}

/// The files are where they are served: publishing them changes nothing, and gives their URLs.
#[tokio::test]
async fn in_place() {
    let site = site();
    let storage = LocalBackend::in_place(site.path(), "http://127.0.0.1:8000").unwrap();
    let links = publish(&storage, site.path(), "").await;
    assert_eq!(links[1], "http://127.0.0.1:8000/a%20b/%C3%BC.txt");
    assert!(!app::is_empty(&storage, "").await.unwrap());
}
