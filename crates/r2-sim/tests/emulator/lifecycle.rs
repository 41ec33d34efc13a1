//! Lifecycle rules, by the clock.

use std::time::Duration;

use crate::world::{DAY, World};

fn rules(inner: &str) -> String {
    format!(
        "<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>tmp/</Prefix></Filter>{inner}\
         </Rule></LifecycleConfiguration>"
    )
}

#[tokio::test]
async fn a_new_bucket_gives_up_uploads_after_a_week() {
    let world = World::memory().await;
    let reply = world.get("/b-one?lifecycle").await;
    assert_eq!(reply.element("ID"), Some("Default Multipart Abort Rule"));
    assert_eq!(reply.element("DaysAfterInitiation"), Some("7"));
    assert_eq!(world.send("DELETE /b-one?lifecycle", &[], "").await.status, 204);
    let gone = world.get("/b-one?lifecycle").await;
    assert!(gone.said().starts_with("404 NoSuchLifecycleConfiguration"));
}

#[tokio::test]
async fn objects_expire() {
    for world in World::both().await {
        let expiring = rules("<Status>Enabled</Status><Expiration><Days>3</Days></Expiration>");
        assert_eq!(world.send("PUT /b-one?lifecycle", &[], expiring).await.status, 200);
        let put = world.put("/b-one/tmp/k", "x").await;
        assert_eq!(
            put.header("x-amz-expiration"),
            "expiry-date=\"Thu, 20 Aug 2026 09:30:00 GMT\", rule-id=\"r\""
        );
        assert_eq!(world.put("/b-one/kept", "x").await.header("x-amz-expiration"), "");
        world.clock.advance(3 * DAY - Duration::from_secs(1));
        assert_eq!(world.get("/b-one/tmp/k").await.status, 200);
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(world.get("/b-one/tmp/k").await.status, 404);
        assert_eq!(world.send("HEAD /b-one/tmp/k", &[], "").await.status, 404);
        assert_eq!(world.get("/b-one?list-type=2").await.elements("Key"), ["kept"]);
        let grouped = world.get("/b-one?list-type=2&delimiter=/").await;
        assert!(!grouped.text().contains("CommonPrefixes"));
        let source = [("x-amz-copy-source", "/b-one/tmp/k")];
        assert_eq!(world.send("PUT /b-one/copy", &source, "").await.status, 404);
        // What has expired is not in the way of anything.
        let create = [("if-none-match", "*")];
        assert_eq!(world.send("PUT /b-one/tmp/k", &create, "y").await.status, 200);
        world.clock.advance(3 * DAY);
        world.send("DELETE /b-one/kept", &[], "").await;
        assert_eq!(world.send("DELETE /b-one", &[], "").await.status, 204);
    }
}

#[tokio::test]
async fn rules_can_be_off_dated_or_about_storage() {
    let world = World::memory().await;
    world.put("/b-one/tmp/k", "x").await;
    let off = rules("<Status>Disabled</Status><Expiration><Days>1</Days></Expiration>");
    world.send("PUT /b-one?lifecycle", &[], off).await;
    world.clock.advance(2 * DAY);
    assert_eq!(world.get("/b-one/tmp/k").await.status, 200);
    let moving = rules(
        "<Status>Enabled</Status><Transition><Days>1</Days><StorageClass>STANDARD_IA\
         </StorageClass></Transition>",
    );
    world.send("PUT /b-one?lifecycle", &[], moving).await;
    assert_eq!(world.get("/b-one/tmp/k").await.header("x-amz-storage-class"), "STANDARD_IA");
    let listed = world.get("/b-one?list-type=2").await;
    assert_eq!(listed.element("StorageClass"), Some("STANDARD_IA"));
    let dated =
        rules("<Status>Enabled</Status><Expiration><Date>2026-08-19T00:00:00Z</Date></Expiration>");
    world.send("PUT /b-one?lifecycle", &[], dated).await;
    assert_eq!(world.get("/b-one/tmp/k").await.status, 404);
}

/// Rows: lifecycle.rules.
#[tokio::test]
async fn configurations_are_checked() {
    let world = World::memory().await;
    for bad in [
        rules("<Expiration><Days>1</Days></Expiration>"),
        rules("<Status>Enabled</Status>"),
        "<LifecycleConfiguration></LifecycleConfiguration>".to_owned(),
    ] {
        let reply = world.send("PUT /b-one?lifecycle", &[], bad.clone()).await;
        assert!(reply.said().starts_with("400 MalformedXML"), "{bad}: {}", reply.said());
    }
    let days = |id: &str, days: &str| {
        format!(
            "<Rule><ID>{id}</ID><Prefix/><Status>Enabled</Status><Expiration>{days}</Expiration>\
             </Rule>"
        )
    };
    let whole = |rules: String| format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
    let day = "<Days>1</Days>";
    for bad in [
        days("a", "<Days>0</Days>"),
        days("a", "<Date>2026-08-19T00:00:01Z</Date>"),
        days("a", day) + &days("a", day),
        days(&"a".repeat(256), day),
    ] {
        let reply = world.send("PUT /b-one?lifecycle", &[], whole(bad.clone())).await;
        assert!(reply.said().starts_with("400 InvalidArgument"), "{bad}: {}", reply.said());
    }
    let kept = world.get("/b-one?lifecycle").await;
    assert_eq!(kept.element("DaysAfterInitiation"), Some("7"));
    // A rule without an id gets one, which stays.
    let nameless = days("", day).replace("<ID></ID>", "");
    assert_eq!(world.send("PUT /b-one?lifecycle", &[], whole(nameless)).await.status, 200);
    let named = world.get("/b-one?lifecycle").await;
    let id = named.element("ID").unwrap().to_owned();
    assert!(!id.is_empty());
    let put = world.put("/b-one/k", "").await;
    assert!(put.header("x-amz-expiration").ends_with(&format!("rule-id=\"{id}\"")));
}

/// The date that is shown is never before the object goes.
#[tokio::test]
async fn the_date_is_rounded_up() {
    let world = World::memory().await;
    world.clock.advance(Duration::from_millis(1));
    let day = rules("<Status>Enabled</Status><Expiration><Days>1</Days></Expiration>");
    assert_eq!(world.send("PUT /b-one?lifecycle", &[], day).await.status, 200);
    let put = world.put("/b-one/tmp/k", "").await;
    let shown = put.header("x-amz-expiration");
    assert!(shown.contains("Tue, 18 Aug 2026 09:30:01 GMT"), "{shown}");
}
