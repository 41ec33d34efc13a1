//! Reading, writing and copying objects: conditions, ranges, checksums, keys of customers.

use super::behaviour::Provenance::{Assumed, Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, EXTENSIONS, NOTES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
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
    row("condition.empty", Recorded, WORKERS, "An empty condition is none."),
    row(
        "condition.garbage-date",
        Recorded,
        WORKERS,
        "A date that is none stands for 1970, so that a write that it guards does not happen.",
    ),
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
         own part 1. A number behind the last part is 400 InvalidPart.",
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
        "A 206 carries the checksum only if the range is the whole object, whose bytes it fits; \
         in February 2025 it always did (cloudflare-docs#20014).",
    ),
    row(
        "checksum.md5",
        Recorded,
        WORKERS,
        "A Content-MD5 that is none, padded or not, is 400 InvalidDigest.",
    ),
    row(
        "checksum.mode",
        Assumed,
        "",
        "GET and HEAD show a checksum to requests with `x-amz-checksum-mode: ENABLED`, as on AWS.",
    ),
    row("sse-c.triple", Recorded, WORKERS, "Key, MD5 and algorithm are checked in this order."),
    row(
        "sse-c.read",
        Assumed,
        "",
        "Without the key, or with another one, an object is 400 InvalidRequest.",
    ),
    row(
        "sse-c.one-kind",
        Assumed,
        "",
        "A key of the customer's and `x-amz-server-side-encryption` in one write are 400 \
         InvalidArgument.",
    ),
    row(
        "sse-c.etag",
        Assumed,
        "",
        "The ETag of an object under a customer's key is the MD5 of its plain bytes.",
    ),
    row(
        "sse-c.parts",
        Assumed,
        "",
        "Each part of an upload brings the key that the upload began with; completion may.",
    ),
    row(
        "sse-c.sealed",
        Local,
        "",
        "Bytes under a customer's key are encrypted in memory and in the folder; the key is kept \
         nowhere.",
    ),
    row(
        "sse-c.damage",
        Local,
        "",
        "Encrypted bytes that changed in the folder end the body of a read early, before any wrong \
         byte.",
    ),
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
    row(
        "condition.read-failed",
        Recorded,
        WORKERS,
        "If-Match and If-Unmodified-Since that fail on GET and HEAD are 412.",
    ),
    row(
        "condition.not-modified",
        Recorded,
        WORKERS,
        "If-None-Match and If-Modified-Since that fail on GET and HEAD are 304 with the \
         headers of the object.",
    ),
    row(
        "condition.strength",
        Recorded,
        WORKERS,
        "If-Match compares strongly, If-None-Match weakly.",
    ),
    row(
        "condition.create-only",
        Recorded,
        WORKERS,
        "`If-None-Match: *` holds for a missing key only.",
    ),
    row(
        "range.clamped",
        Recorded,
        WORKERS,
        "An end past the object, and a suffix longer than it, are cut to what is there.",
    ),
    row("object.delete", Recorded, WORKERS, "DELETE is 204 also for a key that is not there."),
    row(
        "checksum.md5-words",
        Recorded,
        WORKERS,
        "A wrong Content-MD5 is told with both values in hexadecimal.",
    ),
    row(
        "checksum.stored",
        Documented,
        API,
        "A checksum that was checked is kept and shown with the object.",
    ),
    row(
        "checksum.full-crc32",
        Recorded,
        "bitplatform#13363",
        "CRC32 of the whole is refused for uploads in parts; that it is 501 is assumed.",
    ),
    row(
        "sse-c.plain",
        Recorded,
        WORKERS,
        "A customer's key on an object without one is 400 InvalidRequest.",
    ),
    row("copy.itself", Documented, API, "An object may be copied onto itself."),
    row(
        "copy.source-form",
        Recorded,
        WORKERS,
        "The source is decoded once, with or without a slash before it; otherwise 400 \
         InvalidArgument `copy source bucket name`.",
    ),
    row(
        "copy.directive-unknown",
        Recorded,
        WORKERS,
        "Another directive is 400 InvalidArgument `metadata directive <x>.`",
    ),
];
