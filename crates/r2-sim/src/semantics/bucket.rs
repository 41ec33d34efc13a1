//! Buckets and their settings.

use super::behaviour::Provenance::{Assumed, Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, CODES, CORS, EXTENSIONS, LIFECYCLE, NOTES, PLACES, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
    row("bucket.names", Documented, CODES, "3 to 63 of a-z, 0-9 and hyphen."),
    row(
        "bucket.location",
        Recorded,
        WORKERS,
        "GetBucketLocation is the hint in upper case, or auto; other parameters beside it are 400.",
    ),
    row(
        "bucket.first-place",
        Documented,
        PLACES,
        "A hint counts when a name is used first; a bucket made anew is where the first one was.",
    ),
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
    row("cors.absent", Assumed, "", "GetBucketCors without rules is 404 NoSuchCORSConfiguration."),
    row(
        "cors.schema",
        Documented,
        NOTES,
        "PutBucketCors refuses unknown elements, origins that are none, and empty AllowedHeaders: \
         400 MalformedXML.",
    ),
    row(
        "cors.origins",
        Recorded,
        "cloudflare-docs#32888",
        "An origin is `*`, or scheme, host and perhaps port; the host may hold one `*`, the port \
         may not.",
    ),
    row(
        "cors.methods",
        Recorded,
        "workerd#4280",
        "Methods are GET, PUT, POST, DELETE and HEAD; OPTIONS is 400 MalformedXML.",
    ),
    row("cors.age", Documented, CORS, "MaxAgeSeconds is at most 86,400."),
    row(
        "cors.preflight",
        Documented,
        CORS,
        "OPTIONS is answered without a signature, from the first rule that fits origin, method and \
         headers.",
    ),
    row(
        "cors.preflight-refused",
        Recorded,
        "notes of users of R2",
        "A preflight that no rule fits, or for a bucket that is not there, is 403 Unauthorized \
         `CORS not configured for this bucket`.",
    ),
    row(
        "cors.headers",
        Documented,
        NOTES,
        "AllowedHeaders are compared without regard to case, and may hold a `*`.",
    ),
    row(
        "cors.marks",
        Documented,
        CORS,
        "Answers to requests with an Origin that fits are marked, errors too; without Origin there \
         are no CORS headers.",
    ),
    row("cors.origin", Assumed, "", "OPTIONS without an Origin is 400 BadRequest, as on AWS."),
    row(
        "cors.expose",
        Documented,
        CORS,
        "Headers are exposed only when the rule lists them, and not on a preflight.",
    ),
    row("cors.vary", Assumed, "", "What depends on the origin says so in Vary."),
    row(
        "cors.at-once",
        Local,
        "",
        "A change of rules holds at once; on R2 it takes up to 30 seconds.",
    ),
    row(
        "lifecycle.actions",
        Documented,
        LIFECYCLE,
        "Rules expire objects, move them to STANDARD_IA and abort uploads.",
    ),
    row(
        "lifecycle.status",
        Recorded,
        "cloudflare-docs#8102",
        "A rule without Status is 400 MalformedXML.",
    ),
    row(
        "lifecycle.id",
        Recorded,
        "livewire#10738",
        "A rule without ID is 400 MalformedXML where the switch says so; otherwise one is made up, \
         as by AWS.",
    ),
    row(
        "lifecycle.prefix",
        Documented,
        LIFECYCLE,
        "A rule is about a prefix, or about everything.",
    ),
    row(
        "lifecycle.filters",
        Assumed,
        "",
        "Filters by tag, size or And, and actions on versions, are 400 MalformedXML.",
    ),
    row("lifecycle.count", Documented, LIFECYCLE, "A bucket has at most 1,000 rules."),
    row(
        "lifecycle.replace",
        Documented,
        LIFECYCLE,
        "PutBucketLifecycleConfiguration replaces all rules.",
    ),
    row(
        "lifecycle.settled",
        Assumed,
        "",
        "What rules have done stays done when they are replaced or removed.",
    ),
    row(
        "lifecycle.default",
        Documented,
        LIFECYCLE,
        "A new bucket has one rule, which aborts uploads after seven days; its id, `Default \
         Multipart Abort Rule`, is assumed.",
    ),
    row(
        "lifecycle.absent",
        Assumed,
        "",
        "Without rules GetBucketLifecycleConfiguration is 404 NoSuchLifecycleConfiguration.",
    ),
    row(
        "lifecycle.expiration",
        Documented,
        LIFECYCLE,
        "`x-amz-expiration` names the day and the rule for objects that will expire.",
    ),
    row(
        "lifecycle.expire-wins",
        Documented,
        LIFECYCLE,
        "Of an expiry and a transition within 24 hours only the expiry happens.",
    ),
    row(
        "lifecycle.no-way-back",
        Documented,
        LIFECYCLE,
        "Nothing moves an object back to STANDARD; such a rule is 400 MalformedXML.",
    ),
    row(
        "lifecycle.rules",
        Assumed,
        "",
        "An id that is used twice or too long, zero days, and a date that is not midnight are 400 \
         InvalidArgument, as on AWS; a rule without an id gets one.",
    ),
    row("lifecycle.when", Local, "", "Rules act at their exact time; R2 takes up to a day."),
    row(
        "bucket.constants",
        Recorded,
        WORKERS,
        "Versioning is empty; tagging, object lock and replication are 404 with their own \
         codes.",
    ),
    row(
        "bucket.full",
        Documented,
        CODES,
        "A bucket with objects is 409 BucketNotEmpty when it is deleted.",
    ),
    row("bucket.deleted", Assumed, "", "Deleting a bucket is 204; unfinished uploads go with it."),
    row("bucket.made", Documented, NOTES, "CreateBucket answers with a Location header."),
    row("bucket.missing", Recorded, WORKERS, "A bucket that is not there is 404 NoSuchBucket."),
    row(
        "bucket.owner",
        Documented,
        "Cloudflare: AWS CLI example",
        "Id and name of every owner are the account's id.",
    ),
    row(
        "bucket.search-headers",
        Documented,
        EXTENSIONS,
        "Of a parameter and a header of a search the header wins.",
    ),
    row(
        "bucket.search-parameters",
        Recorded,
        WORKERS,
        "Other parameters of ListBuckets are 501 with their name.",
    ),
    row(
        "bucket.encryption",
        Documented,
        API,
        "GetBucketEncryption is always AES256 with a bucket key.",
    ),
    row(
        "bucket.encryption-put",
        Assumed,
        "",
        "PutBucketEncryption takes AES256 and changes nothing.",
    ),
    row(
        "bucket.acl",
        Documented,
        NOTES,
        "GetBucketAcl names the account as owner with all rights.",
    ),
];
