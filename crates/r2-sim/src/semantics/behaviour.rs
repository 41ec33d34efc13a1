//! One behaviour, and how it is known.

use std::fmt;

use super::sources::recorded_on;

/// How a behaviour is known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Provenance {
    /// A page or release note of Cloudflare's says so.
    Documented,
    /// Captured from R2, by Cloudflare's own local R2 (workers-sdk) or by users.
    Recorded,
    /// Nobody has said; chosen from what is likely, usually what AWS does.
    Assumed,
    /// Not of R2: this emulator has a disk and a switchboard, R2 does not show its own.
    Local,
}

impl Provenance {
    /// Every kind, the best known first.
    pub const ALL: [Provenance; 4] =
        [Provenance::Documented, Provenance::Recorded, Provenance::Assumed, Provenance::Local];

    /// The kind in one lower-case word, as pages and reports show it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Provenance::Documented => "documented",
            Provenance::Recorded => "recorded",
            Provenance::Assumed => "assumed",
            Provenance::Local => "local",
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One behaviour.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Behaviour {
    /// A name that stays: `area.what`.
    pub id: &'static str,
    /// What happens.
    pub sentence: &'static str,
    /// How it is known.
    pub provenance: Provenance,
    /// From where; empty where it is assumed.
    pub source: &'static str,
}

impl Behaviour {
    /// The first half of the id: `condition` of `condition.missing-key`.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }

    /// When R2 was seen to behave so, as `2026-06-11`, `2023-08` or `2023`; `None` for what was not
    /// recorded.
    ///
    /// ```
    /// use r2_sim::SEMANTICS;
    ///
    /// let row = SEMANTICS.iter().find(|row| row.id == "auth.first").unwrap();
    /// assert_eq!(row.recorded_on(), Some("2026-06-11"));
    /// ```
    #[must_use]
    pub fn recorded_on(&self) -> Option<&'static str> {
        match self.provenance {
            Provenance::Recorded => recorded_on(self.source),
            _ => None,
        }
    }
}

pub(super) const fn row(
    id: &'static str,
    provenance: Provenance,
    source: &'static str,
    sentence: &'static str,
) -> Behaviour {
    Behaviour { id, sentence, provenance, source }
}
