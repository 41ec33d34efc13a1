//! Uploads in parts.

use super::behaviour::Provenance::{Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{LIFECYCLE, LIMITS, NOTES, UPLOADS, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
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
        "A part number listed twice is 400 InvalidPart `There was a problem with the multipart \
         upload.`, one outside 1 to 10,000 a part that is not there.",
    ),
    row(
        "multipart.number",
        Recorded,
        WORKERS,
        "A part number that is no integer is no route, one outside 1 to 10,000 is 400.",
    ),
    row(
        "multipart.copy-range",
        Recorded,
        WORKERS,
        "x-amz-copy-source-range takes `bytes=first-last` only; its two errors name the header.",
    ),
    row(
        "multipart.location",
        Recorded,
        WORKERS,
        "Location of a completed upload has the key percent-encoded, `/` included.",
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
        "Upload ids are 340 characters and hold `+` and `/`; R2's end in `=` as well.",
    ),
    row(
        "multipart.raw-ids",
        Recorded,
        "s3fs-fuse#2095, rust-s3#302",
        "An upload id that is not encoded works for those who sign its `+` as itself; signed as a \
         blank it is 404 NoSuchUpload.",
    ),
    row("multipart.week", Documented, LIFECYCLE, "New buckets abort uploads after seven days."),
    row("multipart.part-etag", Documented, UPLOADS, "The ETag of a part is its MD5."),
    row(
        "multipart.largest",
        Documented,
        LIMITS,
        "10,000 parts, and 5 TiB less 5 GiB for the object.",
    ),
    row("multipart.empty-part", Documented, NOTES, "A part may be empty."),
    row("multipart.quotes", Documented, NOTES, "ETags of a completion may have quotes or none."),
    row(
        "multipart.missing-part",
        Recorded,
        WORKERS,
        "A part that is not there, or has another ETag, is 400 InvalidPart.",
    ),
    row(
        "multipart.unlisted",
        Recorded,
        WORKERS,
        "Parts that the completion does not list are dropped; numbers may be skipped.",
    ),
    row(
        "multipart.over",
        Recorded,
        WORKERS,
        "After completion or abort an upload is 404 NoSuchUpload.",
    ),
    row(
        "multipart.create-condition",
        Documented,
        NOTES,
        "Conditions may be given when an upload begins: 412 when they fail.",
    ),
    row(
        "multipart.hidden",
        Documented,
        UPLOADS,
        "What is uploaded in parts is no object before its completion.",
    ),
];
