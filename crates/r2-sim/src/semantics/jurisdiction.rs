//! Jurisdictions.

use super::behaviour::Provenance::{Assumed, Documented};
use super::behaviour::{Behaviour, row};
use super::sources::PLACES;

pub(super) const ROWS: &[Behaviour] = &[
    row(
        "jurisdiction.namespace",
        Documented,
        PLACES,
        "eu, fedramp and us are namespaces of their own beside the default one; a bucket stays in \
         the one it was made in.",
    ),
    row(
        "jurisdiction.host",
        Documented,
        PLACES,
        "The host chooses: `<account>.<jurisdiction>.<domain>`, here also without the account.",
    ),
    row(
        "jurisdiction.missing",
        Assumed,
        "",
        "A bucket of another jurisdiction is 404 NoSuchBucket (seen in s3-rs#2).",
    ),
    row(
        "jurisdiction.scoped",
        Assumed,
        "",
        "To a key that is limited to buckets it is 403 AccessDenied (seen in sandbox-sdk#731).",
    ),
];
