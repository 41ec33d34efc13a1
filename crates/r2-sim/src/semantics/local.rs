//! Pace, and what is this emulator's own.

use super::behaviour::Provenance::{Documented, Local, Recorded};
use super::behaviour::{Behaviour, row};
use super::sources::LIMITS;

pub(super) const ROWS: &[Behaviour] = &[
    // Pace.
    row(
        "pace.key",
        Documented,
        LIMITS,
        "One write a second to one key, above that 429; off unless switched on.",
    ),
    row(
        "pace.parts",
        Recorded,
        "litestream#951",
        "Many parts of one upload at the same time fail with 500; off unless switched on.",
    ),
    row(
        "pace.delete",
        Recorded,
        "opendal#2227",
        "DeleteObjects above 700 keys fails with 500; off unless switched on.",
    ),
    // Our own.
    row(
        "local.full",
        Local,
        "",
        "A full disk is 507 InsufficientStorage, and nothing is half-written.",
    ),
];
