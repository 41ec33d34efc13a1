//! CopyObject.

use crate::world::World;

const SOURCE: (&str, &str) = ("x-amz-copy-source", "/b-one/source%20%2B");

async fn with_source() -> [World; 2] {
    let worlds = World::both().await;
    for world in &worlds {
        let headers = [("content-type", "text/x"), ("x-amz-meta-a", "1"), ("x-amz-meta-b", "1")];
        world.send("PUT /b-one/source%20%2B", &headers, vec![7; 100_000]).await;
    }
    worlds
}

#[tokio::test]
async fn directives() {
    for world in with_source().await {
        let new =
            [("x-amz-meta-b", "2"), ("content-type", "text/y"), ("cache-control", "no-store")];
        for (directive, content_type, a, b, cache) in [
            (None, "text/x", "1", "1", ""),
            (Some("COPY"), "text/x", "1", "1", ""),
            (Some("REPLACE"), "text/y", "", "2", "no-store"),
            (Some("MERGE"), "text/y", "1", "2", "no-store"),
        ] {
            let mut headers = vec![SOURCE];
            headers.extend(new);
            headers.extend(directive.map(|directive| ("x-amz-metadata-directive", directive)));
            let reply = world.send("PUT /b-one/copy", &headers, "").await;
            assert_eq!(reply.status, 200, "{}", reply.said());
            assert!(reply.text().contains("<CopyObjectResult xmlns="), "{}", reply.text());
            assert_eq!(reply.header("x-amz-version-id").len(), 32);
            assert_eq!(reply.header("x-amz-copy-source-version-id").len(), 32);
            let copy = world.get("/b-one/copy").await;
            assert_eq!(copy.body, vec![7; 100_000]);
            assert_eq!(copy.header("content-type"), content_type, "{directive:?}");
            assert_eq!(copy.header("x-amz-meta-a"), a, "{directive:?}");
            assert_eq!(copy.header("x-amz-meta-b"), b, "{directive:?}");
            assert_eq!(copy.header("cache-control"), cache, "{directive:?}");
        }
    }
}

#[tokio::test]
async fn a_copy_lives_on_its_own() {
    for world in with_source().await {
        world.send("PUT /b-one/copy", &[SOURCE], "").await;
        world.send("DELETE /b-one/source%20%2B", &[], "").await;
        assert_eq!(world.get("/b-one/copy").await.body.len(), 100_000);
        let itself = [
            ("x-amz-copy-source", "b-one/copy"),
            ("x-amz-metadata-directive", "REPLACE"),
            ("x-amz-meta-new", "1"),
        ];
        assert_eq!(world.send("PUT /b-one/copy", &itself, "").await.status, 200);
        let copy = world.get("/b-one/copy").await;
        assert_eq!((copy.body.len(), copy.header("x-amz-meta-new")), (100_000, "1"));
        world.send("DELETE /b-one/copy", &[], "").await;
        assert_eq!(world.get("/b-one/copy").await.status, 404);
    }
}

#[tokio::test]
async fn conditions_of_both_sides() {
    let [world, _] = with_source().await;
    let etag = world.send("HEAD /b-one/source%20%2B", &[], "").await.header("etag").to_owned();
    let copy = async |name: &str, value: &str| {
        world.send("PUT /b-one/copy", &[SOURCE, (name, value)], "").await.status
    };
    assert_eq!(copy("x-amz-copy-source-if-match", "\"x\"").await, 412);
    assert_eq!(copy("x-amz-copy-source-if-none-match", &etag).await, 412);
    assert_eq!(world.get("/b-one/copy").await.status, 404);
    assert_eq!(copy("cf-copy-destination-if-match", "*").await, 412);
    assert_eq!(copy("cf-copy-destination-if-none-match", "*").await, 200);
    assert_eq!(copy("cf-copy-destination-if-none-match", "*").await, 412);
    assert_eq!(copy("cf-copy-destination-if-match", &etag).await, 200);
    assert_eq!(copy("x-amz-copy-source-if-match", &etag).await, 200);
    // Plain conditions are not about copies on R2.
    assert_eq!(copy("if-none-match", "*").await, 200);
}

#[tokio::test]
async fn sources_that_are_not_there() {
    let world = World::memory().await;
    let copy = async |source: &str| {
        world.send("PUT /b-one/copy", &[("x-amz-copy-source", source)], "").await.said()
    };
    assert_eq!(copy("/b-one/none").await, "404 NoSuchKey: The specified key does not exist.");
    let said = "404 NoSuchBucket: The specified bucket does not exist.";
    assert_eq!(copy("/b-none/none").await, said);
    assert_eq!(copy("/B/k").await, said);
    for bad in ["", "/", "b-one", "/b-one/", "%FF"] {
        let said = copy(bad).await;
        assert_eq!(said, "400 InvalidArgument: copy source bucket name", "{bad}");
    }
}

/// Rows: sse-c.plain.
#[tokio::test]
async fn customer_keys_on_both_sides() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let [world, _] = with_source().await;
    let (key, other) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
    let md5 = |key: &str| {
        use md5::Digest as _;
        STANDARD.encode(md5::Md5::digest(STANDARD.decode(key).unwrap()))
    };
    let (key_md5, other_md5) = (md5(&key), md5(&other));
    let own = |key: &'static str| format!("x-amz-server-side-encryption-customer-{key}");
    let triple = |prefix: &str, key: &str, md5: &str| {
        [
            (format!("{prefix}algorithm"), "AES256".to_owned()),
            (format!("{prefix}key"), key.to_owned()),
            (format!("{prefix}key-md5"), md5.to_owned()),
        ]
    };
    let send = async |line: &str, headers: &[(String, String)]| {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        world.send(line, &headers, "").await
    };
    let with_key = triple(&own(""), &key, &key_md5);
    let put = send("PUT /b-one/secret", &with_key).await;
    assert_eq!(put.header("x-amz-server-side-encryption-customer-key-md5"), key_md5);
    assert_eq!(send("GET /b-one/secret", &[]).await.status, 400);
    assert_eq!(send("HEAD /b-one/secret", &[]).await.status, 400);
    assert_eq!(send("GET /b-one/secret", &triple(&own(""), &other, &other_md5)).await.status, 400);
    assert_eq!(send("GET /b-one/secret", &with_key).await.status, 200);
    let plain = send("GET /b-one/source%20%2B", &with_key).await;
    assert_eq!(
        plain.said(),
        "400 InvalidRequest: The encryption parameters are not applicable to this object."
    );
    let mut copy = vec![("x-amz-copy-source".to_owned(), "/b-one/secret".to_owned())];
    assert_eq!(send("PUT /b-one/copy", &copy).await.status, 400);
    let source = "x-amz-copy-source-server-side-encryption-customer-";
    copy.extend(triple(source, &key, &key_md5));
    assert_eq!(send("PUT /b-one/copy", &copy).await.status, 200);
    assert_eq!(send("GET /b-one/copy", &[]).await.status, 200);
}
