//! Lifecycle rules, by the clock.

use std::time::Duration;

use r2_sim::{Support, Switches};

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

/// Rows: lifecycle.status, lifecycle.filters, lifecycle.no-way-back, lifecycle.count, lifecycle.id.
#[tokio::test]
async fn what_is_no_configuration() {
    let world = World::memory().await;
    let acts = "<Status>Enabled</Status><Expiration><Days>1</Days></Expiration>";
    let good = rules(acts);
    let with = |from: &str, to: &str| good.replace(from, to);
    let many = |count: usize| {
        let rule = |number| format!("<Rule><ID>{number}</ID><Filter/>{acts}</Rule>");
        let all: String = (0..count).map(rule).collect();
        format!("<LifecycleConfiguration>{all}</LifecycleConfiguration>")
    };
    let prefix = "<Prefix>tmp/</Prefix>";
    let date = "<Date>2026-09-01T00:00:00Z</Date>";
    for bad in [
        with("<Status>Enabled</Status>", ""),
        with("Enabled", "enabled"),
        with(prefix, "<Tag><Key>a</Key><Value>b</Value></Tag>"),
        with(prefix, "<And><Prefix>a</Prefix></And>"),
        with(prefix, "<ObjectSizeGreaterThan>1</ObjectSizeGreaterThan>"),
        with(prefix, "<ObjectSizeLessThan>1</ObjectSizeLessThan>"),
        with("<Days>1</Days>", "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"),
        with("<Days>1</Days>", &format!("<Days>1</Days>{date}")),
        with("<Days>1</Days>", "<Days>-1</Days>"),
        with("<Days>1</Days>", "<Days>1.5</Days>"),
        with("<Days>1</Days>", "<Date>soon</Date>"),
        with("<Days>1</Days>", ""),
        with("<Expiration><Days>1</Days></Expiration>", ""),
        with(
            "<Expiration><Days>1</Days></Expiration>",
            "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>\
             </NoncurrentVersionExpiration>",
        ),
        with(
            "</Rule>",
            "<Transition><Days>1</Days><StorageClass>STANDARD</StorageClass></Transition></Rule>",
        ),
        with(
            "</Rule>",
            "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>",
        ),
        many(0),
        many(1001),
    ] {
        let reply = world.send("PUT /b-one?lifecycle", &[], bad.clone()).await;
        assert!(reply.said().starts_with("400 MalformedXML"), "{bad}: {}", reply.said());
    }
    for good in [with("<Days>1</Days>", date), with(prefix, ""), many(1000), good.clone()] {
        assert_eq!(world.send("PUT /b-one?lifecycle", &[], good).await.status, 200);
    }
    for (support, status) in [(Support::Refuse, 400), (Support::Accept, 200)] {
        let switches = Switches::new().lifecycle_without_id(support);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        let unnamed = world.send("PUT /b-one?lifecycle", &[], with("<ID>r</ID>", "")).await;
        assert_eq!(unnamed.status, status);
    }
}

/// Rows: lifecycle.replace, lifecycle.absent, lifecycle.prefix, lifecycle.expiration,
/// lifecycle.when.
#[tokio::test]
async fn every_answer_names_the_end() {
    let world = World::memory().await;
    world
        .send(
            "PUT /b-one?lifecycle",
            &[],
            rules("<Status>Enabled</Status><Expiration><Days>9</Days></Expiration>"),
        )
        .await;
    let named = rules("<Status>Enabled</Status><Expiration><Days>3</Days></Expiration>");
    assert_eq!(world.send("PUT /b-one?lifecycle", &[], named).await.status, 200);
    let end = "expiry-date=\"Thu, 20 Aug 2026 09:30:00 GMT\", rule-id=\"r\"";
    world.put("/b-one/tmp/k", "x").await;
    let source = [("x-amz-copy-source", "/b-one/tmp/k")];
    for (line, headers) in [
        ("GET /b-one/tmp/k", &[][..]),
        ("HEAD /b-one/tmp/k", &[]),
        ("PUT /b-one/tmp/k", &[]),
        ("PUT /b-one/tmp/copy", &source),
    ] {
        let reply = world.send(line, headers, "").await;
        assert_eq!((reply.status, reply.header("x-amz-expiration")), (200, end), "{line}");
    }
    let out = world.send("PUT /b-one/kept", &source, "").await;
    assert_eq!(out.header("x-amz-expiration"), "");
    assert_eq!(world.send("DELETE /b-one?lifecycle", &[], "").await.status, 204);
    assert_eq!(world.get("/b-one/tmp/k").await.header("x-amz-expiration"), "");
    let none = "404 NoSuchLifecycleConfiguration: The lifecycle configuration does not exist.";
    assert_eq!(world.get("/b-one?lifecycle").await.said(), none);
    world.clock.advance(30 * DAY);
    assert_eq!(world.get("/b-one/tmp/k").await.status, 200);
}

