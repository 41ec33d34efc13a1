//! All rows in one table.

use super::behaviour::{Behaviour, row};
use super::{
    access, answer, bucket, jurisdiction, listing, local, lock, multipart, object, public, request,
};
use crate::semantics::Provenance;

const AREAS: [&[Behaviour]; 11] = [
    access::ROWS,
    request::ROWS,
    answer::ROWS,
    object::ROWS,
    multipart::ROWS,
    listing::ROWS,
    bucket::ROWS,
    public::ROWS,
    jurisdiction::ROWS,
    lock::ROWS,
    local::ROWS,
];

const COUNT: usize = {
    let (mut count, mut area) = (0, 0);
    while area < AREAS.len() {
        count += AREAS[area].len();
        area += 1;
    }
    count
};

/// Every behaviour that this emulator is meant to share with R2, and the few that are its own.
///
/// ```
/// use r2_sim::{Provenance, SEMANTICS};
///
/// let row = SEMANTICS.iter().find(|row| row.id == "condition.missing-key").unwrap();
/// assert_eq!(row.provenance, Provenance::Recorded);
/// ```
pub const SEMANTICS: &[Behaviour] = &joined();

const fn joined() -> [Behaviour; COUNT] {
    let mut all = [row("", Provenance::Local, "", ""); COUNT];
    let (mut next, mut area) = (0, 0);
    while area < AREAS.len() {
        let mut index = 0;
        while index < AREAS[area].len() {
            all[next] = AREAS[area][index];
            next += 1;
            index += 1;
        }
        area += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_complete() {
        let mut ids = HashSet::new();
        for row in SEMANTICS {
            assert!(ids.insert(row.id), "{} stands twice", row.id);
            assert!(row.id.contains('.') && !row.id.contains(' '), "{}", row.id);
            let end = row.sentence.trim_end_matches('`');
            assert!(end.ends_with(['.', ')']), "{}: {}", row.id, row.sentence);
            let known = matches!(row.provenance, Provenance::Documented | Provenance::Recorded);
            assert_eq!(known, !row.source.is_empty(), "{}", row.id);
            let recorded = row.provenance == Provenance::Recorded;
            let message = "add the month of its issue to semantics/sources.rs";
            assert_eq!(recorded, row.recorded_on().is_some(), "{}: {message}", row.id);
        }
    }
}
