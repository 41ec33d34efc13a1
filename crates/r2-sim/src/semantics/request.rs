//! What is asked: routes and screened headers.

use super::behaviour::Provenance::{Assumed, Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, NOTES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
    row(
        "route.subresource",
        Recorded,
        WORKERS,
        "A subresource that R2 knows wins wherever it stands in the query.",
    ),
    row(
        "route.absent",
        Recorded,
        WORKERS,
        "An operation that R2 does not have is 501 `<Operation> not implemented`.",
    ),
    row("route.first", Recorded, WORKERS, "Of several subresources the first in the query wins."),
    row(
        "route.part-number",
        Recorded,
        WORKERS,
        "A partNumber beside an uploadId that is no integer is 404 RouteNotFound.",
    ),
    row(
        "route.upload-without-part",
        Recorded,
        WORKERS,
        "PUT with an uploadId and no partNumber is a plain PutObject.",
    ),
    row("route.nowhere", Assumed, "", "A path that begins with two slashes is 404 RouteNotFound."),
    row("route.policy-status", Recorded, WORKERS, "`?policyStatus` says GetGetBucketPolicyStatus."),
    row(
        "route.parameters",
        Recorded,
        WORKERS,
        "Unknown parameters on PUT and DELETE of a bucket are 400, listed by name.",
    ),
    row("route.exempt", Documented, NOTES, "`x-id` and `x-purpose` are ignored everywhere."),
    row("route.method", Recorded, WORKERS, "A method without a route is 404 RouteNotFound."),
    row(
        "route.post-object",
        Documented,
        NOTES,
        "POST on a key without uploads or uploadId is PutObject.",
    ),
    row("route.delete-tagging", Recorded, WORKERS, "DELETE with `?tagging` deletes the object."),
    row(
        "header.screened",
        Recorded,
        WORKERS,
        "An unsupported header is 501 with its name and value, on operations that would use it \
         only.",
    ),
    row("header.acl", Recorded, WORKERS, "The seven canned ACLs are taken and forgotten."),
    row(
        "header.sse",
        Recorded,
        WORKERS,
        "`x-amz-server-side-encryption: AES256` has no effect; other values are 501.",
    ),
    row(
        "header.class",
        Recorded,
        WORKERS,
        "Storage classes other than STANDARD and STANDARD_IA are 400 InvalidStorageClass.",
    ),
    row("header.class-empty", Recorded, "gobackup#182", "An empty storage class is 501."),
    row(
        "route.virtual-hosted",
        Documented,
        NOTES,
        "The first label of the host can be the bucket, besides the path.",
    ),
    row(
        "route.list-type",
        Recorded,
        WORKERS,
        "A `list-type` other than 2 is 501 `ListObjectsV<n> not implemented`.",
    ),
    row(
        "route.bucket-post",
        Recorded,
        WORKERS,
        "A signed POST on a bucket without `?delete` is 200 without a body.",
    ),
    row("header.unknown", Recorded, WORKERS, "Unknown `x-amz-` headers are ignored."),
    row(
        "header.object-lock",
        Documented,
        API,
        "CreateBucket takes `x-amz-bucket-object-lock-enabled: false` only.",
    ),
];
