//! What answers look like, and what is kept of a key and its metadata.

use super::behaviour::Provenance::{Assumed, Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, EXTENSIONS, LIMITS, NOTES, WORKERS};

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
        "answer.stalled",
        Assumed,
        "",
        "A body that stops coming is 400 RequestTimeout after a while, and the connection ends.",
    ),
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
    row(
        "answer.escapes",
        Recorded,
        "opendal#2904, vector#23029",
        "Apostrophes and quotes in error documents are escaped.",
    ),
    row(
        "answer.edge",
        Recorded,
        "rclone#8137",
        "Responses carry `server: cloudflare`, objects `accept-ranges` and `vary: \
         Accept-Encoding`.",
    ),
    row(
        "answer.namespace",
        Recorded,
        WORKERS,
        "Documents of success have the namespace of 2006-03-01.",
    ),
    row(
        "answer.continue",
        Local,
        "",
        "`expect: 100-continue` is answered; R2's edge does not do so.",
    ),
    row(
        "body.length",
        Recorded,
        "home-assistant#176761",
        "A body of another length than announced is 400 IncompleteBody.",
    ),
    row(
        "body.largest",
        Documented,
        LIMITS,
        "One PUT, one part and one copied part have at most 5 GiB less 5 MiB: 400 \
         EntityTooLarge.",
    ),
    row(
        "key.exact",
        Documented,
        API,
        "Keys are taken to the letter: no path is cleaned up, a percent is decoded once.",
    ),
    row(
        "store.consistent",
        Documented,
        "Cloudflare: R2 consistency model",
        "What was written, overwritten or deleted is seen so by the next read and the next \
         listing.",
    ),
    row(
        "store.last-writer",
        Documented,
        "Cloudflare: R2 consistency model",
        "Of several writers the one that ends last wins.",
    ),
    row("metadata.too-large", Recorded, WORKERS, "More is 400 MetadataTooLarge."),
];
