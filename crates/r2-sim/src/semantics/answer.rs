//! What answers look like, and what is kept of a key and its metadata.

use super::behaviour::Provenance::{Assumed, Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{EXTENSIONS, LIMITS, NOTES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
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
    row(
        "key.unreadable",
        Assumed,
        "",
        "A key with a broken escape, a NUL or bytes that are not UTF-8 is 400 InvalidObjectName.",
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
];
