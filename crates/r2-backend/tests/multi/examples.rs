//! What is said of single cases.

use futures_util::TryStreamExt as _;
use r2_backend::multi::{
    BucketRole, BucketSync, Deletes, ExtraObjects, FailingLists, MultiBackend, MultiOptions,
    ReadRepair,
};
use r2_backend::storage::{GetOptions, ListOptions, PutCondition, PutOptions};
use r2_backend::{
    LocalBackend, MemoryBackend, S3Backend, S3Service, StorageBackend as _, StorageBackendExt as _,
    StorageErrorKind,
};
use r2_objects::{ObjectAttributes, ObjectKey};

use super::doubles::{Double, Mood};

fn key(name: &str) -> ObjectKey {
    name.try_into().expect("it works in memory")
}

#[tokio::test]
async fn a_name_that_is_none_leads_to_those_that_are() {
    let all = MultiBackend::builder("main", MemoryBackend::new())
        .secondary("spare", MemoryBackend::new())
        .build()
        .unwrap();
    let error = all.get_from("sparse", &key("a"), GetOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NoSuchStore);
    assert_eq!(error.message(), "there is no bucket \"sparse\" here, only: main, spare");
    let how = BucketSync::new();
    assert!(all.sync_between("main", "sparse", &how).await.is_err());
    let roles: Vec<_> = all.buckets().iter().map(|info| info.role).collect();
    assert_eq!(roles, [BucketRole::Primary, BucketRole::Secondary]);
}

#[tokio::test]
async fn a_named_bucket_is_asked_alone() {
    let (main, spare) = (MemoryBackend::new(), MemoryBackend::new());
    main.put_bytes(&key("a"), "main").await.unwrap();
    let all = MultiBackend::builder("main", main).secondary("spare", spare).build().unwrap();
    let error = all.get_from("spare", &key("a"), GetOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::NotFound);
    let fetched = all.get_from("main", &key("a"), GetOptions::new()).await.unwrap();
    assert_eq!(&*fetched.meta.served_by, "main");
}

#[test]
fn what_cannot_work_is_not_built() {
    let memory = MemoryBackend::new;
    let many = (0..16).fold(MultiBackend::builder("main", memory()), |all, number| {
        all.secondary(number.to_string(), memory())
    });
    let unconditional = S3Backend::builder()
        .endpoint_url("http://r2.local")
        .service(S3Service::Other)
        .bucket_name("many")
        .access_key_id("id")
        .secret_access_key("secret")
        .build()
        .unwrap();
    let repairs = MultiOptions::new().repair(ReadRepair::UpTo(1));
    for (builder, expected) in [
        (many, "more than 16"),
        (MultiBackend::builder("", memory()), "no name"),
        (MultiBackend::builder("a\n", memory()), "no name"),
        (MultiBackend::builder("a", memory()).secondary("a", memory()), "own name"),
        (MultiBackend::builder("a", unconditional).options(repairs), "turn repair off"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::Configuration);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn bytes_that_are_missing_are_noticed_as_they_are_read() {
    let main = Double::new();
    main.inner.put_bytes(&key("a"), "hello").await.unwrap();
    main.set(Mood::ShortInSecret);
    let all = MultiBackend::builder("main", main).build().unwrap();
    let error = all.get_bytes(&key("a"), 100).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Corrupt);
}

#[tokio::test]
async fn a_repair_keeps_attributes_and_the_size_limit() {
    let (main, spare) = (MemoryBackend::new(), MemoryBackend::new());
    let attributes = ObjectAttributes::new().content_type("text/plain").cache_control("no-cache");
    let options = PutOptions::new().attributes(attributes.clone());
    spare.put(&key("small"), "12345".into(), options).await.unwrap();
    spare.put_bytes(&key("large"), "123456").await.unwrap();
    let all = MultiBackend::builder("main", main.clone())
        .secondary("spare", spare)
        .options(MultiOptions::new().repair(ReadRepair::UpTo(5)))
        .build()
        .unwrap();
    let fetched = all.get(&key("small"), GetOptions::new()).await.unwrap();
    assert_eq!(&*fetched.meta.served_by, "spare");
    assert_eq!(fetched.body.collect(10).await.unwrap(), "12345");
    assert_eq!(main.find(&key("small")).await.unwrap().unwrap().attributes, attributes);
    all.get_bytes(&key("large"), 10).await.unwrap();
    assert!(main.find(&key("large")).await.unwrap().is_none());
}

#[tokio::test]
async fn nothing_is_deleted_when_a_bucket_would_keep_it() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a"), "on the disk").unwrap();
    let main = MemoryBackend::new();
    main.put_bytes(&key("a"), "in the bucket").await.unwrap();
    let site = LocalBackend::in_place(directory.path(), "https://cdn.example.com").unwrap();
    let all = |deletes| {
        MultiBackend::builder("main", main.clone())
            .secondary("site", site.clone())
            .options(MultiOptions::new().deletes(deletes))
            .build()
            .unwrap()
    };
    let error = all(Deletes::Everywhere).delete(&key("a")).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::Unsupported);
    assert!(error.to_string().contains("the bucket site has it"), "{error}");
    assert!(main.find(&key("a")).await.unwrap().is_some());
    let primary_only = all(Deletes::PrimaryOnly);
    primary_only.delete(&key("a")).await.unwrap();
    assert_eq!(primary_only.get_bytes(&key("a"), 100).await.unwrap(), "on the disk");
}

