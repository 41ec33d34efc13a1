//! Downloads while the object changes under them.

use r2_objects::GetObject;

use crate::world::{World, bucket, key};

#[tokio::test]
async fn what_was_opened_is_what_is_read() {
    let world = World::new().await;
    let objects = world.client.objects();
    objects.put("photos", "a", vec![1_u8; 200_000]).await.unwrap();
    let mut stream = objects.get_stream(GetObject::new(bucket(), key("a"))).await.unwrap();
    let first = stream.next_chunk().await.unwrap().unwrap();
    objects.put("photos", "a", vec![2_u8; 200_000]).await.unwrap();
    let mut all = first.to_vec();
    while let Some(chunk) = stream.next_chunk().await {
        all.extend_from_slice(&chunk.unwrap());
    }
    assert!(all.iter().all(|byte| *byte == 1) && all.len() == 200_000);
}
