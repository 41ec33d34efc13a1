//! Buckets and their settings.

use super::behaviour::Provenance::{Assumed, Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{CODES, EXTENSIONS, LIFECYCLE, NOTES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
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
];
