//! Headers and parameters that R2 does not have, or did not have once.

use r2_sim::{Support, Switches};

use crate::world::{World, send};

fn refused(name: &str, value: &str) -> String {
    let header = format!("Header &apos;{name}&apos; with value &apos;{value}&apos;");
    format!("501 NotImplemented: {header} not implemented")
}

/// jhaals/yopass#3657, also openreplay#2018, medialit#158: tags.
/// Rows: header.screened.
#[tokio::test]
async fn case_36_yopass_3657_tags() {
    let world = World::memory().await;
    let tags = [("x-amz-tagging", "a=b&c=d")];
    let said = refused("x-amz-tagging", "a=b&amp;c=d");
    assert_eq!(world.send("PUT /b-one/k", &tags, "x").await.said(), said);
    assert_eq!(world.send("POST /b-one/k?uploads", &tags, "").await.said(), said);
    assert_eq!(world.get("/b-one/k").await.status, 404);
}

/// tus/tus-node-server#560: a copy that says what to do with tags.
#[tokio::test]
async fn case_37_tus_560_tags_of_a_copy() {
    let world = World::memory().await;
    world.put("/b-one/k", "x").await;
    let copy = [("x-amz-copy-source", "/b-one/k"), ("x-amz-tagging-directive", "COPY")];
    let reply = world.send("PUT /b-one/copy", &copy, "").await;
    assert_eq!(reply.said(), refused("x-amz-tagging-directive", "COPY"));
}

/// gobackup/gobackup#182: a header without a value.
/// Rows: header.class-empty.
#[tokio::test]
async fn case_38_gobackup_182_an_empty_storage_class() {
    let world = World::memory().await;
    let reply = world.send("PUT /b-one/k", &[("x-amz-storage-class", "")], "x").await;
    assert_eq!(reply.said(), refused("x-amz-storage-class", ""));
}

/// pixelfed/pixelfed#3775, cloudflare-docs#32463: a canned ACL, until November 2022.
/// Rows: header.acl.
#[tokio::test]
async fn case_39_pixelfed_3775_a_canned_acl_in_2022() {
    let acl = [("x-amz-acl", "public-read")];
    let old = Switches::new().canned_acls(Support::Refuse);
    let world = World::with(|builder| builder.switches(old.clone())).await;
    let reply = world.send("PUT /b-one/k", &acl, "x").await;
    assert_eq!(reply.said(), refused("x-amz-acl", "public-read"));
    let world = World::memory().await;
    assert_eq!(world.send("PUT /b-one/k", &acl, "x").await.status, 200);
}

/// aws/aws-sdk-js-v3#5565, cloudflare-docs#12179: the SDK's name for the operation, until December
/// 2023.
/// Rows: route.exempt.
#[tokio::test]
async fn case_40_aws_sdk_js_5565_x_id_in_2023() {
    let old = Switches::new().list_buckets_x_id(Support::Refuse);
    let world = World::with(|builder| builder.switches(old.clone())).await;
    let said = "501 NotImplemented: ListBuckets search parameter x-id not implemented";
    assert_eq!(world.get("/?x-id=ListBuckets").await.said(), said);
    let world = World::memory().await;
    assert_eq!(world.get("/?x-id=ListBuckets").await.status, 200);
}

/// minio/mc#5057: `mc stat` asks for what is not there. Which request that was nobody has said;
/// these are the ones that a listing could have been.
/// Rows: list.parameters.
#[tokio::test]
async fn case_41_mc_5057_a_listing_with_more_parameters() {
    let world = World::memory().await;
    for (query, what) in [
        ("versions&prefix=k", "ListObjectVersions"),
        ("list-type=2&metadata=true", "ListObjectsV2 search parameter metadata"),
        ("metadata=true", "ListObjectsV1 search parameter metadata"),
    ] {
        let said = format!("501 NotImplemented: {what} not implemented");
        assert_eq!(world.get(&format!("/b-one?{query}")).await.said(), said);
    }
}

/// files-sdk#49, #50: a form in a browser posts to the bucket.
/// Rows: auth.form.
#[tokio::test]
async fn case_42_files_sdk_49_a_form_upload() {
    let account = crate::account::Account::new().await;
    let form = [crate::account::HOST, ("content-type", "multipart/form-data; boundary=x")];
    let body = "--x\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\nk\r\n--x--\r\n";
    assert_eq!(
        send(&account.r2, "POST /b-one", &form, body.into()).await.said(),
        "501 NotImplemented: Presigned post requests are not yet implemented not implemented"
    );
}

/// rustfs/rustfs#7999: a version that can never be read.
/// Rows: answer.version-id.
#[tokio::test]
async fn case_51_rustfs_7999_a_version_id_without_versions() {
    let world = World::memory().await;
    assert!(!world.put("/b-one/k", "x").await.header("x-amz-version-id").is_empty());
    assert_eq!(world.get("/b-one/k").await.header("x-amz-version-id"), "");
    let copy = world.send("PUT /b-one/c", &[("x-amz-copy-source", "/b-one/k")], "").await;
    assert!(!copy.header("x-amz-version-id").is_empty());
    assert!(!copy.header("x-amz-copy-source-version-id").is_empty());
    assert!(!world.get("/b-one?versioning").await.text().contains("Enabled"));
}

/// slatedb/slatedb#1818, of another provider: an `If-Match` is good with quotes and without.
/// Rows: condition.tags.
#[tokio::test]
async fn case_59_slatedb_1818_an_etag_with_quotes_and_without() {
    let world = World::memory().await;
    let etag = world.put("/b-one/k", "1").await.header("etag").to_owned();
    for given in [etag.as_str(), etag.trim_matches('"')] {
        let get = world.send("GET /b-one/k", &[("if-match", given)], "").await;
        assert_eq!(get.status, 200, "{given}");
        let put = world.send("PUT /b-one/k", &[("if-match", given)], "1").await;
        assert_eq!(put.status, 200, "{given}");
    }
    let other = world.send("PUT /b-one/k", &[("if-match", "\"0\"")], "2").await;
    assert!(other.said().starts_with("412 PreconditionFailed"));
}

/// workers-sdk#6411, hono#718, of the binding: `*` means any object.
#[tokio::test]
async fn case_56_workers_sdk_6411_a_star_in_conditions() {
    let world = World::memory().await;
    assert_eq!(world.send("PUT /b-one/k", &[("if-none-match", "*")], "1").await.status, 200);
    assert_eq!(world.send("PUT /b-one/k", &[("if-none-match", "*")], "2").await.status, 412);
    assert_eq!(world.send("PUT /b-one/k", &[("if-match", "*")], "3").await.status, 200);
    assert_eq!(world.send("PUT /b-one/new", &[("if-match", "*")], "4").await.status, 412);
    assert_eq!(world.send("GET /b-one/k", &[("if-none-match", "*")], "").await.status, 304);
}
