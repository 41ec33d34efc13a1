//! Two listings in order become one list of things to decide.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::path::Path;

use super::compare::Direction;
use super::entry::{Entry, Found, Side, SkipReason, Skipped};
use super::listing::Listing;
use super::name::{Ancestors, KeyIdentity, local_path};
use crate::error::Error;
use r2_objects::ObjectKey;

/// One thing to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Left alone.
    Skip(Skipped),
    /// Perhaps to be sent: the source has it, and the destination may.
    Pair { source: Entry, destination: Option<Entry> },
    /// Only the destination has it.
    Extra(Entry),
}

/// Why the merge ended.
#[derive(Debug)]
pub(crate) enum MergeError {
    /// A listing is not in the order of names: nothing can be said of what it lacks.
    OutOfOrder(Side),
    Failed(Error),
}

impl From<Error> for MergeError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Walks through both listings at the same pace, by the identity of names.
#[derive(Debug)]
pub(crate) struct Merge {
    direction: Direction,
    /// What stands before names to make keys of the destination.
    destination_prefix: String,
    source: Reader,
    destination: Reader,
    /// Names of files that a download will make, which cannot be folders as well.
    files: Ancestors,
    steps: VecDeque<Step>,
}

/// One side, one item ahead.
#[derive(Debug)]
struct Reader {
    side: Side,
    identity: KeyIdentity,
    listing: Listing,
    head: Option<(String, Found)>,
    last: Option<(String, String)>,
    over: bool,
    /// Names that hide what is below them.
    hidden: Ancestors,
}

impl Merge {
    pub(crate) fn new(
        direction: Direction,
        identity: KeyIdentity,
        source: Listing,
        destination: Listing,
        destination_prefix: String,
    ) -> Self {
        Self {
            direction,
            destination_prefix,
            source: Reader::new(Side::Source, identity, source),
            destination: Reader::new(Side::Destination, identity, destination),
            files: Ancestors::default(),
            steps: VecDeque::new(),
        }
    }

    /// The next thing to decide, in order of names.
    pub(crate) async fn next(&mut self) -> Result<Option<Step>, MergeError> {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return Ok(Some(step));
            }
            self.source.fill(&mut self.steps).await?;
            self.destination.fill(&mut self.steps).await?;
            let order = match (&self.source.head, &self.destination.head) {
                (None, None) if self.steps.is_empty() => return Ok(None),
                (None, None) => continue,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((source, _)), Some((destination, _))) => source.cmp(destination),
            };
            let source = if order.is_le() { self.source.head.take() } else { None };
            let destination = if order.is_ge() { self.destination.head.take() } else { None };
            self.decide(source, destination);
        }
    }

    fn decide(&mut self, source: Option<(String, Found)>, destination: Option<(String, Found)>) {
        let destination = destination.map(|(id, found)| match found {
            Found::Entry(entry) => Ok(entry),
            Found::Hidden { reason, .. } | Found::Nameless { reason, .. } => {
                self.destination.hide(id, &reason);
                Err(reason)
            }
        });
        match (source, destination) {
            (Some((id, Found::Entry(source))), destination) => self.pair(&id, source, destination),
            (Some((id, Found::Hidden { name, reason } | Found::Nameless { name, reason })), _) => {
                self.source.hide(id, &reason);
                self.skip(Side::Source, name, reason);
            }
            (None, Some(Ok(extra))) => {
                let id = self.source.identity.of(&extra.name).into_owned();
                if self.source.hidden.covering(&id).is_none() {
                    self.steps.push_back(Step::Extra(extra));
                }
            }
            (None, Some(Err(_)) | None) => {}
        }
    }

    fn pair(&mut self, id: &str, source: Entry, destination: Option<Result<Entry, SkipReason>>) {
        let destination = match destination {
            Some(Err(reason)) => {
                return self.skip(
                    Side::Source,
                    source.name,
                    SkipReason::Blocked(reason.to_string()),
                );
            }
            Some(Ok(entry)) => Some(entry),
            None => None,
        };
        if let Some(folder) = self.destination.hidden.covering(id) {
            let what = format!("{folder:?} was not looked into");
            return self.skip(Side::Source, source.name, SkipReason::Blocked(what));
        }
        if let Err(reason) = self.destination_takes(id, &source.name, destination.is_some()) {
            return self.skip(Side::Source, source.name, reason);
        }
        self.steps.push_back(Step::Pair { source, destination });
    }

    fn destination_takes(
        &mut self,
        id: &str,
        name: &str,
        is_there: bool,
    ) -> Result<(), SkipReason> {
        if self.direction != Direction::Download {
            let key = format!("{}{name}", self.destination_prefix);
            return ObjectKey::new(key).map(|_| ()).map_err(|_| SkipReason::KeyTooLong);
        }
        if !is_there {
            local_path(Path::new(""), name).map_err(SkipReason::UnsafeName)?;
        }
        if let Some(file) = self.files.covering(id) {
            return Err(SkipReason::UnderFile(file.to_owned()));
        }
        self.files.push(id.to_owned());
        Ok(())
    }

    fn skip(&mut self, side: Side, name: String, reason: SkipReason) {
        self.steps.push_back(Step::Skip(Skipped { side, name, reason }));
    }
}

impl Reader {
    fn new(side: Side, identity: KeyIdentity, listing: Listing) -> Self {
        let hidden = Ancestors::default();
        Self { side, identity, listing, head: None, last: None, over: false, hidden }
    }

    /// Reads on until there is a head, or nothing more.
    async fn fill(&mut self, steps: &mut VecDeque<Step>) -> Result<(), MergeError> {
        while self.head.is_none() && !self.over {
            let Some(found) = self.listing.next().await? else {
                self.over = true;
                return Ok(());
            };
            if let Found::Nameless { name, reason } = found {
                steps.push_back(Step::Skip(Skipped { side: self.side, name, reason }));
                continue;
            }
            let id = self.identity.of(found.name()).into_owned();
            let name = found.name().to_owned();
            match &self.last {
                Some((last, _)) if id < *last => return Err(MergeError::OutOfOrder(self.side)),
                Some((last, twin)) if id == *last => {
                    let reason = SkipReason::SameName(twin.clone());
                    steps.push_back(Step::Skip(Skipped { side: self.side, name, reason }));
                }
                Some(_) | None => {
                    self.last = Some((id.clone(), name));
                    self.head = Some((id, found));
                }
            }
        }
        Ok(())
    }

    fn hide(&mut self, id: String, reason: &SkipReason) {
        if reason.covers_below() {
            self.hidden.push(id);
        }
    }
}