/// Rows: lifecycle.actions, lifecycle.expire-wins.
#[tokio::test]
async fn of_both_within_a_day_only_the_expiry_happens() {
    let both = |expires: u32| {
        rules(&format!(
            "<Status>Enabled</Status><Expiration><Days>{expires}</Days></Expiration><Transition>\
             <Days>2</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
        ))
    };
    for (expires, class) in [(2, ""), (3, ""), (4, "STANDARD_IA")] {
        let world = World::memory().await;
        world.send("PUT /b-one?lifecycle", &[], both(expires)).await;
        world.put("/b-one/tmp/k", "x").await;
        world.clock.advance(2 * DAY - Duration::from_secs(1));
        assert_eq!(world.get("/b-one/tmp/k").await.header("x-amz-storage-class"), "");
        if expires > 2 {
            world.clock.advance(Duration::from_secs(2));
            let moved = world.get("/b-one/tmp/k").await;
            assert_eq!(moved.header("x-amz-storage-class"), class, "{expires}");
        }
        world.clock.advance(u32::from(expires > 2) * (expires - 2) * DAY + Duration::from_secs(1));
        assert_eq!(world.get("/b-one/tmp/k").await.status, 404, "{expires}");
    }
}

/// Rows: lifecycle.default, multipart.week.
#[tokio::test]
async fn uploads_are_given_up_and_nothing_of_them_is_left() {
    for world in World::both().await {
        let aborting = rules(
            "<Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>2\
             </DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        );
        let start = async |key: &str| {
            let reply = world.send(&format!("POST /b-one/{key}?uploads"), &[], "").await;
            r2_sign::encode::component(reply.element("UploadId").unwrap())
        };
        let part = async |key: &str, id: &str| {
            let line = format!("PUT /b-one/{key}?partNumber=1&uploadId={id}");
            world.send(&line, &[], "x").await.said()
        };
        let week = start("k").await;
        world.clock.advance(7 * DAY - Duration::from_secs(1));
        assert_eq!(part("k", &week).await, "200");
        world.clock.advance(Duration::from_secs(1));
        let gone = "404 NoSuchUpload: The specified multipart upload does not exist.";
        assert_eq!(part("k", &week).await, gone);
        assert_eq!(world.get("/b-one?uploads").await.elements("Upload").len(), 0);
        assert_eq!(world.get(&format!("/b-one/k?uploadId={week}")).await.said(), gone);

        world.send("PUT /b-one?lifecycle", &[], aborting).await;
        let (short, long) = (start("tmp/k").await, start("kept").await);
        world.clock.advance(2 * DAY);
        assert_eq!(part("tmp/k", &short).await, gone);
        assert_eq!(part("kept", &long).await, "200");
        assert_eq!(world.get("/b-one?uploads").await.elements("Key"), ["kept"]);
        // The rule was replaced, so the week is no limit any more.
        world.clock.advance(30 * DAY);
        assert_eq!(part("kept", &long).await, "200");
    }
}

#[tokio::test]
async fn a_page_is_full_although_objects_expired_between() {
    let world = World::memory().await;
    let expiring = rules("<Status>Enabled</Status><Expiration><Days>1</Days></Expiration>");
    world.send("PUT /b-one?lifecycle", &[], expiring).await;
    for key in ["a", "tmp/1", "tmp/2", "z"] {
        world.put(&format!("/b-one/{key}"), "x").await;
    }
    world.clock.advance(DAY);
    let page = world.get("/b-one?list-type=2&max-keys=2").await;
    assert_eq!(page.elements("Key"), ["a", "z"]);
    assert_eq!((page.element("KeyCount"), page.element("IsTruncated")), (Some("2"), Some("false")));
}

/// Rows: lifecycle.settled.
#[tokio::test]
async fn what_rules_did_stays_done_when_they_are_replaced() {
    for world in World::both().await {
        let acting = rules(
            "<Status>Enabled</Status><Transition><Days>1</Days><StorageClass>STANDARD_IA\
             </StorageClass></Transition><AbortIncompleteMultipartUpload><DaysAfterInitiation>1\
             </DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        );
        let expiring = acting.replace("</LifecycleConfiguration>", "").replace("tmp/", "move/")
            + "<Rule><ID>e</ID><Filter><Prefix>gone/</Prefix></Filter><Status>Enabled</Status>\
               <Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
        assert_eq!(world.send("PUT /b-one?lifecycle", &[], expiring).await.status, 200);
        let large = "x".repeat(100_000);
        for key in ["gone/1", "gone/2", "kept", "move/1"] {
            world.put(&format!("/b-one/{key}"), large.clone()).await;
        }
        world.send("POST /b-one/move/upload?uploads", &[], "").await;
        world.clock.advance(DAY);
        world.put("/b-one/gone/2", "new").await;
        assert_eq!(world.send("DELETE /b-one?lifecycle", &[], "").await.status, 204);
        let listed = world.get("/b-one?list-type=2").await;
        assert_eq!(listed.elements("Key"), ["gone/2", "kept", "move/1"]);
        let moved = world.get("/b-one/move/1").await;
        assert_eq!(moved.header("x-amz-storage-class"), "STANDARD_IA");
        assert_eq!(moved.text(), large);
        assert_eq!(world.get("/b-one/kept").await.header("x-amz-storage-class"), "");
        assert_eq!(world.get("/b-one?uploads").await.elements("Upload").len(), 0);
        world.clock.advance(30 * DAY);
        assert_eq!(world.get("/b-one/gone/2").await.text(), "new");
    }
}
