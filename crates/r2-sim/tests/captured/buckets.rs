//! Buckets and their settings.

use crate::table::{Case, case, run};

fn absent(name: &'static str, line: &'static str, operation: &'static str) -> Case {
    case(name, line, operation)
}

/// Rows: route.absent, route.subresource, route.policy-status, route.parameters,
/// route.delete-tagging.
#[tokio::test]
async fn subresources() {
    run(vec![
        absent(
            "policy",
            "GET /bucket?policy",
            "501 NotImplemented: GetBucketPolicy not implemented",
        ),
        absent(
            "versions",
            "GET /bucket?versions",
            "501 NotImplemented: ListObjectVersions not implemented",
        ),
        absent(
            "tiering",
            "GET /bucket?intelligent-tiering",
            "501 NotImplemented: GetBucketIntelligentTieringConfiguration not implemented",
        ),
        absent(
            "a typo of R2's",
            "GET /bucket?policyStatus",
            "501 NotImplemented: GetGetBucketPolicyStatus not implemented",
        ),
        absent(
            "the first of two",
            "GET /bucket?policy&versioning",
            "501 NotImplemented: GetBucketPolicy not implemented",
        ),
        absent(
            "in any place",
            "PUT /bucket?junk&tagging",
            "501 NotImplemented: PutBucketTagging not implemented",
        ),
        absent(
            "delete",
            "DELETE /bucket?policy",
            "501 NotImplemented: DeleteBucketPolicy not implemented",
        ),
        absent(
            "what others have",
            "DELETE /bucket?versioning&junk",
            "400 InvalidArgument: Unsupported search param(s) \"versioning\", \"junk\" on a DELETE \
             bucket route",
        ),
        absent(
            "junk",
            "PUT /bucket?junk",
            "400 InvalidArgument: Unsupported search param(s) \"junk\" on a PUT bucket route",
        ),
        absent(
            "an object's tags",
            "GET /bucket/x?tagging",
            "501 NotImplemented: GetObjectTagging not implemented",
        ),
        absent(
            "an object's rights",
            "PUT /bucket/x?acl",
            "501 NotImplemented: PutObjectAcl not implemented",
        ),
        case("a delete of tags is a delete", "DELETE /bucket/x?tagging", "204"),
    ])
    .await;
}

/// Rows: bucket.constants.
#[tokio::test]
async fn constants() {
    run(vec![
        case("encryption", "GET /bucket?encryption", "200").shows(&[
            "<SSEAlgorithm>AES256</SSEAlgorithm>",
            "<BucketKeyEnabled>true</BucketKeyEnabled>",
        ]),
        case("versioning", "GET /bucket?versioning", "200")
            .shows(&["<VersioningConfiguration xmlns=", "!Status"]),
        case("tags", "GET /bucket?tagging", "404 NoSuchTagSet: The TagSet does not exist."),
        case(
            "locks",
            "GET /bucket?object-lock",
            "404 ObjectLockConfigurationNotFoundError: Object Lock configuration does not exist \
             for this bucket.",
        ),
        case(
            "replication",
            "GET /bucket?replication",
            "404 ReplicationConfigurationNotFoundError: The replication configuration was not \
             found.",
        ),
    ])
    .await;
}

/// Rows: bucket.region, bucket.search, bucket.conflict, bucket.names, bucket.location.
#[tokio::test]
async fn buckets() {
    run(vec![
        case("a head", "HEAD /bucket", "200").shows(&["x-amz-bucket-region: auto"]),
        case("a location", "GET /bucket?location", "200").shows(&[
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">auto<",
        ]),
        case(
            "a location and more",
            "GET /bucket?location&foobar=1",
            "400 InvalidArgument: Search param foobar is unsupported for bucket location",
        ),
        case("a post that means nothing", "POST /bucket", "200").shows(&["="]),
        case("all", "GET /", "200").shows(&[
            "<Name>bucket</Name>",
            "<Name>other</Name>",
            "cf-is-truncated: false",
        ]),
        case("one", "GET /?max-keys=1", "200").shows(&[
            "<IsTruncated>true</IsTruncated>",
            "!other",
            "cf-is-truncated: true",
        ]),
        case("the next", "GET /?continuation-token={token}", "200").shows(&["<Name>other</Name>"]),
        case("headers win", "GET /?prefix=b", "200")
            .with("cf-prefix", "o")
            .shows(&["<Name>other</Name>", "!<Name>bucket"]),
        case(
            "a parameter nobody has",
            "GET /?foobar=1",
            "501 NotImplemented: ListBuckets search parameter foobar not implemented",
        ),
        case("only a get", "POST /", "404 RouteNotFound"),
        case("again", "PUT /bucket", "409 BucketConflict"),
        case("a name that cannot be", "PUT /Bad_Name", "400 InvalidBucketName"),
        case("with a lock", "PUT /locked", "501 NotImplemented")
            .with("x-amz-bucket-object-lock-enabled", "true"),
        case("without a lock", "PUT /locked", "200")
            .with("x-amz-bucket-object-lock-enabled", "false"),
        case("something in it", "PUT /locked/a", "200"),
        case("not empty", "DELETE /locked", "409 BucketNotEmpty"),
        case("emptied", "DELETE /locked/a", "204"),
        case("empty", "DELETE /locked", "204"),
        case("gone", "HEAD /locked", "404").shows(&["="]),
        case("on the way", "PUT /onway/a", "200").with("cf-create-bucket-if-missing", "true"),
        case("made", "HEAD /onway", "200"),
    ])
    .await;
}
