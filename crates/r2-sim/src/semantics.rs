//! What R2 does, as far as this emulator does it too: one row a behaviour, with where it is known
//! from.

/// How a behaviour is known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Provenance {
    /// A page or release note of Cloudflare's says so.
    Documented,
    /// Captured from R2, by Cloudflare's own local R2 (workers-sdk) or by users.
    Recorded,
    /// Nobody has said; chosen from what is likely, usually what AWS does.
    Assumed,
    /// Not of R2: this emulator has a disk and a switchboard, R2 does not show its own.
    Local,
}

/// One behaviour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Behaviour {
    /// A name that stays: `area.what`.
    pub id: &'static str,
    /// What happens.
    pub sentence: &'static str,
    /// How it is known.
    pub provenance: Provenance,
    /// From where; empty where it is assumed.
    pub source: &'static str,
}

const fn row(
    id: &'static str,
    provenance: Provenance,
    source: &'static str,
    sentence: &'static str,
) -> Behaviour {
    Behaviour { id, sentence, provenance, source }
}

use Provenance::{Assumed, Documented, Local, Recorded};

const API: &str = "Cloudflare: S3 API compatibility";
const CODES: &str = "Cloudflare: R2 error codes";
const EXTENSIONS: &str = "Cloudflare: R2 extensions";
const LIFECYCLE: &str = "Cloudflare: Object lifecycles";
const LIMITS: &str = "Cloudflare: R2 limits";
const NOTES: &str = "Cloudflare: R2 release notes";
const PRESIGNED: &str = "Cloudflare: Presigned URLs";
const TOKENS: &str = "Cloudflare: R2 authentication";
const UPLOADS: &str = "Cloudflare: Multipart upload";
const WORKERS: &str = "cloudflare/workers-sdk, packages/miniflare/src/workers/r2";

