//! Error answers to the byte, and the order in which R2 finds fault.

use crate::world::World;

/// Lengths that users logged from R2 (opendal#2904, opendal#2227, vector#23029).
#[tokio::test]
async fn error_documents_are_as_long_as_r2s() {
    let world = World::memory().await;
    let twice = [("content-md5", "CY9rzUYh03PK3k6DJie09g=="), ("x-amz-checksum-crc32", "AAAAAA==")];
    let reply = world.send("PUT /b-one/k", &twice, "x").await;
    assert_eq!(
        reply.text(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>InvalidRequest</Code><Message>You \
         can only specify one non-default checksum at a time.</Message></Error>"
    );
    assert_eq!((reply.status, reply.body.len()), (400, 155));
    assert_eq!(reply.header("content-type"), "application/xml");
    assert_eq!(reply.header("content-length"), "155");
    for header in ["x-amz-request-id", "x-amz-id-2"] {
        assert_eq!(reply.header(header), "");
    }
}

/// Rows: answer.escapes.
#[tokio::test]
async fn apostrophes_are_escaped() {
    let world = World::memory().await;
    let reply = world.send("PUT /b-one/k", &[("x-amz-tagging", "a=\"b\"")], "x").await;
    assert_eq!(
        reply.element("Message"),
        Some(
            "Header &apos;x-amz-tagging&apos; with value &apos;a=&quot;b&quot;&apos; not \
             implemented"
        )
    );
}

/// Rows: route.list-type, list.v1-token, list.encoding-type.
#[tokio::test]
async fn what_r2_does_not_have() {
    let world = World::memory().await;
    world.put("/b-one/k", "x").await;
    for (line, said) in [
        ("GET /b-one/k?tagging", "501 NotImplemented: GetObjectTagging not implemented"),
        ("PUT /b-one/k?acl", "501 NotImplemented: PutObjectAcl not implemented"),
        ("GET /b-one?policyStatus", "501 NotImplemented: GetGetBucketPolicyStatus not implemented"),
        ("GET /b-one?list-type=3", "501 NotImplemented: ListObjectsV3 not implemented"),
        (
            "GET /b-one?sort=up",
            "501 NotImplemented: ListObjectsV1 search parameter sort not implemented",
        ),
        (
            "GET /b-one?list-type=2&encoding-type=hex",
            "501 NotImplemented: Unrecognized encoding-type &quot;hex&quot; not implemented",
        ),
        (
            "GET /b-one?continuation-token=x",
            "400 InvalidArgument: continuation-token not supported in ListObjects",
        ),
        ("PATCH /b-one/k", "404 RouteNotFound: No route matches this url."),
        ("PUT /", "404 RouteNotFound: No route matches this url."),
    ] {
        assert_eq!(world.send(line, &[], "").await.said(), said, "{line}");
    }
}

/// Rows: bucket.missing.
#[tokio::test]
async fn missing_buckets() {
    let world = World::memory().await;
    let xml = "<Delete><Object><Key>k</Key></Object></Delete>";
    for (line, body) in [
        ("GET /no-such", ""),
        ("GET /no-such?list-type=2", ""),
        ("GET /no-such?uploads", ""),
        ("GET /no-such?location", ""),
        ("PUT /no-such?cors", "x"),
        ("POST /no-such?delete", xml),
        ("DELETE /no-such", ""),
        ("GET /no-such/k", ""),
        ("PUT /no-such/k", "x"),
        ("DELETE /no-such/k", ""),
        ("POST /no-such/k?uploads", ""),
    ] {
        let reply = world.send(line, &[], body).await;
        let said = "404 NoSuchBucket: The specified bucket does not exist.";
        assert_eq!(reply.said(), said, "{line}");
    }
    let head = world.send("HEAD /no-such/k", &[], "").await;
    assert_eq!((head.status, head.body.len()), (404, 0));
}

#[tokio::test]
async fn arguments_that_make_no_sense() {
    let world = World::memory().await;
    world.put("/b-one/k", "x").await;
    let long = format!("PUT /b-one/{}", "k".repeat(1025));
    let sse = ("x-amz-server-side-encryption-customer-algorithm", "AES256");
    for (line, headers, said) in [
        ("GET /b-one?max-keys=", &[][..], "400 InvalidMaxKeys"),
        ("GET /b-one?max-keys=-1", &[], "400 InvalidMaxKeys"),
        (&long, &[], "400 InvalidObjectName"),
        ("PUT /b-one/%FF", &[], "400 InvalidObjectName"),
        ("PUT /b-one/k", &[("x-amz-storage-class", "GLACIER")], "400 InvalidStorageClass"),
        ("PUT /b-one/k", &[("content-md5", "x")], "400 InvalidDigest"),
        ("PUT /b-one/k", &[sse], "400 InvalidArgument: Requests specifying Server Side"),
        ("PUT /b-one/c", &[("x-amz-copy-source", "nonsense")], "400 InvalidArgument: copy source"),
        (
            "PUT /b-one/c",
            &[("x-amz-copy-source", "/b-one/k"), ("x-amz-metadata-directive", "KEEP")],
            "400 InvalidArgument: metadata directive KEEP.",
        ),
        ("GET /b-one/k?partNumber=0", &[], "400 InvalidArgument: Part number must be"),
        ("GET /b-one/k?partNumber=2", &[], "400 InvalidPart"),
        ("GET /b-one?list-type=2&continuation-token=x", &[], "400 InvalidArgument"),
    ] {
        let reply = world.send(line, headers, "").await;
        assert!(reply.said().starts_with(said), "{line}: {}", reply.said());
    }
}

/// Rows: metadata.too-large.
#[tokio::test]
async fn metadata_has_a_limit() {
    let world = World::memory().await;
    let exact = "v".repeat(8191);
    assert_eq!(world.send("PUT /b-one/k", &[("x-amz-meta-k", &exact)], "").await.status, 200);
    let over = "v".repeat(8192);
    let reply = world.send("PUT /b-one/k", &[("x-amz-meta-k", &over)], "").await;
    assert!(reply.said().starts_with("400 MetadataTooLarge: Your metadata headers exceed"));
}
