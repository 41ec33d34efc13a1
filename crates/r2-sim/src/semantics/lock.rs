//! Bucket locks.

use super::behaviour::Provenance::{Assumed, Documented};
use super::behaviour::{Behaviour, row};
use super::sources::{CODES, LOCKS};

pub(super) const ROWS: &[Behaviour] = &[
    row(
        "lock.writes",
        Documented,
        CODES,
        "Overwriting, copying onto, completing over or deleting a locked object is 403 \
         ObjectLockedByBucketPolicy, in a batch for its key alone; the words are assumed.",
    ),
    row("lock.new-keys", Documented, LOCKS, "Locks do not prevent new keys."),
    row("lock.longest", Documented, LOCKS, "Of several rules for a key the longest counts."),
    row(
        "lock.lifecycle",
        Documented,
        LOCKS,
        "A lifecycle rule deletes a locked object only when the lock has ended.",
    ),
    row("lock.conditions", Assumed, "", "A condition that fails is told before the lock."),
];
