//! Buckets and their settings.

use r2_sim::{LocationAnswer, Support, Switches};

use crate::world::World;
/// Rows: bucket.full, bucket.deleted, bucket.made.
#[tokio::test]
async fn life_of_a_bucket() {
    for world in World::both().await {
        let made = world.send("PUT /b-two", &[], "").await;
        assert_eq!((made.status, made.header("location")), (200, "/b-two"));
        let head = world.send("HEAD /b-two", &[], "").await;
        assert_eq!((head.status, head.header("x-amz-bucket-region")), (200, "auto"));
        assert!(world.send("PUT /b-two", &[], "").await.said().starts_with("409 BucketConflict"));
        world.put("/b-two/k", "x").await;
        let full = world.send("DELETE /b-two", &[], "").await;
        assert!(full.said().starts_with("409 BucketNotEmpty"));
        world.send("DELETE /b-two/k", &[], "").await;
        world.send("POST /b-two/unfinished?uploads", &[], "").await;
        assert_eq!(world.send("DELETE /b-two", &[], "").await.status, 204);
        assert_eq!(world.send("HEAD /b-two", &[], "").await.status, 404);
        // A new bucket of an old name has nothing of it.
        world.put("/b-two", "").await;
        assert_eq!(world.get("/b-two?uploads").await.elements("Key").len(), 0);
    }
}

#[tokio::test]
async fn names_are_checked() {
    let world = World::memory().await;
    for name in ["ab", "Upper", "dots.in", "-x-", "under_score"] {
        let reply = world.send(&format!("PUT /{name}"), &[], "").await;
        assert!(reply.said().starts_with("400 InvalidBucketName"), "{name}: {}", reply.said());
    }
}

/// Rows: bucket.owner, bucket.search-headers.
#[tokio::test]
async fn searching_buckets() {
    let world = World::memory().await;
    for name in ["aa-1", "aa-2", "aa-3", "zz-1"] {
        world.put(&format!("/{name}"), "").await;
    }
    let reply = world.get("/?prefix=aa&max-keys=2").await;
    assert_eq!(reply.elements("Name"), ["aa-1", "aa-2"]);
    assert_eq!(reply.header("cf-is-truncated"), "true");
    let token = reply.header("cf-next-continuation-token").replace('=', "%3D");
    assert_eq!(reply.element("ID"), Some("00000000000000000000000000000000"));
    let rest = world.get(&format!("/?prefix=aa&continuation-token={token}")).await;
    assert_eq!(rest.elements("Name"), ["aa-3"]);
    assert_eq!(rest.element("IsTruncated"), Some("false"));
    // The header wins.
    let reply = world.send("GET /?prefix=zz", &[("cf-prefix", "b-")], "").await;
    assert_eq!(reply.elements("Name"), ["b-one"]);
    let reply = world.get("/?start-after=aa-3&x-id=ListBuckets").await;
    assert_eq!(reply.elements("Name"), ["b-one", "zz-1"]);
    let reply = world.get("/?max-keys=0").await;
    assert_eq!((reply.elements("Name").len(), reply.element("IsTruncated")), (0, Some("true")));
    assert!(world.get("/?max-keys=x").await.said().starts_with("400 InvalidMaxKeys"));
}

#[tokio::test]
async fn locations() {
    let near = "<CreateBucketConfiguration><LocationConstraint>enam</LocationConstraint>\
                </CreateBucketConfiguration>";
    for (answer, expected) in [(LocationAnswer::Hint, "ENAM"), (LocationAnswer::Auto, "auto")] {
        let switches = Switches::new().bucket_location(answer);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        assert_eq!(world.send("PUT /near", &[], near).await.status, 200);
        let reply = world.get("/near?location").await;
        assert!(reply.text().ends_with(&format!(">{expected}</LocationConstraint>")), "{reply:?}");
        assert!(world.get("/b-one?location").await.text().contains(">auto<"));
        assert_eq!(
            world.get("/near?location&x=1").await.said(),
            "400 InvalidArgument: Search param x is unsupported for bucket location"
        );
    }
    let world = World::memory().await;
    let mars = near.replace("enam", "mars");
    assert_eq!(world.send("PUT /mars", &[], mars).await.status, 400);
}

