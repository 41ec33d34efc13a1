//! Public buckets.

use super::behaviour::Provenance::{Assumed, Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::{PUBLIC, WORKERS};

pub(super) const ROWS: &[Behaviour] = &[
    row(
        "public.keys",
        Documented,
        PUBLIC,
        "Anybody may GET and HEAD an object whose key is known; there are no listings.",
    ),
    row("public.errors", Documented, PUBLIC, "Errors are pages of HTML."),
    row(
        "public.headers",
        Documented,
        PUBLIC,
        "Custom metadata is not shown; that the other `x-amz-` headers are not either is assumed.",
    ),
    row("public.writes", Recorded, WORKERS, "Other methods are 401, whoever signs them."),
    row(
        "public.conditions",
        Recorded,
        WORKERS,
        "Conditions and ranges are those of GetObject; 400, 412 and 416 have no body.",
    ),
    row("public.parameters", Assumed, "", "Parameters of the query mean nothing."),
    row(
        "public.cors",
        Documented,
        "Cloudflare: Configure CORS",
        "The CORS rules of the bucket decide; at the path for local development all pages may \
         read (workers-sdk).",
    ),
    row(
        "public.crowd",
        Documented,
        PUBLIC,
        "`r2.dev` answers 429 above some hundred requests a second; off unless switched on.",
    ),
    row(
        "public.encoding",
        Local,
        "",
        "Bytes are sent as stored, with their Content-Encoding; Cloudflare's edge decompresses for \
         clients that do not accept it. Nothing is cached.",
    ),
];
