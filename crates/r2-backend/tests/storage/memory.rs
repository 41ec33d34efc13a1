//! The back end in memory.

use r2_backend::{MemoryBackend, StorageBackend as _, StorageBackendExt as _, StorageErrorKind};

use super::conforms;

#[tokio::test]
async fn it_conforms() {
    conforms(MemoryBackend::new()).await;
}

#[tokio::test]
async fn it_is_bounded() {
    let storage = MemoryBackend::new().limit_bytes(10);
    let (a, b) = ("a".try_into().unwrap(), "b".try_into().unwrap());
    storage.put_bytes(&a, "123456").await.unwrap();
    let error = storage.put_bytes(&b, "12345").await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::TooLarge);
    assert!(error.to_string().contains("raise limit_bytes"), "{error}");
    // what is replaced makes room
    storage.put_bytes(&a, "12345").await.unwrap();
    storage.put_bytes(&b, "12345").await.unwrap();
    storage.delete(&a).await.unwrap();
    storage.put_bytes(&b, "0123456789").await.unwrap();
}