/// Every behaviour that this emulator is meant to share with R2, and the few that are its own.
///
/// ```
/// use r2_sim::{Provenance, SEMANTICS};
///
/// let row = SEMANTICS.iter().find(|row| row.id == "condition.missing-key").unwrap();
/// assert_eq!(row.provenance, Provenance::Recorded);
/// ```
pub const SEMANTICS: &[Behaviour] = &[
    // Who asks.
    row("auth.first", Recorded, WORKERS, "Authentication comes before the bucket is looked up."),
    row(
        "auth.none",
        Recorded,
        WORKERS,
        "Without any signature: 400 InvalidArgument `Authorization`.",
    ),
    row(
        "auth.order",
        Recorded,
        WORKERS,
        "Payload hash, date, skew, algorithm, credential parts, key length, service, \
         terminator, day, key, host and signature are checked in this order.",
    ),
    row(
        "auth.unknown-key",
        Recorded,
        WORKERS,
        "An unknown key is 401 Unauthorized, never InvalidAccessKeyId.",
    ),
    row(
        "auth.skew",
        Recorded,
        WORKERS,
        "More than 15 minutes either way is 403 RequestTimeTooSkewed.",
    ),
    row(
        "auth.region",
        Recorded,
        "backup-x#127, cyberduck#16377",
        "A region other than auto, us-east-1, none or a location hint is 400 InvalidRegionName.",
    ),
    row("auth.region-order", Assumed, "", "The region is looked at before the key."),
    row(
        "auth.sigv2",
        Recorded,
        "kodbox#388",
        "Signature version 2 is refused by name; its status, 400, is assumed.",
    ),
    row(
        "auth.mismatch",
        Recorded,
        WORKERS,
        "403 SignatureDoesNotMatch shows the string to sign, the canonical request and their \
         bytes.",
    ),
    row(
        "auth.zero-length",
        Recorded,
        "rust-s3#466, paws#996",
        "A signed `content-length: 0` on GET, HEAD or DELETE is lost at the edge, so the signature \
         fails.",
    ),
    row(
        "auth.payload",
        Recorded,
        WORKERS,
        "A body that is not the one whose hash was signed is 400 XAmzContentSHA256Mismatch.",
    ),
    row(
        "auth.streaming-signed",
        Documented,
        "Cloudflare: aws-sdk-net example; soto#643",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD and its trailer form are 501.",
    ),
    row(
        "auth.streaming-unsigned",
        Assumed,
        "",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER is accepted and its trailer verified.",
    ),
    row(
        "auth.presign-missing",
        Recorded,
        WORKERS,
        "Missing presign parameters are named together, joined by a comma and two blanks.",
    ),
    row("auth.presign-life", Documented, PRESIGNED, "A presigned URL lives 1 to 604,800 seconds."),
    row(
        "auth.presign-expired",
        Recorded,
        WORKERS,
        "An expired one is 403 ExpiredRequest; the error-codes page says 400.",
    ),
    row(
        "auth.form",
        Recorded,
        WORKERS,
        "A form upload is 501 `Presigned post requests are not yet implemented not \
         implemented`.",
    ),
    row(
        "auth.tokens",
        Documented,
        TOKENS,
        "Admin and object tokens, each read-write or read-only, and limited to buckets.",
    ),
    row(
        "auth.object-tokens",
        Recorded,
        "cloudflare-docs#21277, ansible-polkadot#87",
        "Object tokens can neither list, make nor head buckets: 403 AccessDenied.",
    ),
    row(
        "auth.temporary",
        Documented,
        "Cloudflare: Temporary credentials",
        "Temporary credentials are a JWT signed by the parent's secret, for one bucket and \
         perhaps prefixes, objects and actions.",
    ),
    row("auth.temporary-expired", Assumed, "", "An expired session token is 400 ExpiredToken."),
    row(
        "auth.temporary-bogus",
        Recorded,
        WORKERS,
        "A session token that is none is 400 InvalidArgument `X-Amz-Security-Token`.",
    ),
    // What is asked.
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
    // Answers.
    row(
        "answer.error-form",
        Recorded,
        "opendal#2904, opendal#2227, vector#23029",
        "Errors are one line of XML with Code and Message, no namespace, no request id.",
    ),
    row(
        "answer.ray",
        Recorded,
        "SDK logs of many users",
        "Responses carry `cf-ray` and no `x-amz-request-id`.",
    ),
    row("answer.head-error", Recorded, WORKERS, "An error to HEAD has no body."),
    row(
        "answer.version-id",
        Documented,
        NOTES,
        "PutObject and CopyObject name a version id, though there is no versioning.",
    ),
    row("answer.class", Recorded, "rclone#8137", "GET and HEAD do not name the class STANDARD."),
    row(
        "answer.overrides",
        Assumed,
        "",
        "`response-*` parameters replace headers on GET and are ignored on HEAD.",
    ),
    // Keys and metadata.
    row(
        "key.nfc",
        Documented,
        "Cloudflare: Unicode interoperability",
        "Keys are identified by their NFC form; listings show the last spelling.",
    ),
    row(
        "key.length",
        Documented,
        LIMITS,
        "A key has at most 1,024 bytes; longer is 400 InvalidObjectName.",
    ),
    row("key.order", Assumed, "", "Listings are in the order of UTF-8 bytes of the NFC form."),
    row(
        "metadata.rfc2047",
        Documented,
        EXTENSIONS,
        "Metadata values are decoded by RFC 2047 when stored and encoded when shown.",
    ),
    row("metadata.encoding", Assumed, "", "Values are encoded as one base64 word of UTF-8."),
    row(
        "metadata.limit",
        Documented,
        LIMITS,
        "8,192 bytes of metadata; that decoded names and values are counted is assumed.",
    ),
    row(
        "metadata.type",
        Recorded,
        WORKERS,
        "An object stored without a type is application/octet-stream.",
    ),
    // Conditions and ranges.
    row("condition.put", Documented, API, "A condition that does not hold on PUT is 412."),
    row(
        "condition.missing-key",
        Recorded,
        WORKERS,
        "If-Match on a missing key is 412, where AWS says 404.",
    ),
    row(
        "condition.unmodified-create",
        Recorded,
        WORKERS,
        "If-Unmodified-Since holds for a missing key.",
    ),
    row(
        "condition.tags",
        Documented,
        NOTES,
        "Lists, weak tags, `*` and tags without quotes are accepted.",
    ),
    row(
        "condition.precedence",
        Recorded,
        WORKERS,
        "A tag condition that holds makes the date condition beside it irrelevant.",
    ),
    row("condition.equal-date", Assumed, "", "Dates compare by the second; equal is unmodified."),
    row(
        "condition.atomic",
        Assumed,
        "",
        "Conditions are checked in the same step as the write: one of many creators wins.",
    ),
    row("condition.delete", Assumed, "", "DELETE has no conditions."),
    row("range.partial", Documented, NOTES, "A valid range is always 206."),
    row(
        "range.unsatisfiable",
        Recorded,
        WORKERS,
        "A start past the end, any range of an empty object, and `bytes=-0` are 416.",
    ),
    row(
        "range.backwards",
        Recorded,
        WORKERS,
        "A range that ends before it begins is 400 `range must be positive.`",
    ),
    row(
        "range.garbage",
        Recorded,
        WORKERS,
        "Several ranges, other units and garbage are 400, where AWS ignores them.",
    ),
    row("range.head", Recorded, WORKERS, "HEAD honours ranges with a 206 without a body."),
    row(
        "range.part-number",
        Assumed,
        "",
        "partNumber reads answer 206 with the number of parts; an object of one piece is its \
         own part 1.",
    ),
    // Checksums and encryption.
    row(
        "checksum.one",
        Recorded,
        "vector#23029",
        "More than one integrity value is 400 `You can only specify one non-default checksum at \
         a time.`",
    ),
    row(
        "checksum.mismatch",
        Recorded,
        WORKERS,
        "A wrong value is 400 BadDigest; the words for others than MD5 are assumed.",
    ),
    row(
        "checksum.kinds",
        Documented,
        API,
        "CRC64NVME is of the whole object, CRC32, CRC32C, SHA1 and SHA256 of multipart objects \
         are composed.",
    ),
    row(
        "checksum.not-modified",
        Recorded,
        "icechunk#1991",
        "A 304 carries the checksum of the object.",
    ),
    row(
        "checksum.partial",
        Assumed,
        "",
        "A 206 carries no checksum; in February 2025 it did (cloudflare-docs#20014).",
    ),
    row("sse-c.triple", Recorded, WORKERS, "Key, MD5 and algorithm are checked in this order."),
    row("sse-c.read", Assumed, "", "Reading without the key is 400, with another key 403."),
    row("sse-c.plain", Local, "", "Objects under customer keys are not encrypted on the disk."),
    // Copies.
    row("copy.directives", Documented, EXTENSIONS, "COPY, REPLACE and MERGE."),
    row(
        "copy.destination",
        Documented,
        EXTENSIONS,
        "`cf-copy-destination-if-*` conditions are 412 when they fail.",
    ),
    row("copy.source-conditions", Recorded, WORKERS, "Source conditions that fail are 412."),
    row("copy.class", Assumed, "", "A copy is STANDARD unless the request says otherwise."),
    row("copy.etag", Assumed, "", "A copy has the ETag of its source."),
    row(
        "copy.limit",
        Recorded,
        "serverless-registry#69",
        "A source above 5 GiB less 5 MiB is refused.",
    ),
    // Multipart.
    row(
        "multipart.equal",
        Documented,
        UPLOADS,
        "All parts but the last are equal and the last is not larger; checked at completion.",
    ),
    row(
        "multipart.minimum",
        Documented,
        LIMITS,
        "5 MiB is the least for a part that is not the last.",
    ),
    row("multipart.order", Documented, NOTES, "Completion sorts the parts itself."),
    row(
        "multipart.duplicate",
        Recorded,
        WORKERS,
        "A part number listed twice is 500 InternalError.",
    ),
    row(
        "multipart.overwrite",
        Documented,
        UPLOADS,
        "A failed upload of a part takes the part that was there with it.",
    ),
    row(
        "multipart.condition",
        Documented,
        NOTES,
        "A condition that fails at completion destroys the upload.",
    ),
    row("multipart.abort", Documented, NOTES, "Abort succeeds for every upload that ever was."),
    row(
        "multipart.etag",
        Documented,
        UPLOADS,
        "The ETag is the MD5 of the parts' MD5s, a hyphen and their number.",
    ),
    row(
        "multipart.ids",
        Recorded,
        "opendal#2904",
        "Upload ids are about 340 characters and hold `+ / =`.",
    ),
    row("multipart.week", Documented, LIFECYCLE, "New buckets abort uploads after seven days."),
    // Listings.
    row(
        "list.max-keys",
        Recorded,
        WORKERS,
        "Fractions are floored, 0 is allowed, above 1,000 is clamped but echoed, anything else \
         is 400 InvalidMaxKeys.",
    ),
    row("list.parameters", Recorded, WORKERS, "An unknown parameter is 501 with its name."),
    row(
        "list.v1-marker",
        Documented,
        NOTES,
        "NextMarker is there whenever the listing is truncated.",
    ),
    row("list.encoding", Recorded, WORKERS, "encoding-type=url encodes `/` as well."),
    row("list.start-after", Recorded, WORKERS, "A token older than start-after loses to it."),
    row(
        "list.delete-quiet",
        Recorded,
        WORKERS,
        "DeleteObjects reads Quiet and lists everything all the same.",
    ),
    row("list.delete-count", Recorded, WORKERS, "0 keys or more than 1,000 are 400 MalformedXML."),
    // Buckets.
    row("bucket.names", Documented, CODES, "3 to 63 of a-z, 0-9 and hyphen."),
    row("bucket.conflict", Documented, CODES, "An existing name is 409 BucketConflict."),
    row("bucket.region", Documented, NOTES, "HeadBucket says `x-amz-bucket-region: auto`."),
    row(
        "bucket.search",
        Documented,
        EXTENSIONS,
        "ListBuckets takes prefix, start-after, continuation-token and max-keys, as parameters \
         or `cf-` headers.",
    ),
    row(
        "bucket.on-the-way",
        Documented,
        EXTENSIONS,
        "`cf-create-bucket-if-missing: true` makes the bucket of a write.",
    ),
    row(
        "bucket.cors",
        Documented,
        "Cloudflare: Configure CORS",
        "CORS rules answer preflights and mark responses to requests with an Origin.",
    ),
    row(
        "bucket.no-cors",
        Assumed,
        "",
        "GetBucketCors without rules is 404 NoSuchCORSConfiguration.",
    ),
    row(
        "bucket.lifecycle",
        Documented,
        LIFECYCLE,
        "Rules expire objects, move them to STANDARD_IA and abort uploads.",
    ),
    row("bucket.lifecycle-when", Local, "", "Rules act at their exact time; R2 takes up to a day."),
    row(
        "bucket.constants",
        Recorded,
        WORKERS,
        "Versioning is empty; tagging, object lock and replication are 404 with their own \
         codes.",
    ),
    // Pace.
    row(
        "pace.key",
        Documented,
        LIMITS,
        "One write a second to one key, above that 429; off unless switched on.",
    ),
    row(
        "pace.delete",
        Recorded,
        "opendal#2227",
        "DeleteObjects above 700 keys fails with 500; off unless switched on.",
    ),
    // Our own.
    row(
        "local.full",
        Local,
        "",
        "A full disk is 503 ServiceUnavailable, and nothing is half-written.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_complete() {
        let mut ids = HashSet::new();
        for row in SEMANTICS {
            assert!(ids.insert(row.id), "{} stands twice", row.id);
            assert!(row.id.contains('.') && !row.id.contains(' '), "{}", row.id);
            let end = row.sentence.trim_end_matches('`');
            assert!(end.ends_with(['.', ')']), "{}: {}", row.id, row.sentence);
            let known = matches!(row.provenance, Documented | Recorded);
            assert_eq!(known, !row.source.is_empty(), "{}", row.id);
        }
    }
}
