//! What broke for other clients of R2, by the issue that told it. Rows that are a matter of one
//! request's shape are tested beside the code.

use std::time::Duration;

use http::Method;
use r2_objects::{
    ChecksumPolicy, ErrorKind, GetObject, HeadObject, Operation, Reply, RequestParts, Safety,
    Target,
};
use r2_sim::{AccessKey, ChecksumEra, Permission, Presence, Switches};

use crate::world::{World, bucket, credentials, key};

/// opendal#2227: DeleteObjects with more than some 700 keys is answered with 500.
#[tokio::test(start_paused = true)]
async fn large_deletes_are_split_and_halved() {
    // keys need not exist to be deleted
    let keys: Vec<_> = (0..1_500).map(|at| key(&format!("{at}"))).collect();
    let posts = |world: &World| world.spy.requests().len();

    let split = World::with(
        |emulator| emulator.switches(Switches::new().delete_objects_fail_above(Some(700))),
        |client| client,
    )
    .await;
    let result = split.client.objects().delete_objects("photos", keys.clone()).await.unwrap();
    assert_eq!((result.deleted.len(), result.failed.len()), (1_500, 0));
    assert_eq!(posts(&split), 3);

    let halved = World::with(
        |emulator| emulator.switches(Switches::new().delete_objects_fail_above(Some(200))),
        |client| client,
    )
    .await;
    let result = halved.client.objects().delete_objects("photos", keys).await.unwrap();
    assert_eq!((result.deleted.len(), result.failed.len()), (1_500, 0));
    assert!(posts(&halved) < 30, "{}", posts(&halved));
}

/// treg#456: R2 takes one write a second to one key.
#[tokio::test(start_paused = true)]
async fn writes_to_one_key_wait_for_their_turn() {
    let pace = Switches::new().key_write_interval(Some(Duration::from_secs(1)));
    let world = World::with(|emulator| emulator.switches(pace), |client| client).await;
    world.client.objects().put("photos", "a", "1").await.unwrap();
    let second = async {
        let objects = world.client.objects();
        objects.put("photos", "a", "2").await
    };
    let time = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.pass(Duration::from_secs(2));
    };
    let (second, ()) = tokio::join!(second, time);
    second.unwrap();
    assert_eq!(world.client.objects().get("photos", "a").await.unwrap().body, "2");
}

/// rclone#8137: a HEAD that accepts gzip loses its length at the edge.
#[tokio::test]
async fn heads_ask_for_no_compression() {
    let switches = Switches::new().head_content_length(Presence::Omit);
    let world = World::with(|emulator| emulator.switches(switches), |client| client).await;
    world.client.objects().put("photos", "a", "hello").await.unwrap();
    let info = world.client.objects().head("photos", "a").await.unwrap();
    assert_eq!(info.size, Some(5));
}

/// aws-sdk-js-v3#6810: checksums that R2 did not know were answered with 501.
#[tokio::test]
async fn without_checksums_an_old_server_is_content() {
    let old = || Switches::new().checksum_era(ChecksumEra::Before2025);
    let none = |client: r2_objects::ClientBuilder| client.checksum(ChecksumPolicy::None);
    let world = World::with(|emulator| emulator.switches(old()), none).await;
    world.client.objects().put("photos", "a", "hello").await.unwrap();
    assert_eq!(world.client.objects().get("photos", "a").await.unwrap().body, "hello");
}

/// icechunk#1991: a 304 carries the checksum of a body that it does not have.
/// cloudflare-docs#20014: a 206 carries the checksum of the whole object.
#[tokio::test]
async fn checksums_of_what_did_not_come_are_not_compared() {
    let switches = Switches::new()
        .checksums_on_partial(Presence::Send)
        .checksums_on_not_modified(Presence::Send);
    let world = World::with(|emulator| emulator.switches(switches), |client| client).await;
    let stored = world.client.objects().put("photos", "a", "hello").await.unwrap();
    let range = r2_objects::ByteRange::new(1..3).unwrap();
    let get = GetObject::new(bucket(), key("a")).range(range);
    let stream = world.client.objects().get_stream(get).await.unwrap();
    assert_eq!(stream.collect(10).await.unwrap(), "el");
    let changed = r2_objects::Precondition::changed(stored.etag);
    let head = HeadObject::new(bucket(), key("a")).condition(changed);
    assert!(world.client.send(head).await.unwrap().met().is_err());
}

