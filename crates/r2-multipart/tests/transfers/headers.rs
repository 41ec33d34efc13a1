//! What uploads say on the wire to R2 itself: signed, unsigned payload, one checksum.

use r2_multipart::{Crc64, UploadVerdict, upload};
use r2_objects::{Client, Credentials};
use r2_sim::Emulator;

use crate::wire::{Fate, Wire};
use crate::world::{PART, World, content, in_parts};

#[tokio::test]
async fn parts_go_unsigned_with_one_checksum_and_the_whole_is_checked() {
    let world = World::new().await;
    let credentials = || Credentials::new("0123456789abcdef0123456789abcdef", "f".repeat(64));
    let emulator = Emulator::builder().credentials(credentials()).memory();
    let wire = Wire::new(&emulator, |_, _| Fate::Pass);
    let client = Client::builder()
        .account_id("0".repeat(32))
        .credentials(credentials())
        .transport(wire.clone())
        .build()
        .unwrap();
    client.buckets().create("bucket").await.unwrap();
    let content = content(2 * PART + 5);
    let (bucket, key) = (&world.bucket, &world.key);
    let uploaded = upload(&client, bucket, key, content.clone(), in_parts()).await.unwrap();
    assert_eq!(uploaded.verdict, UploadVerdict::Verified);
    assert!(client.objects().get(bucket, key).await.unwrap().body == content);

    for sent in wire.journal() {
        let header = |name: &str| sent.headers.get(name).map(|value| value.to_str().unwrap());
        let checksums = sent.headers.keys().filter(|name| {
            name.as_str().starts_with("x-amz-checksum-crc") || *name == "content-md5"
        });
        let (count, brief) = (checksums.count(), sent.brief());
        match brief.as_str() {
            "create" => {
                assert_eq!(header("x-amz-checksum-algorithm"), Some("CRC64NVME"));
                assert_eq!(header("x-amz-checksum-type"), Some("FULL_OBJECT"));
                assert_eq!(header("content-type"), None);
            }
            "part 1" | "part 2" => {
                assert_eq!(header("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
                assert_eq!(count, 1, "{brief}");
            }
            "part 3" => assert_eq!(count, 1, "{brief}"),
            "complete" => {
                let whole = r2_objects::Checksum::from(Crc64::of(&content).value());
                assert_eq!(header("x-amz-checksum-crc64nvme"), Some(&*whole.to_string()));
                assert_eq!(header("x-amz-checksum-type"), Some("FULL_OBJECT"));
            }
            _ => {}
        }
        assert_eq!(header("transfer-encoding"), None);
        assert!(!header("x-amz-content-sha256").unwrap_or_default().starts_with("STREAMING"));
        assert_eq!(header("expect"), None);
    }
}
