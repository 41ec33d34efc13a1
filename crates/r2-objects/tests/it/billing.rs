//! The client's billing classes beside those of the local R2, which knows the price list apart.

use r2_objects::{
    CopyObject, CorsConfiguration, CostClass, CreateBucket, DeleteBucket, DeleteBucketCors,
    DeleteBucketEncryption, DeleteBucketLifecycle, DeleteObject, DeleteObjects, GetBucketCors,
    GetBucketEncryption, GetBucketLifecycleConfiguration, GetBucketLocation, GetObject, HeadBucket,
    HeadObject, LifecycleConfiguration, ListBuckets, ListObjects, ListObjectsV2, Operation,
    PutBucketCors, PutBucketEncryption, PutBucketLifecycleConfiguration, PutObject,
    ServerSideEncryptionConfiguration, Transport,
};
use r2_sim::{BillingClass, Meter, Mock};

use crate::world::{World, bucket, key};

fn check(operation: &impl Operation) {
    let theirs = match BillingClass::of(operation.name()) {
        BillingClass::A => CostClass::A,
        BillingClass::B => CostClass::B,
        BillingClass::Free => CostClass::Free,
    };
    assert_eq!(operation.cost_class(), theirs, "{}", operation.name());
}

#[test]
fn client_and_invoice_agree_on_every_operation() {
    check(&ListBuckets::new());
    check(&CreateBucket::new(bucket()));
    check(&HeadBucket::new(bucket()));
    check(&DeleteBucket::new(bucket()));
    check(&GetBucketLocation::new(bucket()));
    check(&GetBucketCors::new(bucket()));
    check(&PutBucketCors::new(bucket(), CorsConfiguration::default()));
    check(&DeleteBucketCors::new(bucket()));
    check(&GetBucketLifecycleConfiguration::new(bucket()));
    check(&PutBucketLifecycleConfiguration::new(bucket(), LifecycleConfiguration::default()));
    check(&DeleteBucketLifecycle::new(bucket()));
    check(&GetBucketEncryption::new(bucket()));
    check(&PutBucketEncryption::new(bucket(), ServerSideEncryptionConfiguration::default()));
    check(&DeleteBucketEncryption::new(bucket()));
    check(&ListObjects::new(bucket()));
    check(&ListObjectsV2::new(bucket()));
    check(&GetObject::new(bucket(), key("a")));
    check(&HeadObject::new(bucket(), key("a")));
    check(&PutObject::new(bucket(), key("a"), "x"));
    check(&CopyObject::new(bucket(), key("a"), bucket(), key("b")));
    check(&DeleteObject::new(bucket(), key("a")));
    check(&DeleteObjects::new(bucket(), vec![key("a")]));
}

/// The same requests, counted by who sends them and by who gets them.
#[tokio::test]
async fn client_and_meter_count_the_same() {
    let world = World::new().await;
    let meter = Meter::new(world.spy.clone());
    let client = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .credentials(crate::world::credentials())
        .clock(world.clock.clone())
        .transport(meter.clone())
        .build()
        .unwrap();
    let objects = client.objects();
    objects.put("photos", "a", "x").await.unwrap();
    objects.get("photos", "a").await.unwrap();
    assert!(objects.get("photos", "none").await.is_err());
    objects.delete("photos", "a").await.unwrap();
    let (usage, invoice) = (client.usage(), meter.invoice());
    assert_eq!((usage.class_a, usage.class_b, usage.free), (1, 2, 1));
    let classes = [BillingClass::A, BillingClass::B, BillingClass::Free];
    assert_eq!(classes.map(|class| invoice.operations(class)), [1, 2, 1]);
    let price = usage.price(&r2_objects::PriceList::r2());
    assert_eq!(price.picodollars(), u128::from(invoice.picodollars()));
}

/// What no answer is given to is not tried again: it fails at once, with the mock's own words.
#[tokio::test]
async fn an_unexpected_request_ends_the_call() {
    let mock = Mock::new();
    let shared: std::sync::Arc<dyn Transport> = std::sync::Arc::new(mock.clone());
    let client = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .transport(shared)
        .build()
        .unwrap();
    assert!(client.objects().get("photos", "a").await.is_err());
    assert_eq!(mock.unexpected(), ["GetObject photos/a"]);
}
