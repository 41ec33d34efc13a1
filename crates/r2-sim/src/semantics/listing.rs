//! Listings, and deleting many.

use super::behaviour::Provenance::{Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{NOTES, WORKERS};

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
];
