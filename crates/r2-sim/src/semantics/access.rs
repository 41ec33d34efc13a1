//! Who asks: signatures, presigned URLs, tokens.

use super::behaviour::Provenance::{Assumed, Documented, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{API, CODES, PRESIGNED, TOKENS, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
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
    row(
        "auth.no-host",
        Recorded,
        WORKERS,
        "A signature that does not cover `host`, or covers no header, is 401 Unauthorized.",
    ),
    row(
        "auth.unsigned-headers",
        Assumed,
        "",
        "An unsigned `x-amz-` header that changes what is read or written (`x-amz-copy-source`, \
         `x-amz-meta-*`, `x-amz-acl` and the like) is 403 AccessDenied, as on AWS.",
    ),
    row(
        "auth.payload-unknown",
        Assumed,
        "",
        "A value of `x-amz-content-sha256` that means nothing is 400 XAmzContentSHA256Mismatch.",
    ),
    row(
        "auth.payload-everywhere",
        Recorded,
        WORKERS,
        "The signed hash is compared on every operation, also on those without a body.",
    ),
    row(
        "auth.chunks",
        Assumed,
        "",
        "Chunked bodies end lines with CR LF, say their decoded length (else 411 \
         MissingContentLength), and have the trailer that `x-amz-trailer` announces (else 400 \
         MalformedTrailerError).",
    ),
    row(
        "auth.no-length",
        Documented,
        CODES,
        "A body without Content-Length is 411 MissingContentLength, and so is an object without \
         a body and without a length; chunks with a decoded length need none.",
    ),
    row(
        "auth.presign-date",
        Recorded,
        WORKERS,
        "A presigned date that cannot be read is 400 `Date provided in X-Amz-Date (...) didn't \
         parse successfully`.",
    ),
    row(
        "auth.presign-future",
        Assumed,
        "",
        "A presigned URL dated more than 15 minutes ahead is 403 `Request is not valid yet`.",
    ),
    row(
        "auth.presign-headers",
        Recorded,
        "petdex#465, PicImpact#363",
        "`x-amz-` parameters of a presigned URL count as headers, where there is no such header.",
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
        "auth.edge-headers",
        Recorded,
        "s3cmd#1332, amazonka#975",
        "`expect` and `cf-ray` end at the edge: a signature over them fails.",
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
    row(
        "auth.hash-missing",
        Recorded,
        WORKERS,
        "Without `x-amz-content-sha256`: 400 InvalidRequest `Missing x-amz-content-sha256`.",
    ),
    row(
        "auth.date-missing",
        Recorded,
        WORKERS,
        "Without a date: 400 InvalidArgument `No date provided in x-amz-date nor date \
         header`.",
    ),
    row(
        "auth.date-form",
        Recorded,
        WORKERS,
        "A date that is not `YYYYMMDDTHHMMSSZ` is 400 InvalidArgument with the value and the \
         header, also the form of RFC 1123.",
    ),
    row(
        "auth.algorithm",
        Recorded,
        WORKERS,
        "Another algorithm, or a field missing: 400 InvalidRequest `Please use \
         AWS4-HMAC-SHA256`.",
    ),
    row(
        "auth.credential-parts",
        Recorded,
        WORKERS,
        "A credential of fewer than five parts is 400 InvalidArgument with their number.",
    ),
    row(
        "auth.key-length",
        Recorded,
        "loki#9224",
        "An access key id that is not 32 characters long is 400 InvalidArgument with its \
         length.",
    ),
    row(
        "auth.service",
        Recorded,
        WORKERS,
        "Another service or terminator in the credential is 400 InvalidArgument with its \
         name.",
    ),
    row(
        "auth.day",
        Recorded,
        WORKERS,
        "A credential of another day than the request is 400 InvalidArgument with both.",
    ),
    row(
        "auth.slashes",
        Recorded,
        WORKERS,
        "What stands before the last four parts of a credential is the key id, slashes \
         included.",
    ),
    row("auth.path", Recorded, WORKERS, "The path is signed as it is sent, encoded once."),
    row(
        "auth.query",
        Recorded,
        WORKERS,
        "The query is signed decoded and encoded anew by RFC 3986, sorted.",
    ),
    row(
        "auth.region-alias",
        Documented,
        API,
        "The regions `us-east-1` and the empty one stand for `auto`, in signatures and in \
         LocationConstraint.",
    ),
    row(
        "auth.presign-any",
        Documented,
        PRESIGNED,
        "Any operation can be presigned, and used until its time is over.",
    ),
    row(
        "auth.presign-number",
        Recorded,
        WORKERS,
        "An X-Amz-Expires that is no number, or above 604,800, is 400 InvalidArgument in R2's \
         words.",
    ),
    row("auth.presign-body", Recorded, WORKERS, "The body of a presigned request is not signed."),
    row(
        "auth.temporary-parent",
        Documented,
        "Cloudflare: Temporary credentials",
        "Temporary credentials may never do more than their parent; what is out of scope is \
         403 AccessDenied.",
    ),
    row(
        "auth.on-the-way",
        Assumed,
        "",
        "Making a bucket on the way of a write needs the right to make buckets.",
    ),
];
