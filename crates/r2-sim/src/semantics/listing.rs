//! Listings, and deleting many.

use super::behaviour::Provenance::{Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, NOTES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
    row(
        "list.max-keys",
        Recorded,
        WORKERS,
        "Fractions are floored, 0 is allowed, above 1,000 is clamped but echoed, anything else \
         is 400 InvalidMaxKeys.",
    ),
    row(
        "list.form",
        Recorded,
        WORKERS,
        "Elements stand in R2's own order; KeyCount counts keys and groups; version 1 has none.",
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
    row("list.delete-blanks", Documented, NOTES, "Blanks of keys are kept in a batch delete."),
    row("list.delete-count", Recorded, WORKERS, "0 keys or more than 1,000 are 400 MalformedXML."),
    row(
        "list.v1-token",
        Recorded,
        WORKERS,
        "`continuation-token` on version 1 is 400 InvalidArgument.",
    ),
    row(
        "list.encoding-type",
        Recorded,
        WORKERS,
        "An encoding-type other than url is 501 `Unrecognized encoding-type`.",
    ),
    row(
        "list.groups",
        Recorded,
        WORKERS,
        "Keys with the delimiter are one entry a group, which counts toward the page.",
    ),
    row("list.class", Recorded, WORKERS, "Every entry has its class and its ETag with quotes."),
    row("list.owner", Documented, API, "Version 2 names owners when `fetch-owner` asks for them."),
    row(
        "list.delete-missing",
        Recorded,
        WORKERS,
        "Keys that are not there count as deleted in a batch.",
    ),
    row(
        "list.delete-md5",
        Recorded,
        WORKERS,
        "A Content-MD5 of a batch delete is checked, and not required.",
    ),
];