/// ansible-polkadot#87: a key limited to objects cannot look at buckets, and nothing here does.
#[tokio::test]
async fn nothing_probes_or_creates_the_bucket() {
    let world = World::new().await;
    let objects = world.client.objects();
    objects.put("photos", "a", "x").await.unwrap();
    objects.get("photos", "a").await.unwrap();
    objects.delete("photos", "a").await.unwrap();
    let requests = world.spy.requests();
    assert_eq!(requests, ["PUT /photos/a", "GET /photos/a", "DELETE /photos/a"]);
}

/// cloudflare-docs#21277: what a key without the right is told.
#[tokio::test]
async fn a_key_without_the_right_is_told_what_to_do() {
    let read_only = AccessKey::new(r2_objects::Credentials::new("1".repeat(32), "cd".repeat(32)))
        .permission(Permission::ObjectReadOnly);
    let world = World::with(|emulator| emulator.access_key(read_only), |client| client).await;
    let limited = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .credentials(r2_objects::Credentials::new("1".repeat(32), "cd".repeat(32)))
        .clock(world.clock.clone())
        .transport(world.spy.clone())
        .build()
        .unwrap();
    let error = limited.objects().put("photos", "a", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(error.hint().unwrap().contains("jurisdiction"));
    let error = limited.buckets().create("other").await.unwrap_err();
    assert!(error.hint().unwrap().contains("limited to objects"));
    // what R2 refuses for lack of rights it does not bill
    assert_eq!(limited.usage().operations(), 0);
}

/// A clock that is wrong by hours is corrected from the server's own.
#[tokio::test]
async fn a_wrong_clock_costs_one_request() {
    let world = World::new().await;
    let late = r2_sim::ManualClock::at_unix(1_795_176_000 + 7_200);
    let client = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .credentials(credentials())
        .clock(late)
        .transport(world.spy.clone())
        .build()
        .unwrap();
    client.objects().put("photos", "a", "x").await.unwrap();
    client.objects().put("photos", "b", "x").await.unwrap();
    assert_eq!(world.spy.requests().len(), 3);

    // the reply to HEAD does not say why, but its date does
    let early = r2_sim::ManualClock::at_unix(1_795_176_000 - 7_200);
    let client = r2_objects::Client::builder()
        .endpoint("http://r2.local")
        .credentials(credentials())
        .clock(early)
        .transport(world.spy.clone())
        .build()
        .unwrap();
    assert_eq!(client.objects().head("photos", "a").await.unwrap().size, Some(1));
    assert_eq!(world.spy.requests().len(), 5);
}

/// A wrong secret is not a wrong id: R2 says 403 for the one and 401 for the other.
#[tokio::test]
async fn a_wrong_key_is_told_from_a_wrong_secret() {
    let world = World::new().await;
    let kind = |id: String, secret: String| {
        let client = r2_objects::Client::builder()
            .endpoint("http://r2.local")
            .credentials(r2_objects::Credentials::new(id, secret))
            .clock(world.clock.clone())
            .transport(world.spy.clone())
            .build()
            .unwrap();
        async move { client.objects().get("photos", "a").await.unwrap_err() }
    };
    let error = kind("2".repeat(32), "ab".repeat(32)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Unauthorized, Some(401)));
    let error = kind(credentials().access_key_id().to_owned(), "cd".repeat(32)).await;
    assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    assert!(error.hint().unwrap().contains("secret"));
}

/// An operation that R2 does not have is told so, once.
#[tokio::test]
async fn what_r2_does_not_have_is_not_tried_again() {
    struct GetTagging;
    impl Operation for GetTagging {
        type Output = ();
        fn name(&self) -> &'static str {
            "GetObjectTagging"
        }
        fn cost_class(&self) -> r2_objects::CostClass {
            r2_objects::CostClass::B
        }
        fn safety(&self) -> Safety {
            Safety::Repeatable
        }
        fn target(&self) -> Target<'_> {
            Target::Account
        }
        fn request(&self) -> Result<RequestParts, r2_objects::Error> {
            Ok(RequestParts::new(Method::GET).flag("policy"))
        }
        fn decode(&self, _reply: Reply) -> Result<(), r2_objects::Error> {
            Ok(())
        }
    }
    let world = World::new().await;
    let error = world.client.send(GetTagging).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotImplemented, "{error}");
    assert_eq!(error.attempts(), 1);
}
