//! From method, place and query to an operation.
//!
//! A subresource that R2 knows wins wherever it stands in the query; one that R2 knows but does not
//! have is 501 with the operation's name (workers-sdk's local R2, `detect`).

use http::Method;

use super::Refusal;
use super::operation::{Operation, Route};
use super::query::{Query, is_exempt};

/// What a request is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// `/`.
    Service,
    /// `/bucket`.
    Bucket,
    /// `/bucket/key`.
    Object,
    /// A path that names nothing: it begins with two slashes.
    Nowhere,
}

/// What the headers add to the route.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints {
    /// `x-amz-copy-source` is there.
    pub(crate) is_copy: bool,
    /// The request carries a signature of some kind, or the emulator asks for none.
    pub(crate) is_signed: bool,
}

/// A subresource of a bucket that has no operation here: its operations are `<verb><noun>`.
const BUCKET_ABSENT: [(&str, &str); 15] = [
    ("accelerate", "BucketAccelerateConfiguration"),
    ("analytics", "BucketAnalyticsConfiguration"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration"),
    ("logging", "BucketLogging"),
    ("metrics", "BucketMetricsConfiguration"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("website", "BucketWebsite"),
];

/// The same for DELETE: what can only be read or written is an unknown parameter there.
const BUCKET_NOT_DELETED: [(&str, &str); 9] = [
    ("analytics", "BucketAnalyticsConfiguration"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
    ("inventory", "BucketInventoryConfiguration"),
    ("metrics", "BucketMetricsConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("replication", "BucketReplication"),
    ("tagging", "BucketTagging"),
    ("website", "BucketWebsite"),
];

/// The same for objects.
const OBJECT_ABSENT: [(&str, &str); 4] = [
    ("acl", "ObjectAcl"),
    ("legal-hold", "ObjectLegalHold"),
    ("retention", "ObjectRetention"),
    ("tagging", "ObjectTagging"),
];

/// What of objects could only be read.
const OBJECT_NOT_READ: [(&str, &str); 2] =
    [("attributes", "ObjectAttributes"), ("torrent", "ObjectTorrent")];

pub(crate) fn route(method: &Method, place: Place, query: &Query, hints: Hints) -> Route {
    if place == Place::Object {
        check_part_number(query)?;
    }
    match (method.as_str(), place) {
        ("GET", Place::Service) => list_buckets(query),
        ("HEAD", Place::Bucket) => Ok(Operation::HeadBucket),
        ("GET", Place::Bucket) => get_bucket(query),
        ("PUT", Place::Bucket) => put_bucket(query),
        ("DELETE", Place::Bucket) => delete_bucket(query),
        ("POST", Place::Bucket) => post_bucket(query, hints),
        ("HEAD", Place::Object) => Ok(Operation::HeadObject),
        ("GET", Place::Object) => get_object(query),
        ("PUT", Place::Object) => put_object(query, hints),
        ("POST", Place::Object) => post_object(query),
        ("DELETE", Place::Object) => delete_object(query),
        _ => Err(Refusal::route_not_found()),
    }
}

fn list_buckets(query: &Query) -> Route {
    let known = ["prefix", "start-after", "continuation-token", "max-keys"];
    match query.names().find(|name| !is_exempt(name) && !known.contains(name)) {
        Some(name) => {
            Err(Refusal::not_implemented(format_args!("ListBuckets search parameter {name}")))
        }
        None => Ok(Operation::ListBuckets),
    }
}

fn get_bucket(query: &Query) -> Route {
    // These two go before all others (workers-sdk's local R2, `detect`).
    if query.has("uploads") {
        return Ok(Operation::ListMultipartUploads);
    }
    if query.has("location") {
        return Ok(Operation::GetBucketLocation);
    }
    let present = [
        ("acl", Operation::GetBucketAcl),
        ("cors", Operation::GetBucketCors),
        ("encryption", Operation::GetBucketEncryption),
        ("lifecycle", Operation::GetBucketLifecycleConfiguration),
        ("object-lock", Operation::GetObjectLockConfiguration),
        ("replication", Operation::GetBucketReplication),
        ("tagging", Operation::GetBucketTagging),
        ("versioning", Operation::GetBucketVersioning),
    ];
    for name in query.names() {
        // The doubled verb is R2's.
        match name {
            "policyStatus" => return Err(Refusal::not_implemented("GetGetBucketPolicyStatus")),
            "versions" => return Err(Refusal::not_implemented("ListObjectVersions")),
            _ => {}
        }
        if let Some(operation) = find(name, &present) {
            return Ok(operation);
        }
        absent(name, &BUCKET_ABSENT, "Get")?;
    }
    match query.get("list-type") {
        None => Ok(Operation::ListObjectsV1),
        Some("2") => Ok(Operation::ListObjectsV2),
        Some(other) => Err(Refusal::not_implemented(format_args!("ListObjectsV{other}"))),
    }
}

fn put_bucket(query: &Query) -> Route {
    let present = [
        ("cors", Operation::PutBucketCors),
        ("encryption", Operation::PutBucketEncryption),
        ("lifecycle", Operation::PutBucketLifecycleConfiguration),
    ];
    for name in query.names() {
        if let Some(operation) = find(name, &present) {
            return Ok(operation);
        }
        absent(name, &[("acl", "BucketAcl"), ("versioning", "BucketVersioning")], "Put")?;
        absent(name, &BUCKET_ABSENT, "Put")?;
    }
    no_others(query, "PUT")?;
    Ok(Operation::CreateBucket)
}

fn delete_bucket(query: &Query) -> Route {
    let present = [
        ("cors", Operation::DeleteBucketCors),
        ("encryption", Operation::DeleteBucketEncryption),
        ("lifecycle", Operation::DeleteBucketLifecycle),
    ];
    for name in query.names() {
        if let Some(operation) = find(name, &present) {
            return Ok(operation);
        }
        absent(name, &BUCKET_NOT_DELETED, "Delete")?;
    }
    no_others(query, "DELETE")?;
    Ok(Operation::DeleteBucket)
}

fn post_bucket(query: &Query, hints: Hints) -> Route {
    match (query.has("delete"), hints.is_signed) {
        (true, _) => Ok(Operation::DeleteObjects),
        (false, true) => Ok(Operation::PostBucket),
        // The doubled words are R2's.
        (false, false) => {
            Err(Refusal::not_implemented("Presigned post requests are not yet implemented"))
        }
    }
}

/// Part numbers match a route when they look like a number, with blanks before and a sign; which
/// numbers are good is said later (workers-sdk's local R2, `detect`).
fn check_part_number(query: &Query) -> Result<(), Refusal> {
    let Some(number) = query.get("uploadId").and_then(|_| query.get("partNumber")) else {
        return Ok(());
    };
    let digits = number.trim_start_matches(' ');
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err(Refusal::route_not_found()),
    }
}

fn get_object(query: &Query) -> Route {
    if query.has("uploadId") {
        return Ok(Operation::ListParts);
    }
    // R2 shows the bucket's uploads here as well.
    if query.has("uploads") {
        return Ok(Operation::ListMultipartUploads);
    }
    for name in query.names() {
        absent(name, &OBJECT_ABSENT, "Get")?;
        absent(name, &OBJECT_NOT_READ, "Get")?;
    }
    Ok(Operation::GetObject)
}

fn put_object(query: &Query, hints: Hints) -> Route {
    // An upload without a part number is no upload: R2 stores the body under the key.
    match (query.has("uploadId") && query.has("partNumber"), hints.is_copy) {
        (true, true) => return Ok(Operation::UploadPartCopy),
        (true, false) => return Ok(Operation::UploadPart),
        (false, _) => {}
    }
    for name in query.names() {
        absent(name, &OBJECT_ABSENT, "Put")?;
    }
    Ok(if hints.is_copy { Operation::CopyObject } else { Operation::PutObject })
}

fn post_object(query: &Query) -> Route {
    if query.has("uploadId") {
        return Ok(Operation::CompleteMultipartUpload);
    }
    if query.has("uploads") {
        return Ok(Operation::CreateMultipartUpload);
    }
    // Not known of R2. Storing such a document over the object it is about would be the worst of
    // the possible answers.
    if query.has("select") {
        return Err(Refusal::not_implemented("SelectObjectContent"));
    }
    if query.has("restore") {
        return Err(Refusal::not_implemented("RestoreObject"));
    }
    // For s3cmd: everything else is a put, and the body wins over whatever the query names.
    Ok(Operation::PutObject)
}

fn delete_object(query: &Query) -> Route {
    if query.has("uploadId") {
        return Ok(Operation::AbortMultipartUpload);
    }
    // R2 reads `DELETE ?tagging` as a plain delete.
    Ok(Operation::DeleteObject)
}

fn find(name: &str, table: &[(&str, Operation)]) -> Option<Operation> {
    table.iter().find(|(known, _)| *known == name).map(|(_, operation)| *operation)
}

fn absent(name: &str, table: &[(&str, &str)], verb: &str) -> Result<(), Refusal> {
    match table.iter().find(|(known, _)| *known == name) {
        Some((_, noun)) => Err(Refusal::not_implemented(format_args!("{verb}{noun}"))),
        None => Ok(()),
    }
}

fn no_others(query: &Query, method: &str) -> Result<(), Refusal> {
    let mut others: Vec<String> = Vec::new();
    for name in query.names().filter(|name| !is_exempt(name)) {
        let quoted = format!("\"{name}\"");
        if !others.contains(&quoted) {
            others.push(quoted);
        }
    }
    if others.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid_argument(format!(
        "Unsupported search param(s) {} on a {method} bucket route",
        others.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: Hints = Hints { is_copy: false, is_signed: true };
    const COPY: Hints = Hints { is_copy: true, is_signed: true };

    fn routed(method: &str, place: Place, query: &str, hints: Hints) -> String {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        match route(&method, place, &Query::parse(query), hints) {
            Ok(operation) => operation.name().to_owned(),
            Err(refusal) => {
                format!("{} {}", refusal.status().as_u16(), refusal.document().message)
            }
        }
    }

    /// Rows: route.first, route.method, route.exempt.
    #[test]
    fn buckets() {
        use Place::{Bucket, Nowhere, Service};
        for (method, place, query, expected) in [
            ("GET", Service, "x-id=ListBuckets", "ListBuckets"),
            (
                "GET",
                Service,
                "max-buckets=1",
                "501 ListBuckets search parameter max-buckets not implemented",
            ),
            ("PUT", Service, "", "404 No route matches this url."),
            ("GET", Bucket, "", "ListObjectsV1"),
            ("GET", Bucket, "list-type=2&prefix=x", "ListObjectsV2"),
            ("GET", Bucket, "list-type=3", "501 ListObjectsV3 not implemented"),
            ("GET", Bucket, "prefix=x&uploads", "ListMultipartUploads"),
            ("GET", Bucket, "policy", "501 GetBucketPolicy not implemented"),
            ("GET", Bucket, "policyStatus", "501 GetGetBucketPolicyStatus not implemented"),
            ("GET", Bucket, "versions", "501 ListObjectVersions not implemented"),
            ("PUT", Bucket, "X-Amz-Date=1&x-purpose=2", "CreateBucket"),
            (
                "PUT",
                Bucket,
                "a=1&b",
                "400 Unsupported search param(s) \"a\", \"b\" on a PUT bucket route",
            ),
            ("PUT", Bucket, "tagging", "501 PutBucketTagging not implemented"),
            ("PUT", Bucket, "versioning", "501 PutBucketVersioning not implemented"),
            ("DELETE", Bucket, "lifecycle", "DeleteBucketLifecycle"),
            (
                "DELETE",
                Bucket,
                "x",
                "400 Unsupported search param(s) \"x\" on a DELETE bucket route",
            ),
            (
                "DELETE",
                Bucket,
                "acl&x&acl=1",
                "400 Unsupported search param(s) \"acl\", \"x\" on a DELETE bucket route",
            ),
            // Of several, the first wins.
            ("GET", Bucket, "x&policy&cors", "501 GetBucketPolicy not implemented"),
            ("GET", Bucket, "cors&policy", "GetBucketCors"),
            ("GET", Bucket, "policy&uploads", "ListMultipartUploads"),
            ("PUT", Bucket, "junk&tagging&cors", "501 PutBucketTagging not implemented"),
            ("DELETE", Bucket, "cors&policy", "DeleteBucketCors"),
            ("GET", Nowhere, "", "404 No route matches this url."),
            ("POST", Bucket, "delete", "DeleteObjects"),
            ("POST", Bucket, "", "PostBucket"),
            ("PATCH", Bucket, "", "404 No route matches this url."),
        ] {
            assert_eq!(routed(method, place, query, SIGNED), expected, "{method} {query}");
        }
        let form = "501 Presigned post requests are not yet implemented not implemented";
        assert_eq!(routed("POST", Bucket, "", Hints::default()), form);
    }

    /// Every subresource that R2 knows and does not have, by the names it gives them.
    ///
    /// Rows: route.absent.
    #[test]
    fn what_r2_does_not_have_by_name() {
        let both = [
            ("accelerate", "BucketAccelerateConfiguration"),
            ("analytics", "BucketAnalyticsConfiguration"),
            ("intelligent-tiering", "BucketIntelligentTieringConfiguration"),
            ("inventory", "BucketInventoryConfiguration"),
            ("logging", "BucketLogging"),
            ("metrics", "BucketMetricsConfiguration"),
            ("notification", "BucketNotificationConfiguration"),
            ("ownershipControls", "BucketOwnershipControls"),
            ("policy", "BucketPolicy"),
            ("publicAccessBlock", "PublicAccessBlock"),
            ("requestPayment", "BucketRequestPayment"),
            ("website", "BucketWebsite"),
        ];
        let written = [
            ("acl", "BucketAcl"),
            ("object-lock", "ObjectLockConfiguration"),
            ("replication", "BucketReplication"),
            ("tagging", "BucketTagging"),
            ("versioning", "BucketVersioning"),
        ];
        let kept = ["accelerate", "logging", "notification", "publicAccessBlock", "requestPayment"];
        let removed = |name: &str| !kept.contains(&name);
        let check = |method: &str, verb: &str, name: &str, noun: &str| {
            let expected = format!("501 {verb}{noun} not implemented");
            assert_eq!(routed(method, Place::Bucket, &format!("x=1&{name}"), SIGNED), expected);
        };
        for (name, noun) in both {
            check("GET", "Get", name, noun);
            check("PUT", "Put", name, noun);
            if removed(name) {
                check("DELETE", "Delete", name, noun);
            } else {
                let expected =
                    format!("400 Unsupported search param(s) \"{name}\" on a DELETE bucket route");
                assert_eq!(routed("DELETE", Place::Bucket, name, SIGNED), expected);
            }
        }
        for (name, noun) in written {
            check("PUT", "Put", name, noun);
        }
        for (name, noun) in [("replication", "BucketReplication"), ("tagging", "BucketTagging")] {
            check("DELETE", "Delete", name, noun);
        }
        for (name, noun) in [
            ("acl", "ObjectAcl"),
            ("legal-hold", "ObjectLegalHold"),
            ("retention", "ObjectRetention"),
            ("tagging", "ObjectTagging"),
        ] {
            for (method, verb) in [("GET", "Get"), ("PUT", "Put")] {
                let expected = format!("501 {verb}{noun} not implemented");
                assert_eq!(routed(method, Place::Object, name, SIGNED), expected);
            }
            assert_eq!(routed("DELETE", Place::Object, name, SIGNED), "DeleteObject");
            assert_eq!(routed("POST", Place::Object, name, SIGNED), "PutObject");
            assert_eq!(routed("HEAD", Place::Object, name, SIGNED), "HeadObject");
        }
    }

    /// Rows: route.part-number, route.upload-without-part, route.post-object,
    /// route.delete-tagging.
    #[test]
    fn objects() {
        for (method, query, hints, expected) in [
            ("GET", "response-content-type=x", SIGNED, "GetObject"),
            ("GET", "uploadId=x", SIGNED, "ListParts"),
            ("GET", "uploads", SIGNED, "ListMultipartUploads"),
            ("PUT", "torrent", SIGNED, "PutObject"),
            ("GET", "tagging", SIGNED, "501 GetObjectTagging not implemented"),
            ("GET", "attributes", SIGNED, "501 GetObjectAttributes not implemented"),
            ("HEAD", "tagging", SIGNED, "HeadObject"),
            ("PUT", "x-id=PutObject", SIGNED, "PutObject"),
            ("PUT", "", COPY, "CopyObject"),
            ("PUT", "uploadId=x&partNumber=1", SIGNED, "UploadPart"),
            ("PUT", "uploadId=x&partNumber=1", COPY, "UploadPartCopy"),
            ("PUT", "uploadId=x&partNumber=", SIGNED, "UploadPart"),
            ("PUT", "uploadId=x&partNumber=%20-01", SIGNED, "UploadPart"),
            ("PUT", "uploadId=x&partNumber=1.0", SIGNED, "404 No route matches this url."),
            ("GET", "uploadId=x&partNumber=1x", SIGNED, "404 No route matches this url."),
            ("HEAD", "uploadId=x&partNumber=1x", SIGNED, "404 No route matches this url."),
            ("PUT", "uploadId=x", SIGNED, "PutObject"),
            ("PUT", "uploadId=x", COPY, "CopyObject"),
            ("POST", "uploads&uploadId=x", SIGNED, "CompleteMultipartUpload"),
            ("PUT", "acl&tagging", SIGNED, "501 PutObjectAcl not implemented"),
            ("PUT", "acl", SIGNED, "501 PutObjectAcl not implemented"),
            ("POST", "uploads", SIGNED, "CreateMultipartUpload"),
            ("POST", "uploadId=x", SIGNED, "CompleteMultipartUpload"),
            ("POST", "tagging", COPY, "PutObject"),
            ("DELETE", "uploadId=x", SIGNED, "AbortMultipartUpload"),
            ("DELETE", "tagging", SIGNED, "DeleteObject"),
            ("PATCH", "", SIGNED, "404 No route matches this url."),
        ] {
            assert_eq!(routed(method, Place::Object, query, hints), expected, "{method} {query}");
        }
    }
}
