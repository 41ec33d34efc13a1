//! CopyObject.

use crate::table::{Case, case, run};

fn copy(name: &'static str, source: &'static str, said: &'static str) -> Case {
    case(name, "PUT /bucket/copy", said).with("x-amz-copy-source", source)
}

/// Rows: copy.directives, copy.source-conditions, copy.destination, copy.class, copy.etag.
#[tokio::test]
async fn copies() {
    let source = "400 InvalidArgument: copy source bucket name";
    let failed = "412 PreconditionFailed";
    let other = "\"0123456789abcdef0123456789abcdef\"";
    run(vec![
        case("a source", "PUT /bucket/sp%20ace", "200")
            .with("content-type", "text/csv")
            .with("x-amz-meta-original", "yes")
            .body("copy me"),
        case("one in the other bucket", "PUT /other/cross", "200").body("from the other bucket"),
        copy("a copy", "/bucket/sp%20ace", "200").shows(&[
            "<CopyObjectResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>&quot;",
            "</ETag><LastModified>",
        ]),
        case("has the metadata", "GET /bucket/copy", "200").shows(&[
            "=copy me",
            "content-type: text/csv",
            "x-amz-meta-original: yes",
        ]),
        copy("without the slash", "bucket/sp%20ace", "200"),
        copy("across buckets", "/other/cross", "200"),
        case("has the bytes", "GET /bucket/copy", "200").shows(&["=from the other bucket"]),
        copy("REPLACE", "/bucket/sp%20ace", "200")
            .with("x-amz-metadata-directive", "REPLACE")
            .with("content-type", "application/json")
            .with("x-amz-meta-new", "1"),
        case("has the new metadata", "GET /bucket/copy", "200").shows(&[
            "content-type: application/json",
            "x-amz-meta-new: 1",
            "-x-amz-meta-original",
        ]),
        copy("MERGE", "/bucket/sp%20ace", "200")
            .with("x-amz-metadata-directive", "MERGE")
            .with("x-amz-meta-new", "1"),
        case("has both", "GET /bucket/copy", "200").shows(&[
            "content-type: text/csv",
            "x-amz-meta-new: 1",
            "x-amz-meta-original: yes",
        ]),
        copy(
            "another directive",
            "/bucket/sp%20ace",
            "400 InvalidArgument: metadata directive WAT.",
        )
        .with("x-amz-metadata-directive", "WAT"),
        case("onto itself", "PUT /bucket/sp%20ace", "200")
            .with("x-amz-copy-source", "/bucket/sp%20ace")
            .shows(&["<CopyObjectResult"]),
        copy("nothing", "/bucket/nope", "404 NoSuchKey"),
        copy("no bucket", "/no-such-bucket/x", "404 NoSuchBucket"),
        copy("a bucket that could not be", "/Bad_Name/x", "404 NoSuchBucket"),
        copy("no slash", "no-slash", source),
        copy("no key", "/bucket/", source),
        copy("a tag that is not", "/bucket/sp%20ace", failed)
            .with("x-amz-copy-source-if-match", other),
        copy("not any tag", "/bucket/sp%20ace", failed)
            .with("x-amz-copy-source-if-none-match", "*"),
        copy("changed after", "/bucket/sp%20ace", failed)
            .with("x-amz-copy-source-if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
        copy("not changed since", "/bucket/sp%20ace", failed)
            .with("x-amz-copy-source-if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        copy("onto nothing only", "/bucket/sp%20ace", failed)
            .with("cf-copy-destination-if-none-match", "*"),
        copy("onto something only", "/bucket/sp%20ace", "200")
            .with("cf-copy-destination-if-match", "*"),
        copy("checksums of copies", "/bucket/sp%20ace", "501 NotImplemented")
            .with("x-amz-checksum-algorithm", "CRC32"),
    ])
    .await;
}
