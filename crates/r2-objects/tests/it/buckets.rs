//! Every operation on buckets, as the local R2 answers it.

use futures_util::TryStreamExt as _;
use r2_objects::{
    BucketName, CorsConfiguration, CorsRule, CreateBucket, ErrorKind, ListBuckets, LocationHint,
};

use crate::world::{ACCOUNT, World};

#[tokio::test]
async fn a_bucket_comes_and_goes() {
    let world = World::new().await;
    let buckets = world.client.buckets();
    assert!(buckets.exists("photos").await.unwrap());
    assert_eq!(buckets.create("photos").await.unwrap_err().kind(), ErrorKind::BucketExists);
    world.client.objects().put("photos", "a", "x").await.unwrap();
    assert_eq!(buckets.delete("photos").await.unwrap_err().kind(), ErrorKind::BucketNotEmpty);
    world.client.objects().delete("photos", "a").await.unwrap();
    buckets.delete("photos").await.unwrap();
    assert!(!buckets.exists("photos").await.unwrap());
    assert_eq!(buckets.delete("photos").await.unwrap_err().kind(), ErrorKind::NoSuchBucket);
}

#[tokio::test]
async fn buckets_are_found_by_r2s_search() {
    let world = World::new().await;
    for at in 0..7 {
        world.client.buckets().create(format!("logs-{at}")).await.unwrap();
    }
    let names = |list: ListBuckets| async {
        let found: Vec<_> = world.client.buckets().list(list).try_collect().await.unwrap();
        found.into_iter().map(|bucket| bucket.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(ListBuckets::new()).await.len(), 8);
    assert_eq!(names(ListBuckets::new().max_keys(3)).await.len(), 8);
    let some = names(ListBuckets::new().prefix("logs-").start_after("logs-4")).await;
    assert_eq!(some, ["logs-5", "logs-6"]);
    let page = world.client.send(ListBuckets::new()).await.unwrap();
    assert_eq!(page.owner_id.as_deref(), Some(ACCOUNT));
    assert!(page.buckets[0].created.is_some());
}

#[tokio::test]
async fn a_location_hint_is_kept() {
    let world = World::new().await;
    let name = BucketName::new("oceanic").unwrap();
    let create = CreateBucket::new(name.clone()).location_hint(LocationHint::Oc);
    world.client.send(create).await.unwrap();
    assert_eq!(world.client.buckets().location(name).await.unwrap(), "OC");
    assert_eq!(world.client.buckets().location("photos").await.unwrap(), "auto");
}

#[tokio::test]
async fn cors_rules() {
    let world = World::new().await;
    let buckets = world.client.buckets();
    assert_eq!(buckets.cors("photos").await.unwrap(), None);
    let rule = CorsRule {
        allowed_origins: vec!["https://example.com".into(), "*".into()],
        allowed_methods: vec!["GET".into(), "PUT".into()],
        allowed_headers: vec!["*".into()],
        expose_headers: vec!["ETag".into()],
        max_age_seconds: Some(3600),
        ..CorsRule::default()
    };
    let rules = CorsConfiguration { rules: vec![rule] };
    buckets.set_cors("photos", rules.clone()).await.unwrap();
    assert_eq!(buckets.cors("photos").await.unwrap(), Some(rules));
    buckets.set_cors("photos", None).await.unwrap();
    assert_eq!(buckets.cors("photos").await.unwrap(), None);
}

#[tokio::test]
async fn lifecycle_rules() {
    let world = World::new().await;
    let buckets = world.client.buckets();
    // a new bucket of R2 ends unfinished uploads after a week
    let mut rules = buckets.lifecycle("photos").await.unwrap().unwrap();
    assert_eq!(rules.rules[0].abort_incomplete_multipart_upload_days, Some(7));
    rules.rules[0].abort_incomplete_multipart_upload_days = Some(1);
    buckets.set_lifecycle("photos", rules.clone()).await.unwrap();
    assert_eq!(buckets.lifecycle("photos").await.unwrap(), Some(rules));
    buckets.set_lifecycle("photos", None).await.unwrap();
    assert_eq!(buckets.lifecycle("photos").await.unwrap(), None);
}

#[tokio::test]
async fn encryption_is_aes256() {
    let world = World::new().await;
    let encryption = world.client.buckets().encryption("photos").await.unwrap().unwrap();
    let default = encryption.rules[0].default.as_ref().unwrap();
    assert_eq!(default.algorithm, "AES256");
    world.client.buckets().set_encryption("photos", encryption).await.unwrap();
    world.client.buckets().set_encryption("photos", None).await.unwrap();
}
