//! Puts a listing in order that does not come in order, in bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::path::PathBuf;

use super::entry::Found;
use super::listing::Listing;
use super::name::KeyIdentity;
use super::spool::{Position, Spool};
use crate::error::Error;

/// A listing in order: sorted runs that are merged as they are read.
pub(crate) struct Sorted {
    identity: KeyIdentity,
    runs: Vec<Run>,
    /// The identity of each run's head, and which run.
    order: BinaryHeap<Reverse<(String, usize)>>,
}

struct Run {
    items: Spool<Found>,
    position: Position<Found>,
    head: Option<Found>,
}

impl Sorted {
    /// Reads the whole listing and sorts it by identity, `run_length` items at a time in memory.
    pub(crate) async fn of(
        mut listing: Listing,
        identity: KeyIdentity,
        run_length: usize,
        directory: Option<PathBuf>,
    ) -> Result<Self, Error> {
        let mut sorted = Self { identity, runs: Vec::new(), order: BinaryHeap::new() };
        let mut run = Vec::new();
        while let Some(found) = listing.next().await? {
            run.push(found);
            if run.len() >= run_length {
                sorted.add_run(std::mem::take(&mut run), 0, directory.clone()).await?;
            }
        }
        // The last run needs no file.
        let length = run.len();
        sorted.add_run(run, length, None).await?;
        for run in 0..sorted.runs.len() {
            sorted.advance(run).await?;
        }
        Ok(sorted)
    }

    async fn add_run(
        &mut self,
        mut run: Vec<Found>,
        in_memory: usize,
        directory: Option<PathBuf>,
    ) -> Result<(), Error> {
        let identity = self.identity;
        run.sort_by(|a, b| identity.of(a.name()).cmp(&identity.of(b.name())));
        let mut items = Spool::new(in_memory, directory);
        for found in run {
            items.push(found).await?;
        }
        items.flush().await?;
        self.runs.push(Run { items, position: Position::default(), head: None });
        Ok(())
    }

    async fn advance(&mut self, run: usize) -> Result<(), Error> {
        let Run { items, position, head } = &mut self.runs[run];
        *head = items.next(position).await?;
        if let Some(found) = head {
            self.order.push(Reverse((self.identity.of(found.name()).into_owned(), run)));
        }
        Ok(())
    }

    /// The next item in order.
    pub(crate) async fn next(&mut self) -> Result<Option<Found>, Error> {
        let Some(Reverse((_, run))) = self.order.pop() else { return Ok(None) };
        let found = self.runs[run].head.take();
        self.advance(run).await?;
        Ok(found)
    }
}

impl fmt::Debug for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sorted").field("runs", &self.runs.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Found {
        Found::Hidden { name: name.to_owned(), reason: super::super::entry::SkipReason::Symlink }
    }

    #[tokio::test]
    async fn runs_are_merged_in_order() {
        for (count, run_length) in [(0, 3), (1, 3), (3, 3), (10, 3), (1_000, 7)] {
            let names: Vec<_> = (0..count).map(|at| format!("{:04}", at * 37 % 1_009)).collect();
            let listing = Listing::Ready(names.iter().map(|name| found(name)).collect());
            let mut sorted = Sorted::of(listing, KeyIdentity::Nfc, run_length, None).await.unwrap();
            let mut expected = names;
            expected.sort();
            for name in expected {
                assert_eq!(sorted.next().await.unwrap().unwrap().name(), name);
            }
            assert!(sorted.next().await.unwrap().is_none());
        }
    }
}
