//! What their tests do not look at.

use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, GetOptions, ObjectStore as _, ObjectStoreExt as _, PutMode,
    PutOptions, TagSet, UpdateVersion,
};
use r2_backend::object_store::BackendObjectStore;
use r2_backend::{MemoryBackend, S3Backend, S3Service, StorageBackendExt as _};

use super::stores::all;

#[tokio::test]
async fn renaming_to_itself_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for store in &all(&directory).await {
        let path = Path::from("a/b");
        store.put(&path, "hello".into()).await.unwrap();
        store.rename(&path, &path).await.unwrap();
        let error = store.rename_if_not_exists(&path, &path).await.unwrap_err();
        assert!(matches!(error, Error::AlreadyExists { .. }), "{store}: {error}");
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "hello");
        let nothing = Path::from("nothing");
        let error = store.rename(&nothing, &nothing).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{store}: {error}");
    }
}

#[tokio::test]
async fn a_key_that_no_path_names_is_told_and_a_folder_marker_is_not() {
    let backend = MemoryBackend::new();
    let store = BackendObjectStore::new(backend.clone());
    for key in ["a/1", "folder/"] {
        backend.put_bytes(&key.try_into().unwrap(), "x").await.unwrap();
    }
    let listed: Vec<_> = store.list(None).try_collect().await.unwrap();
    let paths: Vec<_> = listed.iter().map(|meta| meta.location.as_ref()).collect();
    assert_eq!(paths, ["a/1"]);
    for key in ["/a/1", "a//1", "a/../1"] {
        let object = key.try_into().unwrap();
        backend.put_bytes(&object, "another").await.unwrap();
        let error = store.list(None).try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(error, Error::InvalidPath { .. }), "{key}: {error}");
        r2_backend::StorageBackend::delete(&backend, &object).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_before_anything_changes() {
    let store = BackendObjectStore::new(MemoryBackend::new());
    let path = Path::from("a");
    let mut tags = TagSet::default();
    tags.push("a", "b");
    let class = Attributes::from_iter([(Attribute::StorageClass, "GLACIER")]);
    let version = UpdateVersion { e_tag: None, version: Some("1".into()) };
    let puts: [PutOptions; 3] = [tags.into(), class.into(), PutMode::Update(version).into()];
    for options in puts {
        let error = store.put_opts(&path, "x".into(), options).await.unwrap_err();
        assert!(matches!(error, Error::NotImplemented { .. }), "{error}");
    }
    let old = GetOptions::new().with_version(Some("1"));
    let error = store.get_opts(&path, old).await.unwrap_err();
    assert!(matches!(error, Error::NotImplemented { .. }), "{error}");
    assert!(matches!(store.head(&path).await.unwrap_err(), Error::NotFound { .. }));
}

/// A service that may ignore a condition is not sent one.
#[tokio::test]
async fn a_service_without_conditions_creates_nothing() {
    let backend = S3Backend::builder()
        .endpoint_url("http://127.0.0.1:1")
        .service(S3Service::Other)
        .bucket_name("lake")
        .access_key_id("id")
        .secret_access_key("secret")
        .build()
        .unwrap();
    let store = BackendObjectStore::new(backend);
    let path = Path::from("a");
    let create = store.put_opts(&path, "x".into(), PutMode::Create.into());
    let error = create.await.unwrap_err();
    assert!(matches!(error, Error::NotImplemented { .. }), "{error}");
}

#[tokio::test]
async fn our_error_is_the_source_of_theirs() {
    let store = BackendObjectStore::new(MemoryBackend::new().limit_bytes(3));
    let error = store.put(&Path::from("a"), "more".into()).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let ours: &r2_backend::StorageError = source.downcast_ref().unwrap();
    assert_eq!(ours.kind(), r2_backend::StorageErrorKind::TooLarge);
}

#[tokio::test]
async fn many_are_deleted_at_once_and_answered_in_order() {
    let directory = tempfile::tempdir().unwrap();
    for store in &all(&directory).await {
        let paths: Vec<_> = (0..30).map(|number| Path::from(format!("d/{number}"))).collect();
        for path in paths.iter().step_by(2) {
            store.put(path, "x".into()).await.unwrap();
        }
        let stream = futures_util::stream::iter(paths.clone().into_iter().map(Ok));
        let deleted = store.delete_stream(Box::pin(stream));
        assert_eq!(deleted.try_collect::<Vec<_>>().await.unwrap(), paths);
        assert!(store.list(None).try_collect::<Vec<_>>().await.unwrap().is_empty());
    }
}
