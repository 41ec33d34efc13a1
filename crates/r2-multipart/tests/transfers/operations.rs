//! The requests one by one, by hand.

use futures_util::TryStreamExt as _;
use r2_multipart::{
    CompletedPart, ListMultipartUploads, ListParts, MultipartExt as _, PartNumber, multipart,
};
use r2_objects::{ByteRange, ErrorKind};

use crate::world::{PART, World, content};

fn part(number: u32) -> PartNumber {
    PartNumber::new(number).unwrap()
}

#[tokio::test]
async fn parts_are_listed_page_by_page() {
    let world = World::new().await;
    let (client, wire) = world.calm();
    let (bucket, key) = (&world.bucket, &world.key);
    let upload = multipart(&client).create(bucket, key).await.unwrap();
    for number in [3, 1, 7, 9_999] {
        upload.upload_part(part(number), "x").await.unwrap();
    }
    let mut list = ListParts::new(bucket.clone(), key.clone(), upload.upload_id()).max_parts(3);
    let first = client.send(&list).await.unwrap();
    let numbers: Vec<u16> = first.parts.iter().map(|part| part.number.get()).collect();
    assert_eq!(numbers, [1, 3, 7]);
    assert_eq!(first.parts[0].size_bytes, 1);
    list = list.after(first.next.expect("there is one more"));
    let second = client.send(&list).await.unwrap();
    assert_eq!((second.parts[0].number, second.next), (part(9_999), None));
    assert_eq!(upload.list_parts().await.unwrap().len(), 4);
    // ids hold `+ / =` and arrive encoded
    assert!(wire.journal().iter().all(|sent| !sent.query.contains("uploadId=") || {
        let id = sent.query.split("uploadId=").nth(1).unwrap().split('&').next().unwrap();
        !id.contains(['+', '/', '='])
    }));
}

#[tokio::test]
async fn uploads_are_listed_page_by_page_with_any_key() {
    let world = World::new().await;
    let (client, _) = world.calm();
    let bucket = &world.bucket;
    let mut keys = vec!["a/ b+%&", "a/\u{1}control", "a/ü", "b/1", "b/1"];
    for key in &keys {
        client.multipart().create(bucket, *key).await.unwrap();
    }
    let list = ListMultipartUploads::new(bucket.clone()).max_uploads(2);
    let all: Vec<_> = client.multipart().list_uploads(list).try_collect().await.unwrap();
    let mut found: Vec<&str> = all.iter().map(|upload| upload.key.as_str()).collect();
    found.sort_unstable();
    keys.sort_unstable();
    assert_eq!(found, keys);
    assert!(all.iter().all(|upload| upload.initiated.is_some()));

    let list = ListMultipartUploads::new(bucket.clone()).prefix("a/").delimiter("/");
    assert_eq!(client.send(list).await.unwrap().uploads.len(), 3);
    let list = ListMultipartUploads::new(bucket.clone()).delimiter("/");
    assert_eq!(client.send(list).await.unwrap().common_prefixes, ["a/", "b/"]);
}

#[tokio::test]
async fn a_part_of_another_object_and_an_abort() {
    let world = World::new().await;
    let source = content(2 * PART);
    world.put(&source).await;
    let (client, _) = world.calm();
    let bucket = &world.bucket;
    let upload = client.multipart().create(bucket, "copy").await.unwrap();
    let range = ByteRange::new(5..PART as u64 + 5).unwrap();
    let one = upload.upload_part_copy(part(1), bucket, &world.key, range).await.unwrap();
    let two = upload.upload_part(part(2), "end").await.unwrap();
    let again = client.multipart().open(bucket, "copy", upload.upload_id()).unwrap();
    let parts = vec![
        CompletedPart::new(part(2), two.etag, None),
        CompletedPart::new(part(1), one.etag, None),
    ];
    upload.complete(parts).await.unwrap();
    let body = client.objects().get(bucket, "copy").await.unwrap().body;
    assert!(body[..PART] == source[5..PART + 5] && body[PART..] == *b"end");

    // aborting what is completed changes nothing
    again.clone().abort().await.unwrap();
    assert_eq!(client.objects().get(bucket, "copy").await.unwrap().body.len(), PART + 3);
    let error = again.upload_part(part(1), "late").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchUpload);
}

/// The local R2 knows the price list apart from the client.
#[test]
fn parts_are_billed_as_the_local_r2_bills_them() {
    use r2_objects::{BucketName, CostClass, ObjectKey, Operation};
    use r2_sim::BillingClass;

    fn check(operation: &impl Operation) {
        let theirs = match BillingClass::of(operation.name()) {
            BillingClass::A => CostClass::A,
            BillingClass::B => CostClass::B,
            BillingClass::Free => CostClass::Free,
        };
        assert_eq!(operation.cost_class(), theirs, "{}", operation.name());
    }
    let bucket = || BucketName::new("bucket").unwrap();
    let key = || ObjectKey::new("key").unwrap();
    let number = PartNumber::FIRST;
    check(&r2_multipart::CreateMultipartUpload::new(bucket(), key()));
    check(&r2_multipart::UploadPart::new(bucket(), key(), "id", number, "x"));
    let copy = r2_multipart::UploadPartCopy::new(bucket(), key(), bucket(), key(), "id", number);
    check(&copy);
    check(&r2_multipart::CompleteMultipartUpload::new(bucket(), key(), "id", Vec::new()));
    check(&r2_multipart::AbortMultipartUpload::new(bucket(), key(), "id"));
    check(&ListParts::new(bucket(), key(), "id"));
    check(&ListMultipartUploads::new(bucket()));
}
