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
            let found = match self.listing.next().await {
                Err(_) if self.listing.lost_order() => {
                    return Err(MergeError::OutOfOrder(self.side));
                }
                found => found?,
            };
            let Some(found) = found else {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::SystemTime;

    use proptest::prelude::*;

    use super::*;

    /// `name` is an entry, `name?` a hidden link, `name/?` a hidden folder, `name#` a marker.
    fn listing(text: &str) -> Listing {
        let found = |word: &str| {
            if let Some(name) = word.strip_suffix('?') {
                return Found::Hidden { name: name.to_owned(), reason: SkipReason::Symlink };
            }
            if let Some(name) = word.strip_suffix('#') {
                return Found::Hidden { name: name.to_owned(), reason: SkipReason::FolderMarker };
            }
            Found::Entry(entry(word))
        };
        Listing::Ready(text.split_whitespace().map(found).collect())
    }

    fn entry(name: &str) -> Entry {
        Entry {
            name: name.to_owned(),
            bytes: 1,
            modified: SystemTime::UNIX_EPOCH.into(),
            etag: None,
            infrequent: false,
        }
    }

    async fn merged(
        direction: Direction,
        source: Listing,
        destination: Listing,
    ) -> Result<Vec<String>, MergeError> {
        let prefix = String::new();
        let mut merge = Merge::new(direction, KeyIdentity::Nfc, source, destination, prefix);
        let mut steps = Vec::new();
        while let Some(step) = merge.next().await? {
            steps.push(match step {
                Step::Skip(skipped) => format!("skip {}", skipped.name),
                Step::Pair { source, destination: None } => format!("new {}", source.name),
                Step::Pair { source, destination: Some(destination) } => {
                    format!("both {} {}", source.name, destination.name)
                }
                Step::Extra(extra) => format!("extra {}", extra.name),
            });
        }
        Ok(steps)
    }

    #[tokio::test]
    async fn each_name_is_decided_once() {
        use Direction::{Copy, Download, Upload};
        // (direction, source, destination, steps)
        let table: [(Direction, &str, &str, &[&str]); 12] = [
            (Upload, "", "", &[]),
            (Upload, "a c", "b c d", &["new a", "extra b", "both c c", "extra d"]),
            // One spelling on each side is one name; two on one side are a collision.
            (Upload, "e\u{301}", "\u{e9}", &["both e\u{301} \u{e9}"]),
            (Upload, "e\u{301} \u{e9}", "", &["new e\u{301}", "skip \u{e9}"]),
            // What the source hides keeps its counterpart, and what is below it.
            (Upload, "a? b", "a a/x a0", &["skip a", "extra a0", "new b"]),
            (Upload, "a/?", "a.b a/x a/y b", &["extra a.b", "skip a/", "extra b"]),
            (Upload, "a/#", "a/ a/x", &["skip a/", "extra a/x"]),
            // What the destination hides is not written over or into.
            (Download, "a a/x b", "a?", &["skip a", "skip a/x", "new b"]),
            (Download, "d/x e", "d/?", &["skip d/x", "new e"]),
            // A file cannot be a folder as well, and hostile names are no files.
            (Download, "a a.b a/x ab", "", &["new a", "new a.b", "skip a/x", "new ab"]),
            (Download, "../x /y a//b z", "", &["skip ../x", "skip /y", "skip a//b", "new z"]),
            (Copy, "../x a a/x a//b", "", &["new ../x", "new a", "new a//b", "new a/x"]),
        ];
        for (row, (direction, source, destination, expected)) in table.into_iter().enumerate() {
            let mut source: Vec<_> = source.split_whitespace().collect();
            let key =
                |word: &&str| KeyIdentity::Nfc.of(word.trim_end_matches(['?', '#'])).into_owned();
            source.sort_by_key(key);
            let steps = merged(direction, listing(&source.join(" ")), listing(destination)).await;
            assert_eq!(steps.unwrap(), expected, "row {row}");
        }
    }

    #[tokio::test]
    async fn a_listing_out_of_order_is_noticed() {
        let result = merged(Direction::Upload, listing("a b"), listing("b a")).await;
        assert!(matches!(result, Err(MergeError::OutOfOrder(Side::Destination))));
        let result = merged(Direction::Download, listing("b a"), listing("")).await;
        assert!(matches!(result, Err(MergeError::OutOfOrder(Side::Source))));
    }

    #[tokio::test]
    async fn keys_that_are_too_long_are_told() {
        let long = "x".repeat(1_025);
        let steps = merged(Direction::Upload, listing(&long), listing("")).await.unwrap();
        assert_eq!(steps, [format!("skip {long}")]);
    }

    proptest! {
        #[test]
        fn names_are_sorted_into_three_heaps(
            source in prop::collection::btree_set("[a-c]{1,2}", 0..12),
            destination in prop::collection::btree_set("[a-c]{1,2}", 0..12),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let words = |set: &BTreeSet<String>| {
                set.iter().cloned().collect::<Vec<_>>().join(" ")
            };
            let steps = runtime.block_on(merged(
                Direction::Upload,
                listing(&words(&source)),
                listing(&words(&destination)),
            ));
            let steps: BTreeSet<_> = steps.unwrap().into_iter().collect();
            let new = source.difference(&destination).map(|name| format!("new {name}"));
            let both = source.intersection(&destination).map(|n| format!("both {n} {n}"));
            let extra = destination.difference(&source).map(|name| format!("extra {name}"));
            prop_assert_eq!(steps, new.chain(both).chain(extra).collect());
        }
    }
}
