//! What is said of a request that the cassette does not answer.

use std::fmt;

use r2_transport::{ErrorKind, TransportError};

use crate::cassette::{Ask, Recorded, difference};

/// Differences that are told; more would hide the first ones.
const DIFFERENCES_MAX: usize = 8;

/// A request without an answer, and the recorded one that is most like it.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    asked: String,
    nearest: Option<Nearest>,
}

#[derive(Clone, Debug)]
struct Nearest {
    /// From 1, as they stand in the file.
    number: usize,
    recorded: String,
    differences: Vec<String>,
}

impl Miss {
    /// Compares with every exchange; `is_played` tells which are used up.
    pub(super) fn of(ask: &Ask, exchanges: &[Recorded], is_played: &[bool]) -> Miss {
        let scored = exchanges.iter().zip(is_played).enumerate().map(|(index, (one, played))| {
            // Of two that are equally like it the first one that is still to come, then the first.
            let score = (likeness(ask, &one.ask), u8::from(!played));
            (score, std::cmp::Reverse(index))
        });
        let Some((_, std::cmp::Reverse(index))) = scored.max() else {
            return Miss { asked: ask.to_string(), nearest: None };
        };
        let mut differences = difference(ask, &exchanges[index].ask);
        if differences.is_empty() {
            let why = if is_played[index] {
                "it was played already, and there is no other like it"
            } else {
                "it comes later: others of this operation and key were recorded before it"
            };
            differences.push(why.to_owned());
        }
        Miss::at(ask, index, &exchanges[index], differences)
    }

    /// A miss whose nearest exchange is known.
    pub(super) fn at(
        ask: &Ask,
        index: usize,
        recorded: &Recorded,
        mut differences: Vec<String>,
    ) -> Miss {
        let more = differences.len().saturating_sub(DIFFERENCES_MAX);
        differences.truncate(DIFFERENCES_MAX);
        if more > 0 {
            differences.push(format!("{more} more differences"));
        }
        let (number, recorded) = (index + 1, recorded.ask.to_string());
        Miss { asked: ask.to_string(), nearest: Some(Nearest { number, recorded, differences }) }
    }

    /// The same as what a client gets. The request was not sent, and sending it again is of no use.
    pub(super) fn into_error(self) -> TransportError {
        let at = format!("{}, which is not on the cassette", self.asked);
        TransportError::new(ErrorKind::InvalidRequest, self).at(at)
    }
}

/// How much two requests have in common; operation, key and bucket weigh more than the rest.
fn likeness(one: &Ask, other: &Ask) -> u32 {
    let (here, there) = (&one.named, &other.named);
    let same = [
        (here.operation == there.operation, 8),
        (here.key == there.key, 8),
        (here.bucket == there.bucket, 4),
        (one.method == other.method, 2),
    ];
    let names: u32 = same.iter().filter(|(same, _)| *same).map(|(_, weight)| weight).sum();
    let begin = here.key.bytes().zip(there.key.bytes()).take_while(|(a, b)| a == b).count();
    let near_key = u32::from(begin > 0 && begin * 2 >= here.key.len()) * 3;
    let differences = u32::try_from(difference(one, other).len()).unwrap_or(u32::MAX);
    (names + near_key) * 16 + 15_u32.saturating_sub(differences)
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Miss { asked, nearest } = self;
        match nearest {
            None => write!(f, "nothing is recorded for {asked}: the cassette is empty"),
            Some(Nearest { number, recorded, differences }) => {
                let differences = differences.join("; ");
                write!(f, "no answer to {asked}: nearest is exchange {number}, {recorded}: ")?;
                f.write_str(&differences)
            }
        }
    }
}

impl std::error::Error for Miss {}