#[tokio::test]
async fn a_listing_that_passes_over_shows_what_the_others_have() {
    let (main, spare) = (Double::new(), Double::new());
    for (double, names) in [(&main, ["a", "b"]), (&spare, ["b", "c"])] {
        for name in names {
            double.inner.put_bytes(&key(name), "x").await.unwrap();
        }
    }
    let all = MultiBackend::builder("main", main.clone())
        .secondary("spare", spare.clone())
        .options(MultiOptions::new().lists(FailingLists::PassOver))
        .build()
        .unwrap();
    let shown = || async {
        let entries: Vec<_> = all.list(ListOptions::new()).try_collect().await?;
        let names = entries.iter().map(|entry| entry.name().to_owned());
        Ok::<_, r2_backend::StorageError>(names.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(shown().await.unwrap(), "a b c");
    main.set(Mood::OutOfOrder);
    assert_eq!(shown().await.unwrap(), "b c");
    spare.set(Mood::Fails);
    assert_eq!(shown().await.unwrap_err().kind(), StorageErrorKind::Corrupt);
}

#[tokio::test]
async fn a_sync_deletes_no_more_than_it_may_and_replaces_no_other_writer() {
    let (main, copy) = (MemoryBackend::new(), MemoryBackend::new());
    main.put_bytes(&key("a"), "new").await.unwrap();
    for name in ["a", "b", "c", "d/1"] {
        copy.put_bytes(&key(name), "old").await.unwrap();
    }
    let all = MultiBackend::builder("main", main).secondary("copy", copy.clone()).build().unwrap();
    let how = |at_most| BucketSync::new().extra(ExtraObjects::Delete { at_most });
    let error = all.sync_between("main", "copy", &how(2)).await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::TooLarge);
    assert!(error.to_string().contains("more than 2 objects"), "{error}");
    assert!(copy.find(&key("b")).await.unwrap().is_some());
    let only_d = all.sync_between("main", "copy", &how(2).prefix("d/")).await.unwrap();
    assert_eq!((only_d.copied, only_d.same, only_d.deleted), (0, 0, 1));
    let report = all.sync_between("main", "copy", &how(2)).await.unwrap();
    assert_eq!((report.copied, report.same, report.deleted), (0, 1, 2));
    assert_eq!(copy.get_bytes(&key("a"), 10).await.unwrap(), "new");
}

#[tokio::test]
async fn an_object_of_a_secondary_is_replaced_in_the_primary() {
    let (main, spare) = (MemoryBackend::new(), MemoryBackend::new());
    let old = spare.put_bytes(&key("a"), "old").await.unwrap();
    let all = MultiBackend::builder("main", main.clone())
        .secondary("spare", spare.clone())
        .build()
        .unwrap();
    assert!(all.create(&key("a"), "x").await.unwrap_err().is_precondition_failed());
    let replace = || PutOptions::new().condition(PutCondition::Matches(old.etag.clone()));
    all.put(&key("a"), "new".into(), replace()).await.unwrap();
    assert_eq!(main.get_bytes(&key("a"), 10).await.unwrap(), "new");
    assert_eq!(spare.get_bytes(&key("a"), 10).await.unwrap(), "old");
    let error = all.put(&key("a"), "newer".into(), replace()).await.unwrap_err();
    assert!(error.is_precondition_failed());
}