#[tokio::test]
async fn cors_for_browsers() {
    let world = World::memory().await;
    let missing = world.get("/b-one?cors").await;
    assert!(missing.said().starts_with("404 NoSuchCORSConfiguration"));
    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin>\
                 <AllowedMethod>GET</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader>\
                 <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>\
                 </CORSConfiguration>";
    assert_eq!(world.send("PUT /b-one?cors", &[], rules).await.status, 200);
    let stored = world.get("/b-one?cors").await;
    assert_eq!(stored.element("AllowedOrigin"), Some("https://*.example.com"));

    world.put("/b-one/k", "x").await;
    let page = ("origin", "https://a.example.com");
    let get = world.send("GET /b-one/k", &[page], "").await;
    assert_eq!(get.header("access-control-allow-origin"), "https://a.example.com");
    assert_eq!(get.header("access-control-expose-headers"), "ETag");
    let error = world.send("GET /b-one/none", &[page], "").await;
    assert_eq!(error.header("access-control-allow-origin"), "https://a.example.com");
    let other = world.send("GET /b-one/k", &[("origin", "https://evil.test")], "").await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    assert_eq!(world.get("/b-one/k").await.header("access-control-allow-origin"), "");

    let ask = |method| {
        [
            page,
            ("access-control-request-method", method),
            ("access-control-request-headers", "X-Amz-Date"),
        ]
    };
    let preflight = world.send("OPTIONS /b-one/k", &ask("GET"), "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET");
    assert_eq!(preflight.header("access-control-allow-headers"), "x-amz-date");
    assert_eq!(preflight.header("access-control-max-age"), "60");
    assert_eq!(world.send("OPTIONS /b-one/k", &ask("PUT"), "").await.status, 403);
    assert_eq!(world.send("OPTIONS /b-one/k", &[], "").await.status, 400);

    for bad in [
        rules.replace("https://*.example.com", "http://localhost:*"),
        rules.replace("GET", "OPTIONS"),
    ] {
        let reply = world.send("PUT /b-one?cors", &[], bad).await;
        assert!(reply.said().starts_with("400 MalformedXML"), "{}", reply.said());
    }
    assert_eq!(world.send("DELETE /b-one?cors", &[], "").await.status, 204);
    assert_eq!(world.get("/b-one?cors").await.status, 404);
}

/// Rows: bucket.encryption, bucket.encryption-put.
#[tokio::test]
async fn encryption() {
    let world = World::memory().await;
    let reply = world.get("/b-one?encryption").await;
    assert_eq!(reply.element("SSEAlgorithm"), Some("AES256"));
    assert_eq!(reply.element("BucketKeyEnabled"), Some("true"));
    assert_eq!(world.send("PUT /b-one?encryption", &[], reply.body.clone()).await.status, 200);
    let other = reply.text().replace("AES256", "aws:kms");
    assert_eq!(world.send("PUT /b-one?encryption", &[], other).await.status, 400);
    let refusing = Switches::new().bucket_encryption(Support::Refuse);
    let world = World::with(|builder| builder.switches(refusing.clone())).await;
    assert_eq!(
        world.send("PUT /b-one?encryption", &[], reply.body).await.said(),
        "501 NotImplemented: PutBucketEncryption not implemented"
    );
}

/// Rows: bucket.acl, route.bucket-post.
#[tokio::test]
async fn constant_answers() {
    let world = World::memory().await;
    let versioning = world.get("/b-one?versioning").await;
    assert_eq!(versioning.status, 200);
    assert!(versioning.text().contains("VersioningConfiguration"));
    assert_eq!(world.get("/b-one?acl").await.element("Permission"), Some("FULL_CONTROL"));
    for (query, said) in [
        ("tagging", "404 NoSuchTagSet: The TagSet does not exist."),
        (
            "object-lock",
            "404 ObjectLockConfigurationNotFoundError: Object Lock configuration does not exist \
             for this bucket.",
        ),
        (
            "replication",
            "404 ReplicationConfigurationNotFoundError: The replication configuration was not \
             found.",
        ),
        ("policy", "501 NotImplemented: GetBucketPolicy not implemented"),
    ] {
        assert_eq!(world.get(&format!("/b-one?{query}")).await.said(), said);
    }
    let post = world.send("POST /b-one", &[], "").await;
    assert_eq!((post.status, post.body.len()), (200, 0));
}

/// Rows: bucket.first-place.
#[tokio::test]
async fn a_name_keeps_its_first_place() {
    let place = |hint: &str| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{hint}</LocationConstraint>\
             </CreateBucketConfiguration>"
        )
    };
    for world in World::both().await {
        for (first, then, shown) in [("enam", "apac", "ENAM"), ("", "apac", "auto")] {
            let bucket = format!("/near-{shown}").to_ascii_lowercase();
            for hint in [first, then] {
                let made = world.send(&format!("PUT {bucket}"), &[], place(hint)).await;
                assert_eq!(made.status, 200, "{}", made.said());
                let location = world.get(&format!("{bucket}?location")).await;
                assert!(location.text().contains(&format!(">{shown}<")), "{}", location.text());
                assert_eq!(world.send(&format!("DELETE {bucket}"), &[], "").await.status, 204);
            }
        }
    }
}
